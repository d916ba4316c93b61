"""What the state machine of life cycles found, one test each."""

from __future__ import annotations

from functools import partial

import pytest

from bot.domain.errors import DeliveryDelayed
from bot.domain.note import NoteState
from tests.services.conftest import CLAIM, HARMLESS, SUN, House
from tests.services.dying import Killed
from tests.services.moderation import rule


@pytest.mark.parametrize("fault", [DeliveryDelayed("timed out"), Killed()])
async def test_a_note_that_may_stand_is_looked_for_when_its_post_goes(house: House, fault: BaseException) -> None:
    """It was sent, but nobody was told; while it waits for the next try its post is deleted."""
    await house.post(CLAIM)
    house.desk.late_faults = [fault]
    try:
        await house.deliver()
    except Killed:
        house.outbox = house.new_outbox(house.store)
        await house.outbox.recover()
    assert await house.state() is NoteState.PENDING
    assert house.desk.lying
    await house.watch.deleted([100])
    house.clock.forward(minutes=15)
    await house.outbox.flush()
    assert await house.state() is NoteState.RETRACTED
    assert not house.desk.lying


async def test_a_note_that_was_sent_anew_is_taken_down_where_it_stands_now(house: House) -> None:
    """It came down, was approved and sent again; on its way its post was deleted, and nobody heard what came of it."""
    await house.post(CLAIM)
    await house.deliver()
    await house.edit(HARMLESS)
    await house.outbox.flush()
    await house.edit(CLAIM)
    [item] = await house.items()
    await rule(house, item)
    house.desk.late_faults = [DeliveryDelayed("timed out")]
    house.desk.before = partial(house.watch.deleted, [100])
    await house.deliver()
    house.desk.before = None
    await house.deliver()
    assert await house.state() is NoteState.RETRACTED
    assert not house.desk.lying


async def test_a_note_that_was_never_tried_is_dropped(house: House) -> None:
    """There is nothing to look for."""
    await house.post(CLAIM)
    await house.watch.deleted([100])
    assert await house.state() is NoteState.DROPPED
    assert house.desk.looked == 0


@pytest.mark.parametrize("ahead", [3600, 200 * 86_400])
async def test_a_clock_that_was_ahead_keeps_no_note_waiting(house: House, ahead: int) -> None:
    """To be sent, to be taken down after a fault, or to be edited: none waits until the clock has caught up."""
    house.clock.forward(seconds=ahead)
    await house.post(CLAIM, 100)
    await house.deliver()
    await house.post(SUN, 101)
    await house.watch.deleted([100])
    house.desk.retract_faults = [DeliveryDelayed("not now")]
    await house.outbox.flush()
    assert [await house.state(number) for number in (100, 101)] == [NoteState.RETRACTING, NoteState.PENDING]
    house.clock.forward(seconds=-ahead)
    await house.outbox.flush()
    assert [await house.state(number) for number in (100, 101)] == [NoteState.RETRACTED, NoteState.POSTED]


async def test_what_is_said_late_in_a_channel_that_is_gone_is_not_answered(house: House) -> None:
    """Neither a post that was still being looked at, nor an edit; a thread goes with its channel."""
    await house.post("Good morning.", 100)
    await house.watch.channel_deleted(2)
    await house.edit(CLAIM, 100)
    await house.post(CLAIM, 101)
    await house.post(CLAIM, 102, channel_id=50, parent_id=2)
    assert [await house.notes(number) for number in (100, 101, 102)] == [[], [], []]
    await house.post(CLAIM, 103, channel_id=3)
    assert len(await house.notes(103)) == 1
