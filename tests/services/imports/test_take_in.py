"""An import from the first entry to the last test, and what stands in the log of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from bot.domain.errors import ImportRefused, StoreError
from bot.services.compute import MatchingWorker
from bot.services.imports import reviews
from bot.services.imports.reviews import Entry
from bot.services.versions import UNTESTED
from tests.builders import a_fact
from tests.fakes import FakeMatcher, FakeStore
from tests.services.dying import DyingStore, Killed
from tests.services.imports.incoming import (
    GUILD,
    MODERATOR,
    WHALES,
    ZEPPELIN,
    Importer,
    a_pack_fact,
    an_entry,
    counted,
)


class Shelf:
    """Computes vectors, and notes of which facts."""

    encoder_name = "shelf"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def missing_vectors(self, slugs: Sequence[str]) -> dict[str, bytes]:
        self.asked += slugs
        return {}


@pytest.fixture
def memory() -> FakeStore:
    """A store in memory."""
    return FakeStore()


@pytest.fixture
def here(memory: FakeStore, matcher: FakeMatcher, worker: MatchingWorker) -> Importer:
    """An importer whose matcher reads what it stored."""
    matcher.read = lambda: list(memory.committed.facts.by_slug.values())
    return Importer(memory, worker)


async def test_complete_facts_are_tested_after_an_import(here: Importer, matcher: FakeMatcher) -> None:
    """Drafts have nothing to pass; one that fails is held back, with the reasons."""
    bad = a_pack_fact("bad", "Whales breathe sulphur underwater near Iceland.", near_misses=a_fact().near_misses)
    wrong = a_pack_fact("wrong", "Submarines crossed Bolivia every week.", overlaps=())
    await here.pack(a_pack_fact(), bad, wrong)
    await here.reviews(an_entry(1, "Copper balloons crossed Mongolia twice."))
    found = {fact.slug: fact.failed_tests for fact in await here.facts()}
    assert UNTESTED not in found.values()
    assert found["zeppelins"] == ()
    matcher.confidence = 0.1
    await here.pack(a_pack_fact(topics=("air",)), bad, wrong)
    failed = next(fact for fact in await here.facts() if fact.slug == "zeppelins").failed_tests
    assert failed == (
        f"gets no reply, but should: “{ZEPPELIN}”",
        f"gets no reply, but should: “They say it: {ZEPPELIN}”",
    )


async def test_a_review_that_joins_a_complete_fact_has_it_tested(here: Importer) -> None:
    """It is a new version."""
    await here.put(a_fact(claim=ZEPPELIN, phrasings=(), near_misses=()))
    report = await here.reviews(an_entry(1))
    assert report.untested == ["moon-cheese"]
    assert (await here.fact()).failed_tests == ()


async def test_what_an_import_that_died_left_untested_is_tested(here: Importer, memory: FakeStore) -> None:
    """Though for the one that follows there is nothing new."""
    await here.put(a_fact(claim=ZEPPELIN, phrasings=(), near_misses=()))
    with pytest.raises(Killed):
        # The keys, none left, the batch; then the log.
        await Importer(DyingStore(memory, 4, "before"), here.worker).reviews(an_entry(1))
    assert (await here.fact()).failed_tests == UNTESTED
    assert counted(await here.reviews(an_entry(1))) == {"same": 1}
    assert (await here.fact()).failed_tests == ()


async def test_the_log_says_what_came_from_where(importer: Importer) -> None:
    """Once an import, and nothing where nothing changed or the run was dry."""
    entries = [an_entry(1), an_entry(2), an_entry(3, "Hi")]
    await importer.reviews(*entries, dry=True)
    await importer.reviews(*entries)
    await importer.reviews(*entries)
    await importer.reviews(an_entry(4, WHALES), guild_id=GUILD, by=MODERATOR)
    shared, own = (event.new for event in await importer.events())
    assert (shared.guild_id, shared.by) == (None, None)
    assert shared.detail == {"from": "feed.json", "new": "1", "joined": "1"}
    assert (own.guild_id, own.by, own.detail["new"]) == (GUILD, MODERATOR, "1")


async def test_what_was_read_before_a_fault_stays(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the log says so, and no more: the batch in which it broke off is not in."""
    monkeypatch.setattr(reviews, "BATCH", 1)

    def entries() -> Iterator[Entry]:
        yield an_entry(1)
        raise ImportRefused("The file ends in the middle of an entry.")

    with pytest.raises(ImportRefused):
        await importer.take_in.reviews(entries(), name="feed.json")
    assert len(await importer.facts()) == 1
    [event] = await importer.events()
    assert event.new.detail == {"from": "feed.json", "new": "1"}


