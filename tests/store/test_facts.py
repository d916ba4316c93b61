from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.errors import StoreError
from bot.domain.fact import Citation, Fact, NearMiss, Source, Verdict
from bot.domain.ports import Store
from tests.builders import A_SOURCE, a_fact, a_review

FULL = a_fact(
    slug="full",
    verdict=Verdict.MISSING_CONTEXT,
    verdict_label="Half true",
    speaker="A Speaker",
    claim_date="2024-08",
    context="At a fair.",
    language="de",
    topics=("moon", "cheese"),
    overlaps=("moon-cheese",),
    appearances=("https://b.example/2", "https://a.example/1"),
    version=3,
    failed_tests=("a phrasing",),
    near_misses=(NearMiss("Zeta", "other person"), NearMiss("Alpha", "role swap")),
    citations=(
        Citation(A_SOURCE, "One."),
        Citation(
            Source(
                key="other",
                publisher="P",
                title="T",
                url="https://o.example",
                retrieved=date(2025, 1, 2),
                archive_url="https://archive.example/o",
                note="A copy.",
            ),
            "Two.",
        ),
        Citation(A_SOURCE, "Three."),
    ),
    reviews=(
        a_review(identity="z", verdict=Verdict.UNRATED, label=None, rest="{}"),
        a_review(identity="a", source=A_SOURCE, verdict=Verdict.TRUE, claim="It is said that the moon is cheese."),
        a_review(identity="m"),
    ),
)


async def _add(store: Store, *facts: Fact) -> None:
    async with store.transaction() as tx:
        for fact in facts:
            await tx.facts.add(fact)


@pytest.mark.parametrize("fact", [a_fact(), FULL])
async def test_a_fact_comes_back_whole(store: Store, fact: Fact) -> None:
    """Every field and every order survives, across transactions."""
    async with store.transaction() as tx:
        await tx.facts.add(fact)
    async with store.transaction() as tx:
        assert await tx.facts.get(fact.slug) == fact
        assert await tx.facts.all() == [fact]


async def test_facts_are_ordered_and_keep_to_themselves(store: Store) -> None:
    """All facts come ordered by slug, each with its own parts."""
    facts = [a_fact(slug=slug, phrasings=(f"{slug} one", f"{slug} two")) for slug in ("c", "a", "b")]
    async with store.transaction() as tx:
        for fact in facts:
            await tx.facts.add(fact)
        assert await tx.facts.all() == sorted(facts, key=lambda fact: fact.slug)


async def test_retired_facts_are_out_of_the_way_but_there(store: Store) -> None:
    """A retired fact is listed only where asked for; its notes can still name it."""
    retired = a_fact(retired=True)
    async with store.transaction() as tx:
        await tx.facts.add(retired)
        assert await tx.facts.all() == []
        assert await tx.facts.all(retired=True) == [retired]
        assert await tx.facts.get(retired.slug) == retired


async def test_an_unknown_fact_is_none(store: Store) -> None:
    """Asking for a fact that isn't there is no error."""
    async with store.transaction() as tx:
        assert await tx.facts.get("nothing") is None


async def test_a_slug_is_taken_once(store: Store) -> None:
    """A second fact of the same slug is refused, and nothing of it stays."""
    async with store.transaction() as tx:
        await tx.facts.add(a_fact())
    with pytest.raises(StoreError):
        await _add(store, a_fact(slug="new"), a_fact(claim="Another."))
    async with store.transaction() as tx:
        assert await tx.facts.all() == [a_fact()]


async def test_a_source_key_stands_for_one_document(database: Store) -> None:
    """Facts share a source by its key; the same key for another document is refused."""
    other = a_fact(slug="other", citations=(Citation(replace(A_SOURCE, title="Another"), "Quote."),))
    with pytest.raises(StoreError, match="moon-atlas"):
        await _add(database, a_fact(), other)


async def test_failed_tests_are_replaced(store: Store) -> None:
    """The list is the last run's, not a history."""
    async with store.transaction() as tx:
        await tx.facts.add(a_fact())
        await tx.facts.set_failed_tests("moon-cheese", ["one", "two"])
    async with store.transaction() as tx:
        assert await tx.facts.get("moon-cheese") == a_fact(failed_tests=("one", "two"))
        await tx.facts.set_failed_tests("moon-cheese", [])
        assert await tx.facts.get("moon-cheese") == a_fact()


async def test_vectors_are_kept_by_model_and_text(store: Store) -> None:
    """A model's vectors come back by the digest of their text; adding again replaces."""
    async with store.transaction() as tx:
        await tx.facts.add_vectors("m1", {"aa": b"1", "bb": b"2"})
        await tx.facts.add_vectors("m2", {"aa": b"3"})
        await tx.facts.add_vectors("m1", {"bb": b"4"})
        await tx.facts.add_vectors("m1", {})
    async with store.transaction() as tx:
        assert await tx.facts.vectors("m1") == {"aa": b"1", "bb": b"4"}
        assert await tx.facts.vectors("m2") == {"aa": b"3"}
        assert await tx.facts.vectors("m3") == {}


async def test_a_server_sees_its_own_facts_first_and_no_other_server_s(store: Store) -> None:
    """What its own override is hidden, unless the override is retired; what is retired is its own all the same."""
    mine = a_fact(slug="z-mine", guild_id=1, overrides="b")
    gone = a_fact(slug="y-gone", guild_id=1, overrides="a", retired=True)
    await _add(store, a_fact(slug="a"), a_fact(slug="b"), a_fact(slug="c"), a_fact(slug="d", retired=True))
    await _add(store, mine, gone, a_fact(slug="theirs", guild_id=2))
    async with store.transaction() as tx:
        assert await tx.facts.own(1) == [gone, mine]
        assert [fact.slug for fact in await tx.facts.seen(1, limit=9)] == ["z-mine", "a", "c"]
        assert [fact.slug for fact in await tx.facts.seen(1, limit=2)] == ["z-mine", "a"]
        assert [fact.slug for fact in await tx.facts.seen(2, limit=9)] == ["theirs", "a", "b", "c"]


async def test_facts_are_found_by_what_failed(store: Store) -> None:
    """Exactly that, of the facts that are in use."""
    why = ("its tests did not run yet",)
    await _add(store, a_fact(slug="global", failed_tests=why), a_fact(slug="b", guild_id=1, failed_tests=why))
    await _add(store, a_fact(slug="gone", guild_id=1, failed_tests=why, retired=True), a_fact(slug="fine", guild_id=1))
    await _add(
        store, a_fact(slug="a", guild_id=2, failed_tests=why), a_fact(slug="more", guild_id=2, failed_tests=(*why, "x"))
    )
    async with store.transaction() as tx:
        assert await tx.facts.failing(why) == ["a", "b", "global"]
