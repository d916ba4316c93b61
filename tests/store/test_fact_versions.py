from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.errors import StoreError
from bot.domain.fact import Citation, Fact, FactVersion
from bot.domain.ports import Store
from tests.builders import A_SOURCE, NOW, a_fact, a_note, an_item
from tests.store.test_facts import FULL

TODAY = date(2026, 3, 1)
OVER = TODAY - timedelta(days=1)


async def test_a_fact_is_replaced_whole(store: Store) -> None:
    """Nothing of the version before stays: no wording, citation, review, appearance or near miss."""
    bare = a_fact(slug="full", version=4, citations=(), phrasings=(), near_misses=())
    async with store.transaction() as tx:
        await tx.facts.add(FULL)
        await tx.facts.add(a_fact())
        assert await tx.facts.replace(bare, expected=3)
    async with store.transaction() as tx:
        assert await tx.facts.all() == [bare, a_fact()]
        assert await tx.facts.replace(replace(FULL, version=5, guild_id=7, overrides="moon-cheese"), expected=4)
        assert await tx.facts.get("full") == replace(FULL, version=5, guild_id=7, overrides="moon-cheese")


@pytest.mark.parametrize("expected", [1, 2, 4])
async def test_a_fact_that_changed_meanwhile_is_not_replaced(store: Store, expected: int) -> None:
    """Of two moderators who edit the same version the first wins, and the second changes nothing."""
    async with store.transaction() as tx:
        await tx.facts.add(FULL)
        assert not await tx.facts.replace(replace(FULL, claim="Another.", version=4), expected=expected)
        assert not await tx.facts.replace(a_fact(slug="unknown"), expected=1)
        assert await tx.facts.all() == [FULL]


async def test_a_replacement_may_not_take_a_sources_key(database: Store) -> None:
    """The same key for another document is refused, and the fact is as it was."""
    other = a_fact(version=2, citations=(Citation(replace(A_SOURCE, title="Another"), "Quote."),))
    async with database.transaction() as tx:
        await tx.facts.add(a_fact())
    with pytest.raises(StoreError, match="moon-atlas"):
        async with database.transaction() as tx:
            await tx.facts.replace(other, expected=1)
    async with database.transaction() as tx:
        assert await tx.facts.all() == [a_fact()]


@pytest.mark.parametrize("fact", [a_fact(), replace(FULL, guild_id=2**62, overrides="moon-cheese", retired=True)])
async def test_a_version_is_kept_whole(store: Store, fact: Fact) -> None:
    """Every field survives but for the tests that failed then; the fact itself needs not be there any more."""
    version = FactVersion(fact, NOW, 2**62, "edited")
    async with store.transaction() as tx:
        await tx.facts.record(version)
    async with store.transaction() as tx:
        assert await tx.facts.history(fact.slug) == [replace(version, fact=replace(fact, failed_tests=()))]


async def test_the_history_is_newest_first_and_never_rewritten(store: Store) -> None:
    """A version that is kept stays as it was; other facts have histories of their own."""
    versions = [FactVersion(a_fact(version=number), NOW, None, "added") for number in (2, 1, 10)]
    async with store.transaction() as tx:
        for version in versions:
            await tx.facts.record(version)
        await tx.facts.record(FactVersion(a_fact(version=2, claim="Forged."), NOW, 9, "edited"))
        await tx.facts.record(FactVersion(a_fact(slug="other"), NOW, 9, "edited"))
        assert await tx.facts.history("moon-cheese") == [versions[2], versions[0], versions[1]]
        assert await tx.facts.history("unknown") == []


async def test_expired_facts_concern_those_who_use_them(store: Store) -> None:
    """A server's own ones, and of the global ones those of which it has a note or an item; the longest over first."""
    facts = {
        "noted": a_fact(slug="noted", review_by=OVER),
        "queued": a_fact(slug="queued", review_by=OVER),
        "own": a_fact(slug="own", review_by=OVER - timedelta(days=1), guild_id=1),
        "unused": a_fact(slug="unused", review_by=OVER),
        "of-another": a_fact(slug="of-another", review_by=OVER, guild_id=2),
        "used-by-another": a_fact(slug="used-by-another", review_by=OVER),
        "last-day": a_fact(slug="last-day", review_by=TODAY, guild_id=1),
        "retired": a_fact(slug="retired", review_by=OVER, guild_id=1, retired=True),
    }
    async with store.transaction() as tx:
        for fact in facts.values():
            await tx.facts.add(fact)
        for slug in ("noted", "last-day", "of-another"):
            await tx.notes.add(a_note(slug=slug))
        await tx.notes.add(a_note(slug="used-by-another", guild_id=2))
        for slug in ("queued", "noted"):
            await tx.reviews.add(an_item(slug=slug))
        assert await tx.facts.expired(1, today=TODAY) == [facts["own"], facts["noted"], facts["queued"]]
        found = await tx.facts.expired(2, today=TODAY)
        assert found == [facts["of-another"], facts["used-by-another"]]
        assert await tx.facts.expired(3, today=TODAY) == []