async def test_what_was_undone_is_not_told(here: Importer, memory: FakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch that could not be stored was not taken in."""
    monkeypatch.setattr(reviews, "BATCH", 1)

    async def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    def entries() -> Iterator[Entry]:
        yield an_entry(1)
        monkeypatch.setattr(type(memory.committed.imports), "add", full)
        yield an_entry(2, WHALES)

    with pytest.raises(StoreError):
        await here.take_in.reviews(entries(), name="feed.json", tell=here.told.append)
    assert [line.place for line in here.told] == ["entry 1"]
    [event] = await here.events()
    assert event.new.detail == {"from": "feed.json", "new": "1"}


async def test_vectors_of_complete_facts_are_computed_and_progress_is_told(here: Importer, memory: FakeStore) -> None:
    """Those of drafts are computed when a post comes near them."""
    shelf = Shelf()
    take_in = here.take_in
    take_in._vectors = shelf
    told: list[tuple[str, int, int | None]] = []
    await take_in.reviews([an_entry(1)], name="feed.json", progress=lambda *it: told.append(it))
    assert (shelf.asked, told) == ([], [("Importing", 1, None), ("Indexing", 0, None)])
    await here.put(a_fact(claim=WHALES))
    await take_in.reviews([an_entry(2, WHALES)], name="feed.json", progress=lambda *it: told.append(it))
    assert shelf.asked == ["moon-cheese"]
    assert told[-3:] == [("Computing vectors", 1, 1), ("Indexing", 0, None), ("Testing facts", 1, 1)]


async def test_packs_are_listed_and_forgotten(importer: Importer) -> None:
    """A forgotten pack's facts stay, and no update is compared with what it held."""
    await importer.pack(a_pack_fact())
    await importer.pack(a_pack_fact(), guild_id=GUILD)
    [held] = await importer.take_in.packs(None)
    assert (held.pack.name, held.guild_id, held.at, held.base) == ("airships", None, importer.clock.now, {})
    assert await importer.take_in.forget_pack(None, "airships")
    assert not await importer.take_in.forget_pack(None, "airships")
    assert await importer.take_in.packs(None) == []
    assert len(await importer.take_in.packs(GUILD)) == 1
    assert counted(await importer.pack(a_pack_fact("whales", WHALES))) == {"new": 1}
    assert not any(fact.retired for fact in await importer.facts())


async def test_a_report_reads_as_a_sentence(importer: Importer) -> None:
    """Of what was done, or would be."""
    assert (await importer.reviews()).in_words() == "There was nothing to take in."
    report = await importer.reviews(an_entry(1), an_entry(2), dry=True)
    assert report.in_words() == "2 entries: 1 new, 1 joined. Nothing was changed yet."
    report = await importer.reviews(an_entry(1))
    assert report.in_words() == "1 entry: 1 new."


async def test_a_report_keeps_so_many_lines_of_each_kind(importer: Importer) -> None:
    """All are counted and told as they come."""
    entries = [an_entry(1, "Hi")] * 205
    report = await importer.reviews(*entries, an_entry(1), an_entry(1))
    assert (report.read, len(report.lines), len(importer.told)) == (207, 200, 207)
