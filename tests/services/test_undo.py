from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.audit import Act
from bot.domain.errors import DeliveryDelayed
from bot.domain.note import NoteState, Provenance
from bot.domain.policy import Mode
from bot.domain.review import ReviewState, Ruling
from bot.services.undo import UNDO_FOR
from tests.builders import a_fact
from tests.services.conftest import CLAIM, GUILD, SUN, House
from tests.services.moderation import BY_MODERATORS, MODERATOR, OTHER, audit, queued, rule, undo

DONE = "Undone: it waits again, and a note that was posted is taken down."


@pytest.mark.parametrize("ruling", BY_MODERATORS)
async def test_every_ruling_can_be_undone(house: House, ruling: Ruling) -> None:
    """The item waits again with the words that the post has now; the audit log says who took what back."""
    item = await queued(house)
    ruled = await rule(house, item, ruling, wording="Rock." if ruling is Ruling.EDIT else None)
    undone = await undo(house, ruled, by=OTHER, post_text="New words.")
    await house.deliver()
    assert (undone.done, undone.message) == (True, DONE)
    [again] = await house.items()
    assert (again.state, again.ruling, again.ruled_by, again.ruled_at) == (ReviewState.OPEN, None, None, None)
    assert again.new.post_text == "New words."
    given, taken = await audit(house)
    assert (taken.new.act, taken.new.by, taken.new.undoes) == (Act.UNDO, OTHER, given.id)
    assert (taken.new.item_id, taken.new.slug, taken.new.guild_id) == (item.id, "moon-cheese", GUILD)
    assert house.texts() == []


@pytest.mark.parametrize("late", [False, True])
async def test_a_ruling_can_be_undone_for_a_quarter_of_an_hour(house: House, *, late: bool) -> None:
    """To the second; too late, everything stays as it is."""
    ruled = await rule(house, await queued(house))
    await house.outbox.flush()
    house.clock.now += UNDO_FOR - timedelta(seconds=not late)
    undone = await undo(house, ruled)
    await house.outbox.flush()
    assert undone.done is not late
    assert undone.message == ("Too late: a ruling can be undone for 15 minutes." if late else DONE)
    assert (house.texts() == []) is not late
    assert len(await audit(house)) == (1 if late else 2)


async def test_a_ruling_can_be_undone_once(house: House) -> None:
    """Whoever comes second is told, and the ruling that was given since stays."""
    ruled = await rule(house, await queued(house))
    [item] = await house.items()
    assert (await undo(house, ruled)).done
    again = await rule(house, item, Ruling.DISMISS)
    second = await undo(house, ruled, by=OTHER)
    assert (second.done, second.message) == (False, "This was undone already.")
    assert (await house.items())[0].ruling is Ruling.DISMISS
    assert (await undo(house, again)).done


async def test_what_is_no_moderators_ruling_can_not_be_undone(house: House) -> None:
    """Neither the program's rulings, nor an assignment, nor an undo; nor what isn't there or is another server's."""
    item = await queued(house)
    assigned = await house.reviews.assign(item.id, guild_id=GUILD, by=MODERATOR)
    ruled = await rule(house, item)
    await undo(house, ruled)
    await house.watch.deleted([100])
    events = await audit(house)
    assert [event.new.act for event in events] == [Act.ASSIGN, Act.APPROVE, Act.UNDO, Act.SOURCE_GONE]
    undoing = house.services.undo
    for event_id in (assigned.event_id or 0, events[2].id, events[3].id):
        refused = await undoing.undo(event_id, guild_id=GUILD, by=MODERATOR, post_text="")
        assert (refused.done, refused.message) == (False, "This can't be undone.")
    for event_id, guild_id in ((events[1].id, GUILD + 1), (404, GUILD)):
        refused = await undoing.undo(event_id, guild_id=guild_id, by=MODERATOR, post_text="")
        assert (refused.done, refused.message) == (False, "There is no such ruling in this server.")
        assert await undoing.event(event_id, guild_id=guild_id) is None
    assert await undoing.event(events[1].id, guild_id=GUILD) == events[1]


