"""The contract of what is known of sources, on the real store and the fake."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.fact import Citation, Fact, Source, SourceCheck, SourceState
from bot.domain.ports import Store
from bot.store.database import Database
from tests.builders import A_SOURCE, NOW, a_fact, a_review

NOTHING: dict[str, Any] = {"phrasings": (), "near_misses": ()}


def day(number: int) -> datetime:
    """Return a time."""
    return NOW + timedelta(days=number)


ALWAYS = day(99)


def looked(number: int = 0, state: SourceState = SourceState.FINE, **over: Any) -> SourceCheck:
    """Return what came of looking on a day."""
    return SourceCheck(state, day(number), day(-1), **over)


def _source(key: str) -> Source:
    return replace(A_SOURCE, key=key, url=f"https://{key}.example")


def _citing(slug: str, *keys: str, **over: Any) -> Fact:
    return a_fact(slug=slug, citations=tuple(Citation(_source(key), "Q.") for key in keys), **{**NOTHING, **over})


def _reviewed(slug: str, *keys: str, **over: Any) -> Fact:
    reviews = tuple(a_review(identity=key, source=_source(key)) for key in keys)
    return a_fact(slug=slug, citations=(), reviews=reviews, **{**NOTHING, "correction": "", **over})


async def _put(store: Store, *facts: Fact, **checks: SourceCheck) -> None:
    async with store.transaction() as tx:
        for fact in facts:
            await tx.facts.add(fact)
        await tx.sources.record(checks)


async def _due(store: Store, *, before: datetime = ALWAYS, limit: int = 99) -> list[str]:
    async with store.reading() as tx:
        return [source.key for source in await tx.sources.due(before=before, limit=limit)]


async def _troubled(store: Store, limit: int = 99) -> list[str]:
    async with store.reading() as tx:
        return [source.key for source in await tx.sources.troubled(limit=limit)]


async def test_the_longest_ago_comes_first(store: Store) -> None:
    """What was never looked at before all; so many at a time."""
    checks = {"a": looked(3), "b": looked(1), "d": looked(2)}
    await _put(store, _citing("one", "a", "b"), _citing("two", "c", "d"), **checks)
    assert await _due(store) == ["c", "b", "d", "a"]
    assert await _due(store, limit=2) == ["c", "b"]
    assert await _due(store, limit=0) == []


async def test_what_was_looked_at_since_is_not_due(store: Store) -> None:
    """To the very moment."""
    await _put(store, _citing("one", "a", "b", "c"), a=looked(1), b=looked(2), c=looked(3))
    assert await _due(store, before=day(2)) == ["a"]
    assert await _due(store, before=day(0)) == []


async def test_a_source_is_due_once(store: Store) -> None:
    """However many facts cite it, and however often; the pages of reviews are sources, too."""
    both = replace(_reviewed("both", "a", "c"), citations=_citing("", "a", "b", "a").citations)
    await _put(store, both, _citing("again", "b"), _reviewed("page", "a"))
    assert sorted(await _due(store)) == ["a", "b", "c"]


async def test_those_of_facts_with_a_correction_come_first(store: Store) -> None:
    """Also where those of drafts were never looked at; what both cite is not a draft's."""
    drafts = [_reviewed("a", "new", "shared"), _reviewed("b", "old", correction=" \n")]
    checks = {"old": looked(1), "shared": looked(5), "late": looked(4)}
    await _put(store, *drafts, _citing("c", "late"), _reviewed("d", "shared", correction="Rock."), **checks)
    assert await _due(store) == ["late", "shared", "new", "old"]


async def test_sources_of_retired_facts_are_left_out(store: Store) -> None:
    """Unless a fact in use cites them, too; so are those that an edit took out."""
    gone = looked(state=SourceState.GONE)
    await _put(store, _citing("gone", "a", "b", retired=True), _reviewed("gone-page", "c", retired=True))
    await _put(store, _citing("used", "b", "d"), a=gone, b=gone, c=gone, d=gone)
    assert await _due(store) == await _troubled(store) == ["b", "d"]
    async with store.transaction() as tx:
        assert await tx.facts.replace(_citing("used", "b", version=2), expected=1)
    assert await _due(store) == await _troubled(store) == ["b"]


