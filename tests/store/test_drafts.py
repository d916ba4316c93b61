from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.fact import Draft, Fact
from bot.domain.ports import DraftRepository, Store
from tests.builders import NOW, a_fact
from tests.store.test_facts import FULL

WHOLE = replace(FULL, guild_id=2**62, overrides="moon-cheese", retired=True)


async def _added(drafts: DraftRepository, fact: Fact, **over: int) -> Draft:
    return await drafts.add(guild_id=1, by=over.get("by", 9), at=NOW, fact=fact, base_version=None)


@pytest.mark.parametrize("fact", [a_fact(), WHOLE, a_fact(citations=(), near_misses=(), phrasings=())])
@pytest.mark.parametrize("base_version", [None, 3])
async def test_a_draft_comes_back_whole(store: Store, fact: Fact, base_version: int | None) -> None:
    """Every field and every order survives, but for which tests failed: those are run anew."""
    async with store.transaction() as tx:
        draft = await tx.drafts.add(guild_id=2**62, by=2**62 + 1, at=NOW, fact=fact, base_version=base_version)
    async with store.transaction() as tx:
        expected = Draft(draft.id, 2**62, 2**62 + 1, NOW, replace(fact, failed_tests=()), base_version)
        assert await tx.drafts.get(draft.id) == expected
        assert await tx.drafts.get(404) is None


async def test_a_new_draft_is_told_as_it_is_kept(store: Store) -> None:
    """What adding it returns is what reading it returns."""
    async with store.transaction() as tx:
        draft = await _added(tx.drafts, WHOLE)
        assert draft == await tx.drafts.get(draft.id)


async def test_what_is_written_so_far_is_replaced(store: Store) -> None:
    """The last words stand; who began it, when and from what stays; other drafts are not touched."""
    async with store.transaction() as tx:
        drafts = [await _added(tx.drafts, a_fact(), by=by) for by in (1, 2)]
        assert await tx.drafts.put(drafts[0].id, replace(WHOLE, failed_tests=("one",)))
        expected = replace(drafts[0], fact=replace(WHOLE, failed_tests=()))
        assert [await tx.drafts.get(draft.id) for draft in drafts] == [expected, drafts[1]]


async def test_a_draft_that_is_gone_is_gone(store: Store) -> None:
    """It is not written to or removed again, and its id is not another's."""
    async with store.transaction() as tx:
        draft = await _added(tx.drafts, a_fact())
        assert await tx.drafts.remove(draft.id)
        assert not await tx.drafts.remove(draft.id)
        assert not await tx.drafts.put(draft.id, a_fact())
        assert await tx.drafts.get(draft.id) is None
        assert (await _added(tx.drafts, a_fact())).id != draft.id


async def test_old_drafts_are_purged(store: Store) -> None:
    """Those begun before a time, and no other."""
    async with store.transaction() as tx:
        drafts = [
            await tx.drafts.add(guild_id=1, by=9, at=NOW + timedelta(days=day), fact=a_fact(), base_version=None)
            for day in range(3)
        ]
        await tx.drafts.purge(before=NOW + timedelta(days=1))
        assert [await tx.drafts.get(draft.id) for draft in drafts] == [None, *drafts[1:]]