@pytest.mark.parametrize("state", [NoteState.PENDING, NoteState.SENDING, NoteState.POSTED])
async def test_an_approval_that_is_undone_takes_its_note_down(house: House, state: NoteState) -> None:
    """Wherever it is: before it is sent, in the middle, or after."""
    ruled = await rule(house, await queued(house))

    async def take_back() -> None:
        assert await house.state() is NoteState.SENDING
        await undo(house, ruled)

    if state is NoteState.SENDING:
        house.desk.before = take_back
    if state is not NoteState.PENDING:
        await house.outbox.flush()
    if state is not NoteState.SENDING:
        await undo(house, ruled)
    await house.outbox.flush()
    expected = NoteState.DROPPED if state is NoteState.PENDING else NoteState.RETRACTED
    assert (await house.state(), house.texts()) == (expected, [])


@pytest.mark.parametrize("delivered", [False, True])
async def test_after_an_undo_the_last_ruling_counts(house: House, *, delivered: bool) -> None:
    """A wording that was undone leaves no word behind, and an approval of before doesn't silence a later one."""
    item = await queued(house)
    for wording in ("Rock.", None, "Basalt."):
        ruled = await rule(house, item, Ruling.EDIT if wording else Ruling.APPROVE, wording=wording)
        assert ruled.message == "Approved; the note is on its way."
        if delivered or wording == "Basalt.":
            await house.outbox.flush()
            assert [one.correction for one in house.desk.lying.values()] == [wording or a_fact().correction]
        await undo(house, ruled)
        if delivered:
            await house.outbox.flush()
            assert house.texts() == []


async def test_a_new_wording_replaces_a_note_that_could_not_be_taken_down_yet(house: House) -> None:
    """What still stands is deleted before the note is sent again: it would say the words of before."""
    item = await queued(house)
    ruled = await rule(house, item)
    await house.outbox.flush()
    await undo(house, ruled)
    await rule(house, item, Ruling.EDIT, wording="Basalt.")
    await house.outbox.flush()
    assert [one.correction for one in house.desk.lying.values()] == ["Basalt."]
    [note] = await house.notes()
    assert (note.state, [note.message_id]) == (NoteState.POSTED, list(house.desk.lying))


async def test_an_undo_leaves_automatic_notes_alone(house: House) -> None:
    """What the program answered by itself was not the ruling's to take down."""
    item = await queued(house)
    await house.mode(Mode.AUTO)
    await house.edit(CLAIM)
    await house.deliver()
    ruled = await rule(house, item)
    await undo(house, ruled)
    await house.deliver()
    [note] = await house.notes()
    assert (note.state, note.new.provenance) == (NoteState.POSTED, Provenance.AUTO)


async def test_an_undo_leaves_shadow_notes_to_be_judged(house: House) -> None:
    """They are a record, not a note that somebody saw."""
    await house.mode(Mode.SHADOW)
    await house.post(CLAIM)
    await house.mode(Mode.QUEUE)
    await house.edit(CLAIM)
    [item] = await house.items()
    await undo(house, await rule(house, item, Ruling.DISMISS))
    assert await house.state() is NoteState.SHADOW


async def test_other_facts_notes_on_the_same_post_stay(house: House) -> None:
    """One post can repeat two claims; an undo is of one ruling."""
    await house.mode(Mode.QUEUE)
    await house.post(SUN)
    await house.edit(f"{CLAIM} {SUN}")
    items = {item.new.slug: item for item in await house.items()}
    assert items.keys() == {"moon-cheese", "sun-cold"}
    rulings = [await rule(house, item) for item in items.values()]
    await house.outbox.flush()
    await undo(house, rulings[0])
    await house.outbox.flush()
    assert len(house.desk.lying) == 1


async def test_an_undo_while_discord_is_away_takes_the_note_down_later(house: House) -> None:
    """The note is retracting until it is gone."""
    ruled = await rule(house, await queued(house))
    await house.outbox.flush()
    house.desk.retract_faults.append(DeliveryDelayed("Discord is away."))
    await undo(house, ruled)
    await house.outbox.flush()
    assert await house.state() is NoteState.RETRACTING
    house.clock.forward(minutes=1)
    await house.outbox.flush()
    assert (await house.state(), house.texts()) == (NoteState.RETRACTED, [])
