"""The contract of finding facts and adding many, on the real store and the fake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import StoreError
from bot.domain.fact import Citation, Fact
from bot.domain.ports import Store
from tests.builders import A_SOURCE, a_fact, a_review
from tests.store.test_facts import FULL

HERE, THERE = 1, 2**62
MANY = [f"many-{number:04}" for number in range(1200)]


def reviewed(slug: str, **over: Any) -> Fact:
    """Return a draft that came from one review, whose identity is the slug."""
    bare: dict[str, Any] = {"correction": "", "citations": (), "phrasings": (), "near_misses": ()}
    return a_fact(slug=slug, **{**bare, "reviews": (a_review(identity=slug),), **over})


async def _put(store: Store, facts: Iterable[Fact], *, key: str | None = None) -> None:
    """Import facts, each with a key of its own, or all with the same."""
    async with store.transaction() as tx:
        await tx.imports.add([(fact, key or f"key of {fact.slug}") for fact in facts])


async def test_facts_are_found_by_their_reviews(store: Store) -> None:
    """Retired ones too, by any of their reviews; what nobody asked about is not in the answer."""
    two = (a_review(identity="one"), a_review(identity="two"))
    await _put(store, [reviewed("both", reviews=two), reviewed("gone", retired=True), reviewed("other"), a_fact()])
    async with store.reading() as tx:
        assert await tx.imports.reviewed(None, ["two", "gone", "none", "one"]) == {
            "one": "both",
            "two": "both",
            "gone": "gone",
        }
        assert await tx.imports.reviewed(None, []) == {}


async def test_facts_are_found_by_the_keys_of_their_claims(store: Store) -> None:
    """The first by slug where several have the same; what nobody asked about is not in the answer."""
    await _put(store, [a_fact(slug=slug) for slug in ("z", "a", "m")], key="k")
    await _put(store, [a_fact(slug="other"), a_fact(slug="unasked")])
    async with store.reading() as tx:
        assert await tx.imports.claimed(None, ["key of other", "k", "none"]) == {"k": "a", "key of other": "other"}
        assert await tx.imports.claimed(None, []) == {}


@pytest.mark.parametrize(("reviews", "found"), [((), "young"), ((a_review(),), "old")])
async def test_a_retired_fact_is_found_by_its_key_where_it_holds_reviews(
    store: Store, reviews: tuple[Any, ...], found: str
) -> None:
    """Without, somebody may say the same anew."""
    await _put(store, [a_fact(slug="old", retired=True, reviews=reviews), a_fact(slug="young")], key="k")
    async with store.reading() as tx:
        assert await tx.imports.claimed(None, ["k"]) == {"k": found}


async def test_each_server_finds_its_own_facts(store: Store) -> None:
    """And the facts for all servers are found by whoever asks for those; slugs are everybody's."""
    places = {"all": None, "here": HERE, "there": THERE}
    review = (a_review(identity="i"),)
    await _put(store, [reviewed(slug, reviews=review, guild_id=place) for slug, place in places.items()], key="k")
    async with store.reading() as tx:
        for slug, place in places.items():
            assert await tx.imports.reviewed(place, ["i"]) == {"i": slug}
            assert await tx.imports.claimed(place, ["k"]) == {"k": slug}
            assert [fact.slug for fact in await tx.imports.export(place, after="", limit=9)] == [slug]
        assert await tx.imports.reviewed(3, ["i"]) == await tx.imports.claimed(3, ["k"]) == {}
        assert await tx.imports.taken(list(places)) == set(places)
        assert {fact.slug for fact in await tx.imports.load(list(places))} == set(places)


async def test_slugs_of_retired_facts_are_taken(store: Store) -> None:
    """Of those that were asked about."""
    await _put(store, [a_fact(slug="a"), a_fact(slug="b", retired=True), a_fact(slug="c")])
    async with store.reading() as tx:
        assert await tx.imports.taken(["b", "d", "a"]) == {"a", "b"}
        assert await tx.imports.taken([]) == set()


async def test_named_facts_come_whole(store: Store) -> None:
    """Retired ones too, and unknown ones not at all."""
    facts = [FULL, reviewed("gone", retired=True), a_fact()]
    await _put(store, facts)
    async with store.reading() as tx:
        found = await tx.imports.load(["gone", "unknown", "full"])
        assert sorted(found, key=lambda fact: fact.slug) == facts[:2]
        assert await tx.imports.load([]) == []


