"""Items whose posts say the same: one ruling goes for all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.audit import COPY, Act
from bot.domain.policy import Mode
from bot.domain.review import ReviewState, Ruling
from tests.builders import a_fact
from tests.services.conftest import CHANNEL, CLAIM, GUILD, SUN, House
from tests.services.moderation import MODERATOR, audit, queued, rule, undo

SAME = f"  {CLAIM.upper()}\n"


@pytest.mark.parametrize("ruling", [Ruling.APPROVE, Ruling.WRONG_MATCH, Ruling.NOT_A_CLAIM, Ruling.DISMISS])
async def test_copies_go_the_same_way(house: House, ruling: Ruling) -> None:
    """Letter case and spaces aside; the audit log says of each which ruling it followed."""
    items = [await queued(house, 100 + number, text) for number, text in enumerate((CLAIM, SAME, CLAIM))]
    ruled = await rule(house, items[1], ruling)
    assert ruled.message.endswith(" 2 more with the same words went the same way.")
    assert {item.ruling for number in (100, 101, 102) for item in await house.items(number)} == {ruling}
    events = await audit(house)
    assert [(event.new.item_id, event.new.act, event.new.detail) for event in events] == [
        (items[1].id, Act.of(ruling), {}),
        (items[0].id, Act.of(ruling), {COPY: str(events[0].id)}),
        (items[2].id, Act.of(ruling), {COPY: str(events[0].id)}),
    ]


async def test_other_words_facts_and_servers_wait_on(house: House) -> None:
    """Only the same words on the same fact in the same server are a copy."""
    await house.policies.change(8, lambda policy: replace(policy, mode=Mode.QUEUE))
    item = await queued(house)
    await queued(house, 101, f"{CLAIM} Indeed.")
    await queued(house, 102, SUN)
    await house.post(CLAIM, 103, guild_id=8)
    ruled = await rule(house, item)
    assert ruled.message == "Approved; the note is on its way."
    assert [(await house.items(number))[0].state for number in (101, 102, 103)] == [ReviewState.OPEN] * 3


async def test_copies_that_the_moderator_does_not_see_wait_on(house: House) -> None:
    """Nobody rules on a channel that is closed to them."""
    item = await queued(house)
    await queued(house, 101, channel_id=3)
    await queued(house, 102, channel_id=4)
    ruled = await rule(house, item, Ruling.DISMISS, sees=lambda channel_id: channel_id in (CHANNEL, 4))
    assert ruled.message == "Closed as dismiss; nothing was posted. 1 more with the same words went the same way."
    assert (await house.items(101))[0].state is ReviewState.OPEN


async def test_copies_are_closed_also_where_they_are_urgent_or_asleep(house: House) -> None:
    """Whatever waits."""
    items = [await queued(house, 100 + number) for number in range(3)]
    await house.reviews.escalate(items[1].id, guild_id=GUILD, by=MODERATOR)
    async with house.store.transaction() as tx:
        await tx.reviews.snooze([items[2].id], until=house.clock.now)
    await rule(house, items[0])
    assert [(await house.items(number))[0].state for number in (101, 102)] == [ReviewState.CLOSED] * 2


async def test_an_edits_wording_is_not_the_copies(house: House) -> None:
    """They get the quiet link in the same channel, and the fact's own words in another."""
    item = await queued(house, 100)
    await queued(house, 101)
    await queued(house, 102, channel_id=3)
    await rule(house, item, Ruling.EDIT, wording="Rock.")
    await house.outbox.flush()
    assert house.texts() == [(100, "note"), (101, "link"), (102, "note")]
    assert [house.desk.lying[number].correction for number in (9001, 9003)] == ["Rock.", a_fact().correction]


@pytest.mark.parametrize("ruling", [Ruling.APPROVE, Ruling.WRONG_MATCH, Ruling.DISMISS])
async def test_an_undo_brings_the_copies_back(house: House, ruling: Ruling) -> None:
    """With their notes taken down; nothing of the ruling stands any more, nor of those that followed it."""
    items = [await queued(house, 100 + number, text) for number, text in enumerate((CLAIM, SAME))]
    ruled = await rule(house, items[0], ruling)
    await house.outbox.flush()
    assert (await undo(house, ruled)).done
    await house.outbox.flush()
    found = [(await house.items(number))[0] for number in (100, 101)]
    assert [(item.state, item.new.post_text) for item in found] == [(ReviewState.OPEN, CLAIM)] * 2
    assert house.texts() == []
    async with house.store.transaction() as tx:
        assert await tx.audit.find(GUILD, slug="moon-cheese", standing=True) == []


async def test_an_undo_leaves_alone_what_was_ruled_on_since(house: House) -> None:
    """A copy that was taken back and ruled on by itself is not the first ruling's any more."""
    items = [await queued(house, 100), await queued(house, 101)]
    ruled = await rule(house, items[0], Ruling.DISMISS)
    [copy] = [event for event in await audit(house) if event.new.item_id == items[1].id]
    assert (await undo(house, replace(ruled, event_id=copy.id))).done
    assert (await house.items(100))[0].state is ReviewState.CLOSED
    await rule(house, items[1], Ruling.APPROVE)
    assert (await undo(house, ruled)).done
    assert [(await house.items(number))[0].ruling for number in (100, 101)] == [None, Ruling.APPROVE]