async def test_a_source_comes_with_what_is_known_of_it(store: Store) -> None:
    """Every field of the check; none where nobody looked."""
    whole = looked(2, SourceState.MOVED, status=301, moved_to="https://n.example", archive_url="https://c.example")
    await _put(store, _citing("one", "a", "b"), a=whole)
    async with store.reading() as tx:
        found = await tx.sources.due(before=ALWAYS, limit=9)
        assert found == [_source("b"), _source("a")]
        assert [source.check for source in found] == [None, whole]
        assert [source.check for source in await tx.sources.troubled(limit=9)] == [whole]


async def test_a_check_takes_the_place_of_the_one_before(store: Store) -> None:
    """Whole; an unknown source is passed over, and the others aren't."""
    await _put(store, _citing("one", "a"), a=looked(1, SourceState.GONE, status=404, archive_url="https://c.example"))
    await _put(store, a=looked(2), unknown=looked(2, SourceState.GONE))
    await _put(store, unknown=looked(3))
    await _put(store)
    async with store.reading() as tx:
        assert [source.check for source in await tx.sources.due(before=ALWAYS, limit=9)] == [looked(2)]
    assert await _troubled(store) == []


async def test_many_are_recorded_at_once(store: Store) -> None:
    """More than one query takes."""
    keys = [f"s{number:04}" for number in range(1200)]
    await _put(store, *(_citing(f"f{place}", *keys[place : place + 100]) for place in range(0, 1200, 100)))
    await _put(store, **dict.fromkeys(keys, looked(1, SourceState.GONE)))
    assert await _troubled(store, limit=2000) == keys
    assert await _due(store, before=day(1)) == []


async def test_sources_in_trouble_come_by_key(store: Store) -> None:
    """Those that moved or are gone, so many at a time, of drafts too."""
    states = {"z": SourceState.GONE, "m": SourceState.MOVED, "f": SourceState.FINE, "u": SourceState.UNCLEAR}
    checks = {key: looked(state=state) for key, state in states.items()}
    await _put(store, _citing("one", "z", "f", "n"), _citing("two", "u", "a", guild_id=1), _reviewed("three", "m"))
    await _put(store, **checks, a=looked(state=SourceState.GONE))
    assert await _troubled(store) == ["a", "m", "z"]
    assert await _troubled(store, 2) == ["a", "m"]


@pytest.mark.parametrize("first", ["fact", "check"])
async def test_facts_show_what_came_of_it(store: Store, first: str) -> None:
    """On every way to load them, also those that were added or edited later; the fact is the same."""
    fact, later = _citing("fact", "a"), _reviewed("later", "a", "b")
    await _put(store, fact, a=looked())
    if first == "check":
        await _put(store, later)
    else:
        await _put(store, _reviewed("later", "b"))
        async with store.transaction() as tx:
            later = replace(later, version=2)
            assert await tx.facts.replace(later, expected=1)
    async with store.reading() as tx:
        found = [await tx.facts.get("fact"), *await tx.facts.all(), *await tx.imports.load(["later"])]
        found += await tx.imports.export(None, after="", limit=9)
        assert found == [fact, fact, later, later, fact, later]
    seen = {(source.key, source.check) for one in found if one for source in one.sources()}
    assert seen == {("a", looked()), ("b", None)}


async def test_matching_reads_what_came_of_it(database: Database) -> None:
    """Though nothing of it makes another fact."""
    await _put(database, _citing("fact", "a"))
    before = database.reader.fingerprint()
    await _put(database, a=looked(state=SourceState.GONE))
    [found] = database.reader.facts(["fact"])
    assert [source.dead for source in found.sources()] == [True]
    assert database.reader.fingerprint() == before
