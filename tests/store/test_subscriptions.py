"""The contract of what is remembered of packs, on the real store and the fake."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.fact import Fact, Verdict
from bot.domain.pack import Pack, Subscription
from bot.domain.ports import Store
from tests.builders import NOW, a_fact, a_review
from tests.store.test_facts import FULL

HERE, THERE = 1, 2**62
PACK = Pack("moon", "Of the moon", "2026.1", "CC0-1.0", "Written by hand.", key="c2lnbmVk")
DRAFT = a_fact(slug="draft", correction="", verdict=Verdict.UNRATED, citations=(), reviews=(a_review(),))


def subscribed(
    name: str = "moon", *facts: Fact, guild_id: int | None = None, version: str = PACK.version
) -> Subscription:
    """Return a pack that was taken in, with each of its facts stored under another slug."""
    pack = replace(PACK, name=name, version=version)
    base = {fact.slug: fact for fact in facts}
    return Subscription(pack, guild_id, NOW, base, {slug: f"{slug}-here" for slug in base})


async def _put(store: Store, *subscriptions: Subscription) -> None:
    async with store.transaction() as tx:
        for one in subscriptions:
            await tx.imports.put_subscription(one)


@pytest.mark.parametrize("guild_id", [None, THERE])
@pytest.mark.parametrize("pack", [PACK, replace(PACK, key=None, version="", licence="", provenance="")])
async def test_a_subscription_comes_back_whole(store: Store, pack: Pack, guild_id: int | None) -> None:
    """With every fact as the pack had it, whatever hangs on it, and the slug under which it is stored."""
    one = replace(subscribed("moon", FULL, DRAFT, guild_id=guild_id), pack=pack)
    await _put(store, one)
    base = {"full": replace(FULL, failed_tests=()), "draft": DRAFT}
    async with store.reading() as tx:
        found = await tx.imports.subscription(guild_id, "moon")
        assert found == replace(one, base=base)
        assert found.base["full"].reviews == FULL.reviews
        assert await tx.imports.subscription(guild_id, "mars") is None


async def test_a_pack_may_be_empty(store: Store) -> None:
    """It is remembered all the same."""
    await _put(store, subscribed())
    async with store.reading() as tx:
        assert await tx.imports.subscription(None, "moon") == subscribed()


async def test_packs_are_listed_by_name_without_their_facts(store: Store) -> None:
    """Those of the server that was asked about, or those for all servers."""
    for guild_id in (None, HERE):
        names = ("b-2", "b", "c", "b 3", "B")
        await _put(store, *(subscribed(name, FULL, guild_id=guild_id) for name in names))
    async with store.reading() as tx:
        for place in (None, HERE):
            listed = await tx.imports.subscriptions(place)
            assert listed == [subscribed(name, guild_id=place) for name in ("B", "b", "b 3", "b-2", "c")]
        assert await tx.imports.subscriptions(THERE) == []
        assert await tx.imports.subscription(THERE, "b") is None


async def test_a_newer_one_takes_the_place_of_the_one_of_its_name(store: Store) -> None:
    """With its own facts alone; another server's, and that for all servers, stay."""
    old = [subscribed("moon", FULL, DRAFT, guild_id=guild_id) for guild_id in (None, HERE, THERE)]
    await _put(store, *old)
    new = replace(subscribed("moon", a_fact(), guild_id=HERE, version="2026.2"), at=NOW + timedelta(days=9))
    await _put(store, new)
    async with store.reading() as tx:
        assert await tx.imports.subscription(HERE, "moon") == new
        assert [one.pack.version for one in await tx.imports.subscriptions(HERE)] == ["2026.2"]
        for place in (None, THERE):
            kept = await tx.imports.subscription(place, "moon")
            assert kept is not None
            assert (kept.pack, set(kept.base)) == (PACK, {"full", "draft"})


async def test_a_pack_is_forgotten_without_its_facts(store: Store) -> None:
    """Where it was taken in, and once; nothing of it comes back with the next one."""
    async with store.transaction() as tx:
        await tx.imports.add([(a_fact(slug="full-here"), "k")])
    await _put(store, subscribed("moon", FULL), subscribed("moon", FULL, guild_id=HERE), subscribed("mars", FULL))
    async with store.transaction() as tx:
        assert not await tx.imports.unsubscribe(THERE, "moon")
        assert [await tx.imports.unsubscribe(None, "moon") for _ in range(2)] == [True, False]
        assert [one.pack.name for one in await tx.imports.subscriptions(None)] == ["mars"]
        assert await tx.imports.subscription(HERE, "moon") is not None
        assert await tx.facts.get("full-here") == a_fact(slug="full-here")
        await tx.imports.put_subscription(subscribed())
        assert await tx.imports.subscription(None, "moon") == subscribed()
