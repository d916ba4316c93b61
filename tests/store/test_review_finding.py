from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.ports import ReviewRepository, Store
from bot.domain.review import WAITING, ItemGroup, ReviewItem, ReviewState, Ruling, Wanted
from tests.builders import NOW, an_item

MINUTE = timedelta(minutes=1)
ALL = frozenset(ReviewState)


async def _added(reviews: ReviewRepository, message_id: int, **over: Any) -> ReviewItem:
    """Store an item that is as many minutes old as its message's id is low."""
    over = {"created_at": NOW + message_id * MINUTE, **over}
    item = await reviews.add(an_item(message_id=message_id, **over))
    assert item is not None
    return item


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (None, [4, 0, 1, 5]),
        (Wanted(), [4, 0, 1, 5]),
        (Wanted(states=WAITING), [4, 0, 1, 2, 5]),
        (Wanted(states=ALL), [4, 0, 1, 2, 3, 5]),
        (Wanted(states=frozenset({ReviewState.CLOSED})), [3]),
        (Wanted(slug="b"), [4, 1]),
        (Wanted(channel_id=8), [1, 5]),
        (Wanted(before=NOW + 4 * MINUTE), [0, 1]),
        (Wanted(before=NOW + 5 * MINUTE), [4, 0, 1]),
        (Wanted(ALL, "a", 8, before=NOW + 6 * MINUTE), [5]),
        (Wanted(ALL, "b", 9), []),
    ],
)
async def test_items_are_narrowed_by_what_is_wanted(store: Store, wanted: Wanted | None, expected: list[int]) -> None:
    """Urgent ones first, then the oldest; the count and the pages say the same."""
    async with store.transaction() as tx:
        items = [
            await _added(
                tx.reviews, number, slug="b" if number in (1, 4) else "a", channel_id=8 if number in (1, 5) else 7
            )
            for number in range(6)
        ]
        await _added(tx.reviews, 50, guild_id=2, slug="b")
        await tx.reviews.snooze([items[2].id], until=NOW)
        await tx.reviews.close(items[3].id, ruling=Ruling.DISMISS, by=9, at=NOW)
        await tx.reviews.escalate(items[4].id)
        found = await tx.reviews.find(1, wanted)
        assert [item.new.message_id for item in found] == expected
        assert await tx.reviews.count(1, wanted) == len(expected)
        assert await tx.reviews.find(1, wanted, limit=2, offset=1) == found[1:3]
        assert await tx.reviews.find(1, wanted, limit=0) == []


async def test_groups_say_what_is_at_hand_by_fact(store: Store) -> None:
    """How many, since when, and whether one is urgent: urgent facts first, then the longest waiting, then by name."""
    async with store.transaction() as tx:
        plan = ["old", "twice", "same-b", "same-a", "urgent", "asleep", "closed", "twice", "urgent"]
        items = [
            await _added(
                tx.reviews, number, slug=slug, **({"created_at": NOW + 2 * MINUTE} if slug[:4] == "same" else {})
            )
            for number, slug in enumerate(plan)
        ]
        await _added(tx.reviews, 50, slug="old", guild_id=2)
        await tx.reviews.escalate(items[8].id)
        await tx.reviews.snooze([items[5].id, items[1].id], until=NOW + MINUTE)
        await tx.reviews.close(items[6].id, ruling=Ruling.DISMISS, by=9, at=NOW)
        here = [
            ItemGroup(1, "urgent", 2, NOW + 4 * MINUTE, escalated=True),
            ItemGroup(1, "old", 1, NOW, escalated=False),
            ItemGroup(1, "same-a", 1, NOW + 2 * MINUTE, escalated=False),
            ItemGroup(1, "same-b", 1, NOW + 2 * MINUTE, escalated=False),
            ItemGroup(1, "twice", 1, NOW + 7 * MINUTE, escalated=False),
        ]
        assert await tx.reviews.groups(1) == here
        assert await tx.reviews.groups() == [*here, ItemGroup(2, "old", 1, NOW + 50 * MINUTE, escalated=False)]
        assert await tx.reviews.groups(3) == []


async def test_what_was_ruled_since(store: Store) -> None:
    """In the order of the rulings, from a moment on; not what an undo opened again, nor another server's."""
    async with store.transaction() as tx:
        items = [await _added(tx.reviews, number) for number in range(4)]
        other = await _added(tx.reviews, 50, guild_id=2)
        for item, minute in zip((*items, other), (3, 0, 2, 1, 2), strict=True):
            await tx.reviews.close(item.id, ruling=Ruling.DISMISS, by=9, at=NOW + minute * MINUTE)
        await tx.reviews.reopen(items[2].id, post_text="words")
        found = await tx.reviews.ruled(1, since=NOW + MINUTE)
    assert [item.id for item in found] == [items[3].id, items[0].id]


async def test_stale_items_are_those_that_wait_from_before_a_time(store: Store) -> None:
    """Of one server, the oldest first; closed ones don't wait."""
    async with store.transaction() as tx:
        items = [
            await tx.reviews.add(an_item(message_id=number, created_at=NOW + timedelta(minutes=number % 3)))
            for number in range(10, 14)
        ]
        await tx.reviews.add(an_item(guild_id=9, message_id=20))
        ids = [item.id for item in items if item is not None]
        await tx.reviews.close(ids[1], ruling=Ruling.DISMISS, by=1, at=NOW)
        assert await tx.reviews.stale(1, before=NOW) == []
        found = await tx.reviews.stale(1, before=NOW + timedelta(minutes=2))
        assert [item.id for item in found] == [ids[2], ids[0], ids[3]]
