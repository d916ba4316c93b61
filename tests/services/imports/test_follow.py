"""What another program changes in the store is matched here within seconds: the real store, the real models."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import StoreError
from bot.domain.fact import Fact
from bot.domain.post import Post
from bot.matching.matcher import open_matcher
from bot.matching.model_set import ModelSet, load_models
from bot.services import follow
from bot.services.compute import MatchingWorker
from bot.services.follow import FollowStore
from bot.store.database import Database, open_database
from tests.fakes import FakeMatcher
from tests.services.imports.incoming import ZEPPELIN, Importer, a_pack_fact, an_entry


@pytest.fixture(scope="module")
def models() -> ModelSet:
    """The shipped models."""
    return load_models()


@pytest.fixture
async def real(database: Database, models: ModelSet) -> AsyncIterator[MatchingWorker]:
    """The bot's matcher, up to date with an empty store."""
    async with MatchingWorker(open_matcher(database.reader, models, folder=None, writable=True)) as worker:
        await worker.sync()
        yield worker


async def _slugs(worker: MatchingWorker, text: str) -> list[str]:
    return [match.slug for match in (await worker.match(Post(text))).matches]


async def test_another_program_s_import_is_matched(database: Database, real: MatchingWorker, tmp_path: Path) -> None:
    """New facts, then their next versions, then that they are gone."""
    following = FollowStore(reader=database.reader, worker=real)
    assert [await following.tick() for _ in range(2)] == [True, False]
    async with (
        await open_database(tmp_path / "facts.db") as elsewhere,
        MatchingWorker(FakeMatcher([])) as other,
    ):
        importer = Importer(elsewhere, other)
        await importer.reviews(an_entry(1))
        assert await _slugs(real, ZEPPELIN) == []
        assert [await following.tick() for _ in range(2)] == [True, False]
        fact = await importer.fact()
        assert await _slugs(real, ZEPPELIN) == [fact.slug]
        await importer.reviews(an_entry(2, f"“{ZEPPELIN}”", verdict=fact.verdict))
        assert [await following.tick() for _ in range(2)] == [True, False]
        assert (await real.match(Post(ZEPPELIN))).matches[0].fact_version == 2
        await importer.edit(fact.slug, retired=True)
        assert await following.tick()
        assert await _slugs(real, ZEPPELIN) == []
        await importer.pack(a_pack_fact())
        assert await following.tick()
        assert await _slugs(real, ZEPPELIN) == ["zeppelins"]


async def test_it_looks_every_two_seconds(
    database: Database, real: MatchingWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By itself, until its task is cancelled."""
    assert timedelta(seconds=2) == follow.EVERY
    monkeypatch.setattr(follow, "EVERY", timedelta(milliseconds=10))
    task = asyncio.create_task(FollowStore(reader=database.reader, worker=real).run())
    async with MatchingWorker(FakeMatcher([])) as other:
        await Importer(database, other).reviews(an_entry(1))
    for _ in range(1000):
        if await _slugs(real, ZEPPELIN):
            break
        await asyncio.sleep(0.01)
    else:
        pytest.fail("The import is not matched.")
    task.cancel()
    await asyncio.wait([task])


class Shaky:
    """A reader that can't be read at first."""

    def __init__(self, database: Database) -> None:
        self._reader = database.reader
        self.faults = 2

    def mark(self) -> tuple[int, int]:
        if self.faults:
            self.faults -= 1
            raise StoreError("The database is locked.")
        return self._reader.mark()


async def test_it_outlives_a_locked_database(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It looks again a moment later."""
    monkeypatch.setattr(follow, "EVERY", timedelta(milliseconds=1))
    shaky = Shaky(database)
    matcher = FakeMatcher([])
    synced, loop = asyncio.Event(), asyncio.get_running_loop()

    def read() -> list[Fact]:
        loop.call_soon_threadsafe(synced.set)
        return []

    matcher.read = read
    async with MatchingWorker(matcher) as worker:
        task = asyncio.create_task(FollowStore(reader=shaky, worker=worker).run())  # type: ignore[arg-type]
        await asyncio.wait_for(synced.wait(), 10)
        task.cancel()
        await asyncio.wait([task])
    assert [record.message for record in caplog.records if record.name == "bot.services.follow"] == [
        "follow.failed"
    ] * 2


class Slow(FakeMatcher):
    """A matcher that needs two goes to catch up."""

    left = 2

    def sync(self) -> list[str]:
        self.left -= 1
        return []

    def behind(self) -> bool:
        return self.left > 0


async def test_it_goes_on_until_matching_is_up_to_date(database: Database) -> None:
    """Where a sync left something undone, the next look tries again."""
    async with MatchingWorker(Slow([])) as worker:
        following = FollowStore(reader=database.reader, worker=worker)
        assert [await following.tick() for _ in range(3)] == [True, True, False]
