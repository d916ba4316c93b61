from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.audit import Act, NewAuditEvent
from bot.domain.match import MODEL_CONFIDENCE
from bot.domain.note import NoteState, Provenance
from bot.domain.policy import Mode
from bot.domain.review import ReviewState, Ruling, Wanted
from bot.notes.compose import CORRECTION_LIMIT
from tests.builders import a_fact
from tests.services.conftest import CHANNEL, CLAIM, GUILD, HARMLESS, SUN, House
from tests.services.moderation import BY_MODERATORS, MODERATOR, OTHER, audit, posted, queued, rule

APPROVING = {Ruling.APPROVE, Ruling.EDIT}


@pytest.mark.parametrize("ruling", BY_MODERATORS)
async def test_every_ruling_closes_and_is_audited(house: House, ruling: Ruling) -> None:
    """With who, when, on what grounds, and by which number it can be undone; only approvals post."""
    item = await queued(house)
    ruled = await rule(house, item, ruling, wording="Rock." if ruling is Ruling.EDIT else None)
    await house.deliver()
    [closed] = await house.items()
    assert (closed.state, closed.ruling, closed.ruled_by) == (ReviewState.CLOSED, ruling, MODERATOR)
    [event] = await audit(house)
    assert ruled.event_id == event.id
    assert event.new == NewAuditEvent(
        closed.ruled_at or house.clock.now,
        Act.of(ruling),
        GUILD,
        by=MODERATOR,
        item_id=item.id,
        slug="moon-cheese",
        fact_version=1,
        rule_version="fake/1",
        confidence=0.97,
    )
    assert house.desk.sent == (ruling in APPROVING)


async def test_the_models_own_confidence_is_audited(house: House) -> None:
    """Not the one that the server's rulings shifted: a shift must not learn from itself."""
    await house.mode(Mode.QUEUE, shift=-1.0, shift_rulings=10)
    await house.post(CLAIM)
    [item] = await house.items()
    assert item.new.confidence < 0.97 == item.new.evidence.scores[MODEL_CONFIDENCE]
    await rule(house, item, Ruling.WRONG_MATCH)
    [event] = await audit(house)
    assert event.new.confidence == 0.97


async def test_an_edit_speaks_for_this_post_alone(house: House) -> None:
    """The note says the moderator's words; the fact keeps its own, and the next note says those."""
    ruled = await rule(house, await queued(house), Ruling.EDIT, wording="It is rock, mostly.")
    assert ruled.message == "Approved; the note is on its way."
    await house.outbox.flush()
    other = await queued(house, 101, channel_id=3)
    await rule(house, other)
    await house.outbox.flush()
    assert [one.correction for one in house.desk.lying.values()] == ["It is rock, mostly.", a_fact().correction]
    async with house.store.transaction() as tx:
        assert await tx.facts.get("moon-cheese") == a_fact()


@pytest.mark.parametrize("wording", [None, "", " \n ", "x" * (CORRECTION_LIMIT + 1)])
async def test_a_wording_that_is_none_or_too_long_is_refused(house: House, wording: str | None) -> None:
    """The item stays at hand, and nothing is posted or audited."""
    item = await queued(house)
    ruled = await rule(house, item, Ruling.EDIT, wording=wording)
    await house.deliver()
    assert (ruled.done, ruled.message) == (False, "A note holds 1 to 280 characters; nothing was posted.")
    assert await house.reviews.get(item.id, guild_id=GUILD) == item
    assert (house.desk.sent, await audit(house)) == (0, [])


@pytest.mark.parametrize("wording", ["x", "x" * CORRECTION_LIMIT, f"  {'x' * CORRECTION_LIMIT}\n"])
async def test_a_wording_within_the_limit_is_posted_without_its_margins(house: House, wording: str) -> None:
    """What was counted is what is shown."""
    await rule(house, await queued(house), Ruling.EDIT, wording=wording)
    await house.outbox.flush()
    assert [one.correction for one in house.desk.lying.values()] == [wording.strip()]


