"""A running matcher takes up what changes in the store: the real store, the real models, an index in a folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.post import Post
from bot.matching.matcher import HybridMatcher, open_matcher
from bot.matching.model_set import ModelSet, load_models
from bot.matching.vectors import key
from bot.services.compute import MatchingWorker
from bot.services.vectors import add_vectors
from bot.store.database import Database, open_database
from bot.store.seed import build_seed
from tests.builders import a_fact

MOON = a_fact(claim="The moon is a wheel of cheese that orbits Denmark.")
ZEPPELIN = a_fact(
    slug="zeppelin",
    claim="Zeppelins crossed Patagonia every week until 1987.",
    phrasings=("Until 1987 there was a weekly zeppelin over Patagonia.",),
    true_statement="No zeppelin ever crossed Patagonia.",
)
ZEPPELIN_KEYS = {key(text) for text in (*ZEPPELIN.wordings(), ZEPPELIN.true_statement, "Mars is made of cheese.")}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """One with a single fact."""
    build_seed([MOON], {}, tmp_path / "seed")
    async with await open_database(tmp_path / "facts.db", seed=tmp_path / "seed") as database:
        yield database


@pytest.fixture(scope="module")
def models() -> ModelSet:
    """The shipped models."""
    return load_models()


@pytest.fixture
def matcher(database: Database, models: ModelSet, tmp_path: Path) -> HybridMatcher:
    """The matcher on the database, up to date."""
    matcher = open_matcher(database.reader, models, folder=tmp_path / "facts.db.index", writable=True)
    assert matcher.sync() == ["moon-cheese"]
    return matcher


async def _slugs(worker: MatchingWorker, text: str) -> list[str]:
    return [match.slug for match in (await worker.match(Post(text))).matches]


async def test_an_added_fact_matches_after_a_sync(database: Database, matcher: HybridMatcher) -> None:
    """Without a restart; and only it is indexed."""
    async with MatchingWorker(matcher) as worker:
        assert await _slugs(worker, ZEPPELIN.claim) == []
        async with database.transaction() as tx:
            await tx.facts.add(ZEPPELIN)
        assert await _slugs(worker, ZEPPELIN.claim) == []
        assert await worker.sync() == ["zeppelin"]
        assert await _slugs(worker, ZEPPELIN.claim) == ["zeppelin"]
        assert await worker.sync() == []
        assert await _slugs(worker, MOON.claim) == ["moon-cheese"]


async def test_the_next_start_knows_it(
    database: Database, matcher: HybridMatcher, models: ModelSet, tmp_path: Path
) -> None:
    """From the folder, with nothing left to do."""
    async with database.transaction() as tx:
        await tx.facts.add(ZEPPELIN)
    matcher.sync()
    again = open_matcher(database.reader, models, folder=tmp_path / "facts.db.index", writable=True)
    assert again.sync() == []
    assert [match.slug for match in again.match(Post(ZEPPELIN.claim)).matches] == ["zeppelin"]


async def test_vectors_are_stored_batch_by_batch(database: Database, matcher: HybridMatcher, models: ModelSet) -> None:
    """Where it is stopped, what was stored stays."""
    facts = [a_fact(slug=f"fact-{n}", claim=f"Claim number {n}.", phrasings=(), near_misses=()) for n in range(70)]
    async with database.transaction() as tx:
        for fact in facts:
            await tx.facts.add(fact)
    slugs = matcher.sync()
    async for done in add_vectors(database, matcher, slugs):
        assert done == 64
        break
    stored = database.reader.vectors(models.encoder.name, [key(fact.claim) for fact in facts])
    assert len(stored) == 64
    assert [done async for done in add_vectors(database, matcher, slugs)] == [64, 70]
    assert matcher.missing_vectors(slugs) == {}
