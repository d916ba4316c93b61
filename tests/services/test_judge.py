from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.audit import Act, NewAuditEvent
from bot.domain.errors import DeliveryDelayed
from bot.domain.note import NoteState
from bot.domain.policy import Mode, QuietHours
from bot.domain.review import Ruling
from tests.builders import NOW, a_fact
from tests.services.conftest import CLAIM, GUILD, HARMLESS, SUN, House
from tests.services.moderation import MODERATOR, OTHER, audit, judge, posted, queued, rule, undo

WRONG = [Ruling.WRONG_MATCH, Ruling.NOT_A_CLAIM]


@pytest.mark.parametrize("ruling", WRONG)
async def test_a_wrong_note_is_taken_down(house: House, ruling: Ruling) -> None:
    """And audited as a ruling on an automatic reply."""
    note = await posted(house)
    ruled = await judge(house, note, ruling)
    await house.outbox.flush()
    assert (ruled.done, ruled.message) == (True, f"Noted as {ruling.value}; the note is taken down.")
    assert (await house.state(), house.texts()) == (NoteState.RETRACTED, [])
    [event] = await audit(house)
    assert ruled.event_id == event.id
    assert event.new == NewAuditEvent(
        house.clock.now,
        Act.of(ruling),
        GUILD,
        by=MODERATOR,
        note_id=note.id,
        slug="moon-cheese",
        fact_version=1,
        rule_version="fake/1",
        confidence=0.97,
        automatic=True,
    )


async def test_a_right_note_stays(house: House) -> None:
    """It counts as an approval of an automatic reply."""
    note = await posted(house)
    ruled = await judge(house, note, Ruling.APPROVE)
    await house.outbox.flush()
    assert (ruled.message, house.texts()) == ("Noted as right.", [(100, "note")])
    [event] = await audit(house)
    assert (event.new.act, event.new.automatic) == (Act.APPROVE, True)


@pytest.mark.parametrize("ruling", [Ruling.APPROVE, *WRONG])
async def test_a_shadow_note_is_judged_where_it_lies(house: House, ruling: Ruling) -> None:
    """Nothing is posted or taken down, no automatic reply is blamed, and it leaves the list of what to judge."""
    await house.mode(Mode.SHADOW)
    await house.post(CLAIM, 100)
    await house.post(SUN, 101)
    notes = house.services.notes
    assert await notes.count_shadow(GUILD) == 2
    [(second, _), (first, fact)] = await notes.shadow(GUILD, limit=5)
    assert (first.new.source_message_id, fact) == (100, a_fact())
    ruled = await judge(house, first, ruling)
    await house.deliver()
    assert ruled.message == ("Noted as right." if ruling is Ruling.APPROVE else f"Noted as {ruling.value}.")
    assert await house.state() is NoteState.SHADOW
    [event] = await audit(house)
    assert (event.new.automatic, event.new.confidence) == (False, 0.97)
    assert [note.id for note, _ in await notes.shadow(GUILD, limit=5)] == [second.id]
    assert await notes.shadow(GUILD, limit=5, before=second.id) == []


async def test_of_two_moderators_the_first_one_is_heard(house: House) -> None:
    """The second is told what was said; it counts once."""
    note = await posted(house)
    await judge(house, note, Ruling.NOT_A_CLAIM)
    second = await judge(house, note, Ruling.APPROVE, by=OTHER)
    assert (second.done, second.message, second.event_id) == (False, "Another moderator was first: not a claim.", None)
    assert len(await audit(house)) == 1


async def test_only_this_servers_automatic_notes_are_judged(house: House) -> None:
    """Neither another server's, nor one that a moderator approved, nor one that isn't there."""
    note = await posted(house)
    await rule(house, await queued(house, 101))
    [approved] = await house.notes(101)
    for one, guild_id in ((note, GUILD + 1), (approved, GUILD), (replace(note, id=404), GUILD)):
        refused = await judge(house, one, guild_id=guild_id)
        assert (refused.done, refused.message) == (False, "There is no such automatic note in this server.")
    assert await house.services.notes.get(note.id, guild_id=GUILD + 1) is None
    assert await house.services.notes.get(note.id, guild_id=GUILD) == note