async def test_an_edit_of_a_repeat_is_a_note_of_its_own(house: House) -> None:
    """A quiet link would not say the moderator's words."""
    for number in range(6):
        await rule(house, await queued(house, 100 + number))
    await rule(house, await queued(house, 200), Ruling.EDIT, wording="Rock, I say.")
    await house.outbox.flush()
    assert house.texts()[-1] == (200, "note")
    assert [one.correction for one in house.desk.lying.values()][-1] == "Rock, I say."


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("deleted", "Already closed as source gone by the program."),
        ("edited", "Already closed as source edited by the program."),
    ],
)
async def test_what_the_program_closed_is_closed(house: House, change: str, message: str) -> None:
    """The moderator is told why, and nothing is posted; the program's ruling is audited as its own."""
    item = await queued(house)
    await (house.watch.deleted([100]) if change == "deleted" else house.edit(HARMLESS))
    ruled = await rule(house, item, Ruling.EDIT, wording="Rock.")
    await house.deliver()
    assert (ruled.done, ruled.message, house.desk.sent) == (False, message, 0)
    [event] = await audit(house)
    assert (event.new.by, event.new.act.value, event.new.item_id) == (
        None,
        f"source {change.replace('deleted', 'gone')}",
        item.id,
    )


async def test_an_urgent_and_a_sleeping_item_can_be_ruled_on(house: House) -> None:
    """Whatever isn't closed can be closed."""
    urgent, asleep = await queued(house, 100), await queued(house, 101, SUN)
    await house.reviews.escalate(urgent.id, guild_id=GUILD, by=MODERATOR)
    async with house.store.transaction() as tx:
        await tx.reviews.snooze([asleep.id], until=house.clock.now)
    assert [(await rule(house, item)).done for item in (urgent, asleep)] == [True, True]


async def test_dismissing_all_keeps_to_what_is_wanted_and_seen(house: House) -> None:
    """Each dismissal is audited; other facts, channels and servers wait on."""
    await house.policies.change(8, lambda policy: replace(policy, mode=Mode.QUEUE))
    for number, place in enumerate([{}, {}, {"channel_id": 3}, {"channel_id": 4}]):
        await queued(house, 100 + number, f"{CLAIM} {number}", **place)
    await queued(house, 110, SUN)
    await house.post(CLAIM, 120, guild_id=8)
    wanted = Wanted(slug="moon-cheese")
    count = await house.rulings.dismiss_all(GUILD, wanted, by=MODERATOR, sees=lambda channel_id: channel_id != 4)
    assert count == 3
    assert await house.rulings.dismiss_all(GUILD, Wanted(slug="moon-cheese", channel_id=CHANNEL), by=OTHER) == 0
    assert (await house.reviews.count(GUILD), await house.reviews.count(8)) == (2, 1)
    events = await audit(house)
    assert [(event.new.act, event.new.by) for event in events] == [(Act.DISMISS, MODERATOR)] * 3


@pytest.mark.parametrize("before", [Mode.SHADOW, Mode.AUTO])
async def test_an_approval_is_sent_whatever_the_program_had_made_of_the_post(house: House, before: Mode) -> None:
    """Recorded in shadow or taken back: a moderator stands behind it now, and stopped replies don't stop it."""
    await house.mode(before)
    await house.post(CLAIM)
    if before is Mode.AUTO:
        await house.edit(HARMLESS)
    await house.mode(Mode.QUEUE)
    await house.edit(CLAIM)
    [item] = await house.items()
    ruled = await rule(house, item, Ruling.EDIT, wording="Rock.")
    await house.outbox.flush()
    assert ruled.message == "Approved; the note is on its way."
    assert [(one.correction, one.new.provenance) for one in house.desk.lying.values()] == [
        ("Rock.", Provenance.MODERATOR)
    ]
    assert await house.state() is NoteState.POSTED


async def test_a_note_that_stands_is_not_sent_again(house: House) -> None:
    """An item from before the server answered by itself changes nothing about the note that it got since."""
    item = await queued(house)
    await house.mode(Mode.AUTO)
    await house.edit(CLAIM)
    await house.deliver()
    ruled = await rule(house, item)
    await house.deliver()
    assert (ruled.message, house.desk.sent) == ("Approved; the channel has this note already.", 1)
    [note] = await house.notes()
    assert note.new.provenance is Provenance.AUTO


async def test_a_note_that_was_sent_by_itself_is_not_an_approved_one(house: House) -> None:
    """Its provenance says so."""
    note = await posted(house)
    assert (note.new.provenance, note.new.wording) == (Provenance.AUTO, None)
