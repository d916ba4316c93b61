from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.ports import ReviewRepository, Store
from bot.domain.review import AT_HAND, ReviewItem, ReviewState, Ruling
from tests.builders import NOW, an_item

HOUR = timedelta(hours=1)


async def _in_state(reviews: ReviewRepository, state: ReviewState, message_id: int = 3) -> ReviewItem:
    """Store an item and bring it into a state."""
    item = await reviews.add(an_item(message_id=message_id))
    assert item is not None
    match state:
        case ReviewState.ESCALATED:
            assert await reviews.escalate(item.id)
        case ReviewState.SNOOZED:
            assert await reviews.snooze([item.id], until=NOW + HOUR) == 1
        case ReviewState.CLOSED:
            assert await reviews.close(item.id, ruling=Ruling.DISMISS, by=9, at=NOW)
    return await _read(reviews, item.id)


async def _read(reviews: ReviewRepository, item_id: int) -> ReviewItem:
    item = await reviews.get(item_id)
    assert item is not None
    return item


@pytest.mark.parametrize("state", ReviewState)
async def test_escalating(store: Store, state: ReviewState) -> None:
    """An open or a snoozed item becomes urgent at once; one that is urgent or closed stays as it is."""
    async with store.transaction() as tx:
        item = await _in_state(tx.reviews, state)
        calm = state in {ReviewState.OPEN, ReviewState.SNOOZED}
        assert await tx.reviews.escalate(item.id) is calm
        expected = replace(item, state=ReviewState.ESCALATED, snoozed_until=None) if calm else item
        assert await _read(tx.reviews, item.id) == expected
        assert not await tx.reviews.escalate(404)


@pytest.mark.parametrize("state", ReviewState)
async def test_snoozing(store: Store, state: ReviewState) -> None:
    """Whatever isn't closed sleeps until the last time that was said."""
    async with store.transaction() as tx:
        item = await _in_state(tx.reviews, state)
        closed = state is ReviewState.CLOSED
        assert await tx.reviews.snooze([item.id, 404], until=NOW + 2 * HOUR) == (not closed)
        expected = item if closed else replace(item, state=ReviewState.SNOOZED, snoozed_until=NOW + 2 * HOUR)
        assert await _read(tx.reviews, item.id) == expected


async def test_snoozing_nothing(store: Store) -> None:
    """An empty list is no error and puts nothing away."""
    async with store.transaction() as tx:
        item = await _in_state(tx.reviews, ReviewState.OPEN)
        assert await tx.reviews.snooze([], until=NOW) == 0
        await tx.reviews.assign([], to=9, until=NOW)
        assert await _read(tx.reviews, item.id) == item


async def test_waking(store: Store) -> None:
    """Those whose time has come, to the second, in every server; each once."""
    async with store.transaction() as tx:
        items = [await _in_state(tx.reviews, ReviewState.SNOOZED, number) for number in range(3)]
        await tx.reviews.snooze([items[2].id], until=NOW + HOUR + timedelta(seconds=1))
        still = await _in_state(tx.reviews, ReviewState.ESCALATED, 9)
        assert await tx.reviews.wake(NOW + HOUR - timedelta(seconds=1)) == 0
        assert await tx.reviews.wake(NOW + HOUR) == 2
        assert await tx.reviews.wake(NOW + HOUR) == 0
        states = [(await _read(tx.reviews, item.id)).state for item in (*items, still)]
        assert states == [ReviewState.OPEN, ReviewState.OPEN, ReviewState.SNOOZED, ReviewState.ESCALATED]
        assert (await _read(tx.reviews, items[0].id)).snoozed_until is None


@pytest.mark.parametrize("state", ReviewState)
async def test_closing(store: Store, state: ReviewState) -> None:
    """Whatever waits can be closed, also while it sleeps, and then wakes no more."""
    async with store.transaction() as tx:
        item = await _in_state(tx.reviews, state)
        open_still = state is not ReviewState.CLOSED
        assert await tx.reviews.close(item.id, ruling=Ruling.APPROVE, by=5, at=NOW) is open_still
        assert await tx.reviews.wake(NOW + 9 * HOUR) == 0
        closed = await _read(tx.reviews, item.id)
        assert (closed.state, closed.snoozed_until) == (ReviewState.CLOSED, None)
        assert closed.ruling is (Ruling.APPROVE if open_still else Ruling.DISMISS)


@pytest.mark.parametrize("state", ReviewState)
async def test_reopening(store: Store, state: ReviewState) -> None:
    """A closed item waits again, with the post's words of now and no ruling; any other stays as it is."""
    async with store.transaction() as tx:
        item = await _in_state(tx.reviews, state)
        closed = state is ReviewState.CLOSED
        assert await tx.reviews.reopen(item.id, post_text="New words.") is closed
        reopened = replace(
            item,
            new=replace(item.new, post_text="New words."),
            state=ReviewState.OPEN,
            ruling=None,
            ruled_by=None,
            ruled_at=None,
        )
        assert await _read(tx.reviews, item.id) == (reopened if closed else item)
        assert not await tx.reviews.reopen(404, post_text="New words.")


@pytest.mark.parametrize("state", ReviewState)
async def test_rewording(store: Store, state: ReviewState) -> None:
    """A post's new words are kept while its item waits, also while it sleeps; never once it is closed."""
    async with store.transaction() as tx:
        item = await _in_state(tx.reviews, state)
        await tx.reviews.reword(item.id, "New words.")
        words = "" if state is ReviewState.CLOSED else "New words."
        assert (await _read(tx.reviews, item.id)).new.post_text == words


@pytest.mark.parametrize("state", ReviewState)
async def test_assigning(store: Store, state: ReviewState) -> None:
    """It is somebody's until a moment, and nobody's from then on; a closed item is nobody's to take."""
    async with store.transaction() as tx:
        item = await _in_state(tx.reviews, state)
        await tx.reviews.assign([item.id], to=2**62, until=NOW + HOUR)
        found = await _read(tx.reviews, item.id)
        holder = None if state is ReviewState.CLOSED else 2**62
        assert found.assignee(NOW + HOUR - timedelta(seconds=1)) == holder
        assert found.assignee(NOW + HOUR) is None
        await tx.reviews.assign([item.id], to=None, until=None)
        assert await _read(tx.reviews, item.id) == item


async def test_assigning_several(store: Store) -> None:
    """Those that were named, and no other."""
    async with store.transaction() as tx:
        items = [await _in_state(tx.reviews, ReviewState.OPEN, number) for number in range(3)]
        await tx.reviews.assign([items[0].id, items[2].id], to=9, until=NOW + HOUR)
        holders = [(await _read(tx.reviews, item.id)).assignee(NOW) for item in items]
    assert holders == [9, None, 9]


@pytest.mark.parametrize("state", ReviewState)
async def test_what_is_at_hand(store: Store, state: ReviewState) -> None:
    """Open and escalated items are looked at; snoozed and closed ones are not, but can be asked for."""
    async with store.transaction() as tx:
        item = await _in_state(tx.reviews, state)
        assert await tx.reviews.find(1) == ([item] if state in AT_HAND else [])
        assert await tx.reviews.count(1) == (state in AT_HAND)
        assert [group.count for group in await tx.reviews.groups(1)] == ([1] if state in AT_HAND else [])
