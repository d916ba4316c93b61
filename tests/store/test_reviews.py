from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.ports import ReviewRepository, Store
from bot.domain.review import NewReviewItem, ReviewItem, ReviewState, Ruling, Wanted
from tests.builders import NOW, an_item

MINUTE = timedelta(minutes=1)


async def _added(reviews: ReviewRepository, new: NewReviewItem) -> ReviewItem:
    item = await reviews.add(new)
    assert item is not None
    return item


async def test_an_item_comes_back_whole(store: Store) -> None:
    """Every field survives."""
    new = an_item(post_text="“Käse” 🌝", reasons=("one", "two"), message_id=2**62)
    async with store.transaction() as tx:
        item = await _added(tx.reviews, new)
    async with store.transaction() as tx:
        assert await tx.reviews.get(item.id) == item == ReviewItem(id=item.id, new=new, state=ReviewState.OPEN)
        assert await tx.reviews.get(404) is None


async def test_a_post_and_a_fact_have_one_item(store: Store) -> None:
    """The second item for the same post and fact is not stored, also after the first was closed."""
    async with store.transaction() as tx:
        item = await _added(tx.reviews, an_item())
        assert await tx.reviews.add(an_item()) is None
        await tx.reviews.close(item.id, ruling=Ruling.DISMISS, by=9, at=NOW)
        assert await tx.reviews.add(an_item()) is None
        assert await tx.reviews.add(an_item(slug="other")) is not None


async def test_new_words_replace_the_old_ones_while_an_item_is_open(store: Store) -> None:
    """A closed item keeps no words, whatever is said later."""
    async with store.transaction() as tx:
        item = await _added(tx.reviews, an_item())
        await tx.reviews.reword(item.id, "Other words.")
        found = await tx.reviews.get(item.id)
        assert found is not None
        assert found.new.post_text == "Other words."
        await tx.reviews.close(item.id, ruling=Ruling.DISMISS, by=9, at=NOW)
        await tx.reviews.reword(item.id, "Too late.")
        found = await tx.reviews.get(item.id)
        assert found is not None
        assert found.new.post_text == ""


async def test_the_queue_is_a_servers_own_and_oldest_first(store: Store) -> None:
    """Pages of a server's open items follow each other; other servers' and closed ones are not in them."""
    async with store.transaction() as tx:
        items = [
            await _added(tx.reviews, an_item(message_id=number, created_at=NOW - number * MINUTE))
            for number in range(4)
        ]
        await _added(tx.reviews, an_item(message_id=50, guild_id=2))
        await tx.reviews.close(items[2].id, ruling=Ruling.DISMISS, by=9, at=NOW)
        assert await tx.reviews.find(1) == [items[3], items[1], items[0]]
        assert await tx.reviews.find(1, limit=1, offset=1) == [items[1]]
        assert await tx.reviews.count(1) == 3
        assert await tx.reviews.count(3) == 0


async def test_items_are_found_by_post_and_channel(store: Store) -> None:
    """Open or closed, the oldest comes first."""
    async with store.transaction() as tx:
        first = await _added(tx.reviews, an_item(slug="a"))
        second = await _added(tx.reviews, an_item(slug="b"))
        await tx.reviews.close(first.id, ruling=Ruling.SOURCE_GONE, by=None, at=NOW)
        other = await _added(tx.reviews, an_item(message_id=4))
        assert [item.id for item in await tx.reviews.for_message(3)] == [first.id, second.id]
        assert [item.id for item in await tx.reviews.for_channel(2)] == [first.id, second.id, other.id]


@pytest.mark.parametrize("ruling", Ruling)
@pytest.mark.parametrize("by", [None, 2**62])
async def test_closing_keeps_the_ruling_and_forgets_the_words(store: Store, ruling: Ruling, by: int | None) -> None:
    """A closed item says who ruled what and when; the post's words are gone."""
    async with store.transaction() as tx:
        item = await _added(tx.reviews, an_item())
        assert await tx.reviews.close(item.id, ruling=ruling, by=by, at=NOW + MINUTE)
        evidence = replace(item.new.evidence, matched_words=())
        assert await tx.reviews.get(item.id) == ReviewItem(
            id=item.id,
            new=replace(item.new, post_text="", evidence=evidence),
            state=ReviewState.CLOSED,
            ruling=ruling,
            ruled_by=by,
            ruled_at=NOW + MINUTE,
        )


async def test_of_two_rulings_the_first_stands(store: Store) -> None:
    """A closed item can't be closed again, nor can one that isn't there."""
    async with store.transaction() as tx:
        item = await _added(tx.reviews, an_item())
        assert await tx.reviews.close(item.id, ruling=Ruling.APPROVE, by=1, at=NOW)
        assert not await tx.reviews.close(item.id, ruling=Ruling.DISMISS, by=2, at=NOW)
        assert not await tx.reviews.close(404, ruling=Ruling.DISMISS, by=2, at=NOW)
        closed = await tx.reviews.get(item.id)
    assert closed is not None
    assert (closed.ruling, closed.ruled_by) == (Ruling.APPROVE, 1)


async def test_items_are_found_by_when_they_came(store: Store) -> None:
    """From a time on, until just before another."""
    async with store.transaction() as tx:
        items = [
            await _added(tx.reviews, an_item(message_id=number, created_at=NOW + number * MINUTE))
            for number in range(4)
        ]
        assert await tx.reviews.find(1, Wanted(since=NOW + MINUTE, before=NOW + 3 * MINUTE)) == items[1:3]
        assert await tx.reviews.count(1, Wanted(since=NOW + 3 * MINUTE)) == 1