async def test_a_note_is_found_by_its_message(house: House) -> None:
    """In its server, and no other message is one."""
    note = await posted(house)
    by_message = house.services.notes.by_message
    assert await by_message(9001, guild_id=GUILD) == note
    assert [await by_message(9002, guild_id=GUILD), await by_message(9001, guild_id=GUILD + 1)] == [None, None]


@pytest.mark.parametrize("ruling", WRONG)
@pytest.mark.parametrize("state", [NoteState.PENDING, NoteState.POSTED, NoteState.RETRACTING])
async def test_an_undo_posts_the_note_again(house: House, ruling: Ruling, state: NoteState) -> None:
    """Whether it had been sent or not, is gone by then or still there; it can be judged anew."""
    await house.post(CLAIM)
    if state is not NoteState.PENDING:
        await house.deliver()
    if state is NoteState.RETRACTING:
        house.desk.retract_faults.append(DeliveryDelayed("Discord is away."))
    [note] = await house.notes()
    ruled = await judge(house, note, ruling)
    await house.outbox.flush()
    undone = await undo(house, ruled)
    await house.deliver()
    assert (undone.done, undone.message) == (True, "Undone: the note is posted again.")
    assert (await house.state(), house.texts()) == (NoteState.POSTED, [(100, "note")])
    assert (await judge(house, note, Ruling.APPROVE)).done


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("change", ["edited", "deleted"])
async def test_an_undo_posts_nothing_under_a_post_that_no_longer_says_it(
    house: House, change: str, *, before: bool
) -> None:
    """What was taken down for the post's own sake, before the judgement or after it, stays down."""
    note = await posted(house)

    async def withdraw() -> None:
        await (house.edit(HARMLESS) if change == "edited" else house.watch.deleted([100]))
        await house.outbox.flush()

    if before:
        await withdraw()
    ruled = await judge(house, note)
    await house.outbox.flush()
    if not before:
        await withdraw()
    undone = await undo(house, ruled)
    await house.deliver()
    assert (undone.message, house.texts(), house.desk.sent) == ("Undone.", [], 1)


@pytest.mark.parametrize("ruling", [Ruling.APPROVE, Ruling.WRONG_MATCH])
async def test_an_undo_on_a_shadow_note_posts_nothing(house: House, ruling: Ruling) -> None:
    """It waits to be judged again."""
    await house.mode(Mode.SHADOW)
    await house.post(CLAIM)
    [note] = await house.notes()
    undone = await undo(house, await judge(house, note, ruling))
    await house.deliver()
    assert (undone.message, house.desk.sent) == ("Undone.", 0)
    assert (await house.services.notes.count_shadow(GUILD), await house.state()) == (1, NoteState.SHADOW)


@pytest.mark.parametrize("why", ["stopped", "queue", "quiet"])
async def test_an_undo_promises_no_note_that_would_not_be_sent(house: House, why: str) -> None:
    """While automatic replies are stopped, turned off or quiet, it stays down, and the moderator is told."""
    notes = [await posted(house, 100), await posted(house, 101, SUN)]
    rulings = [await judge(house, note) for note in (notes if why == "stopped" else notes[:1])]
    if why == "queue":
        await house.mode(Mode.QUEUE)
    if why == "quiet":
        await house.mode(Mode.AUTO, quiet_hours=QuietHours(NOW.hour * 60, NOW.hour * 60 + 60))
    await house.outbox.flush()
    undone = await undo(house, rulings[0])
    await house.deliver()
    assert undone.message == "Undone; the note stays down, for nothing is posted by itself in this server now."
    assert house.desk.sent == 2
    assert await house.state(100) is NoteState.RETRACTED
