"""The circuit breaker, from the rulings to the outbox."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.audit import Act
from bot.domain.decision import Action
from bot.domain.errors import DeliveryDelayed
from bot.domain.note import NoteState, Provenance
from bot.domain.policy import Mode, Policy
from bot.domain.review import Ruling
from bot.review.breaker import MIN_JUDGED
from tests.services.conftest import CLAIM, GUILD, SUN, House
from tests.services.moderation import MODERATOR, audit, judge, posted, queued, rule, undo

BECAUSE = "2 automatic replies of the last 24 hours were ruled wrong matches"


async def _policy(house: House) -> Policy:
    return await house.policies.get(GUILD)


async def _stop(house: House, first: int = 100) -> None:
    """Rule two automatic notes wrong."""
    for number in (first, first + 1):
        await judge(house, await posted(house, number, channel_id=number))


async def test_two_wrong_matches_stop_the_server(house: House) -> None:
    """Once, with the reason in its settings and its log; what would have been a reply is queued with that reason."""
    await judge(house, await posted(house, 100))
    assert (await _policy(house)).stop is None
    await judge(house, await posted(house, 101, SUN))
    stop = (await _policy(house)).stop
    assert stop is not None
    assert (stop.at, stop.because) == (house.clock.now, BECAUSE)
    watched = await house.post(CLAIM, 102)
    assert watched is not None
    assert watched.decision.action is Action.QUEUE
    assert f"automatic replies are stopped: {BECAUSE}" in (await house.items(102))[0].new.reasons
    [stopped] = await audit(house, Act.STOPPED)
    assert (stopped.new.by, stopped.new.detail) == (None, {"because": BECAUSE})


async def test_a_third_wrong_match_changes_nothing_about_the_stop(house: House) -> None:
    """It stands since it stands, and is audited once."""
    notes = [await posted(house, 100 + number, channel_id=number) for number in range(3)]
    for note in notes[:2]:
        await judge(house, note)
    stop = (await _policy(house)).stop
    house.clock.forward(minutes=1)
    await judge(house, notes[2])
    assert (await _policy(house)).stop == stop
    assert len(await audit(house, Act.STOPPED)) == 1


@pytest.mark.parametrize("hours", [23, 24])
async def test_wrong_matches_a_day_apart_stop_nothing(house: House, hours: int) -> None:
    """It is when they were ruled on that counts."""
    note = await posted(house, 100)
    await judge(house, await posted(house, 101, SUN))
    house.clock.forward(hours=hours)
    await judge(house, note)
    assert ((await _policy(house)).stop is None) is (hours == 24)


async def test_wrong_matches_in_the_queue_and_in_shadow_stop_nothing(house: House) -> None:
    """Nobody saw those."""
    for number in range(3):
        await rule(house, await queued(house, 100 + number, f"{CLAIM} {number}"), Ruling.WRONG_MATCH)
    await house.mode(Mode.SHADOW)
    for number in range(3):
        await house.post(CLAIM, 200 + number)
        [note] = await house.notes(200 + number)
        await judge(house, note)
    assert len(await audit(house, Act.WRONG_MATCH)) == 6
    assert (await _policy(house)).stop is None


async def test_pending_notes_are_not_sent_any_more(house: House) -> None:
    """Neither those that wait for their moment nor those that Discord delayed; approved ones are."""
    notes = [await posted(house, 100), await posted(house, 101, SUN)]
    await house.post(CLAIM, 102, channel_id=3)
    house.desk.faults.append(DeliveryDelayed("Discord is away."))
    await house.deliver()
    await house.post(SUN, 103, channel_id=3)
    for note in notes:
        await judge(house, note)
    await house.post(CLAIM, 104, channel_id=4)
    [item] = await house.items(104)
    await rule(house, item)
    house.clock.forward(hours=1)
    await house.outbox.flush()
    assert [await house.state(number) for number in (102, 103, 104)] == [
        NoteState.DROPPED,
        NoteState.DROPPED,
        NoteState.POSTED,
    ]
    assert [one.new.provenance for one in house.desk.lying.values()] == [Provenance.MODERATOR]


async def test_an_undo_does_not_lift_the_stop(house: House) -> None:
    """It takes a moderator who says so."""
    notes = [await posted(house, 100), await posted(house, 101, SUN)]
    rulings = [await judge(house, note) for note in notes]
    await undo(house, rulings[1])
    assert (await _policy(house)).stop is not None
    await house.mode(Mode.QUEUE)
    await house.mode(Mode.AUTO)
    assert (await _policy(house)).stop is not None


async def test_after_a_resume_the_count_begins_anew(house: House) -> None:
    """What was ruled before stops nothing again: neither an approval nor one wrong match; two do."""
    await _stop(house)
    assert await house.policies.resume(GUILD, by=MODERATOR)
    assert (await _policy(house)).stop is None
    [resumed] = await audit(house, Act.RESUMED)
    assert (resumed.new.by, resumed.new.detail) == (MODERATOR, {"because": BECAUSE})
    watched = await house.post(CLAIM, 200, channel_id=3)
    assert watched is not None
    assert watched.decision.action is Action.REPLY
    for number, ruling in ((201, Ruling.APPROVE), (202, Ruling.WRONG_MATCH)):
        await judge(house, await posted(house, number, channel_id=number), ruling)
        assert (await _policy(house)).stop is None
    await judge(house, await posted(house, 203, channel_id=5))
    assert (await _policy(house)).stop is not None


async def test_nothing_is_resumed_that_is_not_stopped(house: House) -> None:
    """And a second moderator's resume is no second one."""
    assert not await house.policies.resume(GUILD, by=MODERATOR)
    await _stop(house)
    assert await house.policies.resume(GUILD, by=MODERATOR)
    assert not await house.policies.resume(GUILD, by=MODERATOR)
    assert len(await audit(house, Act.RESUMED)) == 1


async def test_live_precision_under_the_floor_stops(house: House) -> None:
    """From twenty judged replies on, also where no two wrong ones came in a day."""
    for number in range(MIN_JUDGED):
        ruling = Ruling.NOT_A_CLAIM if number < 2 else Ruling.APPROVE
        await judge(house, await posted(house, 100 + number, channel_id=100 + number), ruling)
        assert ((await _policy(house)).stop is not None) is (number == MIN_JUDGED - 1)
    stop = (await _policy(house)).stop
    assert stop is not None
    assert stop.because == (
        "of 20 judged automatic replies 18 were right: precision may be as low as 0.70, and the floor is 0.75"
    )


async def test_a_servers_own_floor_counts(house: House) -> None:
    """The same rulings stop nothing where less was asked for."""
    await house.mode(Mode.AUTO, precision_floor=0.6)
    for number in range(MIN_JUDGED):
        ruling = Ruling.NOT_A_CLAIM if number < 2 else Ruling.APPROVE
        await judge(house, await posted(house, 100 + number, channel_id=100 + number), ruling)
    assert (await _policy(house)).stop is None


async def test_servers_are_stopped_apart(house: House) -> None:
    """Another server's rulings stop nothing here."""
    await house.policies.change(8, lambda policy: replace(policy, mode=Mode.AUTO, approvals_needed=0))
    await judge(house, await posted(house, 100))
    note = await posted(house, 101, guild_id=8, channel_id=80)
    await judge(house, note, guild_id=8)
    assert [(await house.policies.get(guild_id)).stop for guild_id in (GUILD, 8)] == [None, None]