async def test_more_is_asked_than_one_query_takes(store: Store) -> None:
    """Long lists are asked for in parts."""
    await _put(store, [reviewed(slug) for slug in MANY])
    asked = [*MANY, "unknown"]
    async with store.reading() as tx:
        assert await tx.imports.reviewed(None, asked) == dict(zip(MANY, MANY, strict=True))
        assert await tx.imports.claimed(None, [f"key of {slug}" for slug in asked]) == {
            f"key of {slug}": slug for slug in MANY
        }
        assert await tx.imports.taken(asked) == set(MANY)
        assert {fact.slug for fact in await tx.imports.load(asked)} == set(MANY)
        assert [fact.slug for fact in await tx.imports.export(None, after="", limit=2000)] == MANY


@pytest.mark.parametrize("facts", [[a_fact(slug="new"), a_fact()], [a_fact(slug="new"), a_fact(slug="new")]])
async def test_a_taken_slug_is_refused(store: Store, facts: list[Fact]) -> None:
    """Whether it was taken before or in the same go; nothing of the rest stays."""
    await _put(store, [a_fact()])
    with pytest.raises(StoreError):
        await _put(store, facts)
    async with store.reading() as tx:
        assert await tx.facts.all(retired=True) == [a_fact()]


async def test_nothing_may_be_added(store: Store) -> None:
    """Of no facts there is nothing to store."""
    await _put(store, [])
    async with store.reading() as tx:
        assert await tx.facts.all(retired=True) == []


async def test_an_edited_fact_has_no_key(store: Store) -> None:
    """Its claim may be another now; one whose edit was refused keeps its key."""
    await _put(store, [a_fact(slug="a"), a_fact(slug="b")])
    async with store.transaction() as tx:
        assert await tx.facts.replace(a_fact(slug="a", version=2), expected=1)
        assert not await tx.facts.replace(a_fact(slug="b", version=3), expected=2)
    async with store.transaction() as tx:
        assert await tx.imports.unkeyed(limit=9) == [("a", a_fact().claim)]
        assert await tx.imports.claimed(None, ["key of a", "key of b"]) == {"key of b": "b"}
        await tx.imports.put_keys({"a": "another"})
        assert await tx.imports.unkeyed(limit=9) == []
        assert await tx.imports.claimed(None, ["key of a", "another"]) == {"another": "a"}


async def test_facts_that_were_not_imported_have_no_keys_yet(store: Store) -> None:
    """So many are named at a time, of all servers; keys of what isn't there are passed over."""
    slugs = {"a", "b", "c"}
    async with store.transaction() as tx:
        for number, slug in enumerate(sorted(slugs)):
            await tx.facts.add(a_fact(slug=slug, guild_id=number or None, retired=slug == "c"))
    await _put(store, [a_fact()])
    async with store.transaction() as tx:
        assert {slug for slug, _ in await tx.imports.unkeyed(limit=9)} == slugs
        first = [slug for slug, _ in await tx.imports.unkeyed(limit=2)]
        assert len(first) == 2
        await tx.imports.put_keys({**dict.fromkeys(first, "k"), "unknown": "k"})
        await tx.imports.put_keys({})
        assert {slug for slug, _ in await tx.imports.unkeyed(limit=9)} == slugs - set(first)


async def test_facts_are_exported_by_pages(store: Store) -> None:
    """Ordered by slug, each page after the last slug of the one before; retired ones are left out."""
    facts = [replace(FULL, slug=slug, retired=False) for slug in ("c", "a", "e", "b")]
    await _put(store, [*facts, a_fact(slug="d", retired=True)])
    facts.sort(key=lambda fact: fact.slug)
    async with store.reading() as tx:
        assert await tx.imports.export(None, after="", limit=2) == facts[:2]
        assert await tx.imports.export(None, after="b", limit=9) == facts[2:]
        assert await tx.imports.export(None, after="d", limit=9) == facts[3:]
        assert await tx.imports.export(None, after="e", limit=9) == []


async def test_an_exported_fact_is_read_as_it_is_loaded(store: Store) -> None:
    """Whole, with all its reviews and citations."""
    fact = replace(FULL, guild_id=HERE, citations=(*FULL.citations, Citation(A_SOURCE, "Four.")))
    await _put(store, [fact])
    async with store.reading() as tx:
        assert await tx.imports.export(HERE, after="", limit=1) == await tx.imports.load(["full"]) == [fact]
