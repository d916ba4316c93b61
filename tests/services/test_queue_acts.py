from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.audit import Act
from bot.domain.review import ReviewItem, ReviewState, Ruling, Wanted
from bot.services.review import ASSIGNED_FOR
from tests.services.conftest import CLAIM, GUILD, SUN, House
from tests.services.moderation import MODERATOR, OTHER, audit, queued, rule

HOUR = timedelta(hours=1)


async def _item(house: House, number: int) -> ReviewItem:
    [item] = await house.items(number)
    return item


async def test_an_item_is_assigned_with_all_at_hand_on_its_fact(house: House) -> None:
    """For two hours; another moderator is told whose it is; other facts stay free."""
    items = [await queued(house, 100), await queued(house, 101, f"{CLAIM} Really.")]
    sun = await queued(house, 102, SUN)
    mine = await house.reviews.assign(items[0].id, guild_id=GUILD, by=MODERATOR)
    until = int((house.clock.now + ASSIGNED_FOR).timestamp())
    assert (mine.done, mine.message) == (True, f"Yours until <t:{until}:f>.")
    refused = await house.reviews.assign(items[1].id, guild_id=GUILD, by=OTHER)
    assert (refused.done, refused.message) == (False, f"This is <@{MODERATOR}>'s until <t:{until}:f>.")
    assert (await house.reviews.assign(sun.id, guild_id=GUILD, by=OTHER)).done
    house.clock.now += ASSIGNED_FOR
    assert (await house.reviews.assign(items[1].id, guild_id=GUILD, by=OTHER)).done
    events = await audit(house)
    assert [(event.new.act, event.new.by) for event in events] == [
        (Act.ASSIGN, MODERATOR),
        (Act.ASSIGN, OTHER),
        (Act.ASSIGN, OTHER),
    ]


async def test_a_moderator_frees_what_is_theirs(house: House) -> None:
    """By the same act again."""
    item = await queued(house)
    await house.reviews.assign(item.id, guild_id=GUILD, by=MODERATOR)
    freed = await house.reviews.assign(item.id, guild_id=GUILD, by=MODERATOR)
    assert freed.message == "No longer yours."
    assert await _item(house, 100) == item


async def test_who_takes_a_newer_item_takes_nobody_elses(house: House) -> None:
    """What another moderator looks at stays theirs, though it is about the same fact."""
    item = await queued(house, 100)
    await house.reviews.assign(item.id, guild_id=GUILD, by=MODERATOR)
    newer = await queued(house, 101, f"{CLAIM} Really.")
    for _ in range(2):
        assert (await house.reviews.assign(newer.id, guild_id=GUILD, by=OTHER)).done
        assert (await _item(house, 100)).assignee(house.clock.now) == MODERATOR


async def test_a_closed_item_is_nobodys_to_take_or_to_put_off(house: House) -> None:
    """Though others on the same fact wait: those stay as they are."""
    item, other = await queued(house, 100), await queued(house, 101, f"{CLAIM} Really.")
    await rule(house, item, Ruling.DISMISS)
    assigned = await house.reviews.assign(item.id, guild_id=GUILD, by=MODERATOR)
    escalated = await house.reviews.escalate(item.id, guild_id=GUILD, by=MODERATOR)
    snoozed = await house.reviews.snooze(item.id, guild_id=GUILD, by=MODERATOR, span=HOUR)
    for refused in (assigned, escalated, snoozed):
        assert (refused.done, refused.message) == (False, "This item is closed already.")
    assert await _item(house, 101) == other
    assert [event.new.act for event in await audit(house)] == [Act.DISMISS]


async def test_an_urgent_item_comes_first(house: House) -> None:
    """Once; the second moderator is told."""
    await queued(house, 100)
    item = await queued(house, 101, SUN)
    assert (await house.reviews.escalate(item.id, guild_id=GUILD, by=MODERATOR)).done
    again = await house.reviews.escalate(item.id, guild_id=GUILD, by=OTHER)
    assert (again.done, again.message) == (False, "This item is escalated already.")
    assert [found.new.message_id for found, _ in await house.reviews.open(GUILD)] == [101, 100]
    async with house.store.reading() as tx:
        assert [group.slug for group in await tx.reviews.groups(GUILD)] == ["sun-cold", "moon-cheese"]
    assert [event.new.act for event in await audit(house)] == [Act.ESCALATE]


async def test_what_is_put_off_takes_its_fact_along(house: House) -> None:
    """It is out of the way, can be looked up, and its new words are kept."""
    item = await queued(house, 100)
    await queued(house, 101, f"{CLAIM} Really.")
    await queued(house, 102, SUN)
    snoozed = await house.reviews.snooze(item.id, guild_id=GUILD, by=MODERATOR, span=HOUR)
    back = int((house.clock.now + HOUR).timestamp())
    assert (snoozed.done, snoozed.message) == (True, f"Back at <t:{back}:f>.")
    assert await house.reviews.count(GUILD) == 1
    asleep = Wanted(states=frozenset({ReviewState.SNOOZED}))
    assert [found.new.message_id for found, _ in await house.reviews.open(GUILD, asleep)] == [100, 101]
    await house.edit(f"{CLAIM} Truly.")
    assert (await _item(house, 100)).new.post_text == f"{CLAIM} Truly."


@pytest.mark.parametrize("guild_id", [GUILD, GUILD + 1])
async def test_another_servers_items_can_not_be_acted_on(house: House, guild_id: int) -> None:
    """They are not there, and neither is one that never was."""
    item_id = (await queued(house)).id if guild_id != GUILD else 404
    for refused in (
        await house.reviews.assign(item_id, guild_id=guild_id, by=MODERATOR),
        await house.reviews.escalate(item_id, guild_id=guild_id, by=MODERATOR),
        await house.reviews.snooze(item_id, guild_id=guild_id, by=MODERATOR, span=HOUR),
    ):
        assert (refused.done, refused.message) == (False, "There is no such item in this server's queue.")
    assert await audit(house, guild_id=guild_id) == []
