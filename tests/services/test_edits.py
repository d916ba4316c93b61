"""The messages of posted notes are edited until they show what they should, through faults and kills."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.appeal import AppealKind, NewAppeal, Outcome
from bot.domain.errors import DeliveryDelayed, DeliveryRefused, SourceGone
from bot.domain.fact import FactVersion
from bot.domain.note import Note, NoteKind, NoteState
from bot.services.edits import PATIENT_TRIES, fact_as_shown
from bot.services.life import collapse
from bot.services.meter import NoMeter
from bot.services.outbox import Outbox
from bot.services.plan import withdraw_note
from tests.builders import a_fact
from tests.services.conftest import CLAIM, GUILD, House
from tests.services.dying import DyingStore, Killed

POSTED, COLLAPSED, RETRACTED = NoteState.POSTED, NoteState.COLLAPSED, NoteState.RETRACTED


@pytest.fixture
async def aside(house: House) -> House:
    """A server in which a posted note is to be put aside, and isn't yet."""
    await house.post(CLAIM)
    await house.deliver()
    [note] = await house.notes()
    async with house.store.transaction() as tx:
        assert await collapse(tx, note, cause="a test", line="put aside", now=house.clock())
    return house


async def the_note(house: House, message_id: int = 100) -> Note:
    """Return a post's one note."""
    [note] = await house.notes(message_id)
    return note


async def causes(house: House) -> list[str]:
    """Return what the note's history says, oldest first."""
    return [event.cause for event in await house.services.life.history((await the_note(house)).id)]


async def test_a_note_is_edited_once(aside: House) -> None:
    """And not sent again."""
    await aside.outbox.flush()
    await aside.outbox.flush()
    [(note, fact, _)] = aside.desk.updates
    assert (note.state, fact.slug, aside.desk.sent) == (COLLAPSED, "moon-cheese", 1)
    assert (await the_note(aside)).shown_revision == 1


async def test_a_passing_fault_is_tried_again(aside: House) -> None:
    """Later, and a new note doesn't wait for it."""
    aside.desk.update_faults = [DeliveryDelayed("wait"), RuntimeError("what?")]
    await aside.outbox.flush()
    assert (await the_note(aside)).failed_edits == 1
    await aside.post(CLAIM, 101)
    await aside.deliver()
    assert await aside.state(101) is POSTED
    aside.clock.forward(minutes=1)
    await aside.outbox.flush()
    assert ((await the_note(aside)).failed_edits, len(aside.desk.updates)) == (0, 1)


async def test_faults_that_do_not_pass_end_it(aside: House) -> None:
    """The note stays as it is, and its history says so."""
    aside.desk.update_faults = [DeliveryDelayed("wait")] * (PATIENT_TRIES + 5)
    for _ in range(PATIENT_TRIES + 2):
        aside.clock.forward(minutes=16)
        await aside.outbox.flush()
    assert len(aside.desk.update_faults) == 5
    assert (await causes(aside))[-1] == f"could not be edited: given up after {PATIENT_TRIES} tries"
    assert await aside.state() is COLLAPSED


async def test_a_refusal_ends_it_at_once(aside: House) -> None:
    """Footnote lost its permission: the next change is tried anew."""
    aside.desk.update_faults = [DeliveryRefused("no permission")]
    await aside.outbox.flush()
    aside.clock.forward(hours=1)
    await aside.outbox.flush()
    assert (await causes(aside))[-1] == "could not be edited: no permission"
    assert aside.desk.updates == []
    note = await the_note(aside)
    async with aside.store.transaction() as tx:
        await tx.notes.amend(
            note.id, to=POSTED, at=aside.clock(), cause="again", due_at=aside.clock(), only_from={COLLAPSED}
        )
    await aside.outbox.flush()
    assert [shown.state for shown, _, _ in aside.desk.updates] == [POSTED]


async def test_a_message_that_was_deleted_takes_along_what_hangs_on_it(aside: House) -> None:
    """Appeals have nothing to decide any more, and quiet links nothing to point to."""
    await aside.post(CLAIM, 101)
    await aside.deliver()
    note, other = await the_note(aside), await the_note(aside, 101)
    async with aside.store.transaction() as tx:
        link = replace(other.new, source_message_id=102, state=POSTED)
        assert await tx.notes.add(replace(link, kind=NoteKind.LINK, links_to=note.id))
        appeal = await tx.appeals.add(NewAppeal(GUILD, note.id, AppealKind.COMMUNITY, None, aside.clock()))
        await tx.notes.amend(
            note.id, to=POSTED, at=aside.clock(), cause="again", due_at=aside.clock(), only_from={COLLAPSED}
        )
    aside.desk.update_faults = [SourceGone("gone")]
    await aside.deliver()
    assert await aside.state() is RETRACTED
    assert (await causes(aside))[-1] == "its message was deleted"
    async with aside.store.reading() as tx:
        settled = await tx.appeals.get(appeal.id)
    assert settled is not None
    assert settled.outcome is Outcome.MOOT
    assert await aside.state(102) is RETRACTED


@pytest.mark.parametrize("phase", ["before", "inside", "after"])
@pytest.mark.parametrize("at", [1, 2, 3])
async def test_a_kill_at_any_point(aside: House, at: int, phase: str) -> None:
    """Transactions: what is due, the edit is shown, what is due then. The edit is made, twice at most."""
    dying = Outbox(
        store=DyingStore(aside.store, at, phase),
        sender=aside.desk,
        clock=aside.clock,
        wakeup=aside.wakeup,
        board=aside.board,
        meter=NoMeter(),
    )
    with pytest.raises(Killed):
        await dying.flush()
    fresh = aside.new_outbox(aside.store)
    await fresh.recover()
    await fresh.flush()
    note = await the_note(aside)
    assert (note.state, note.shown_revision) == (COLLAPSED, note.revision)
    assert 1 <= len(aside.desk.updates) <= 2
    assert aside.desk.sent == 1


async def test_a_change_during_an_edit_is_shown_next(aside: House) -> None:
    """The edit that is under way counts for its own revision alone."""
    note = await the_note(aside)
    sender_update = aside.desk.update

    async def update(*args: object) -> None:
        await sender_update(*args)  # type: ignore[arg-type]
        if len(aside.desk.updates) == 1:
            async with aside.store.transaction() as tx:
                now = aside.clock()
                await tx.notes.amend(note.id, to=POSTED, at=now, cause="again", due_at=now, only_from={COLLAPSED})

    aside.desk.update = update  # type: ignore[method-assign,assignment]
    await aside.outbox.flush()
    assert [shown.state for shown, _, _ in aside.desk.updates] == [COLLAPSED, POSTED]


async def test_the_version_that_a_note_shows(house: House) -> None:
    """Kept versions are shown as they were, in the note's own wording where it has one; others as they are now."""
    await house.post(CLAIM)
    await house.deliver()
    note = await the_note(house)
    async with house.store.transaction() as tx:
        old = replace(a_fact(), version=7, correction="As it was.")
        await tx.facts.record(FactVersion(old, house.clock(), None, "kept"))
        for version, wording, expected in (
            (7, None, "As it was."),
            (7, "Own words.", "Own words."),
            (9, None, a_fact().correction),
        ):
            shown = replace(note, new=replace(note.new, fact_version=version, wording=wording))
            fact = await fact_as_shown(tx, shown)
            assert fact is not None
            assert fact.correction == expected


async def test_a_link_to_a_note_that_was_put_aside_is_a_note(aside: House) -> None:
    """And stays one: it can be rated."""
    await aside.outbox.flush()
    await aside.post(CLAIM, 101)
    [planned] = await aside.notes(101)
    assert planned.new.kind is NoteKind.LINK
    await aside.deliver()
    sent = await the_note(aside, 101)
    assert (sent.new.kind, sent.new.links_to, sent.state) == (NoteKind.NOTE, None, POSTED)


async def test_a_note_that_goes_while_a_link_to_it_is_on_its_way(house: House) -> None:
    """The link goes, too."""
    await house.post(CLAIM)
    await house.deliver()
    await house.post(CLAIM, 101)
    note = await the_note(house)

    async def withdraw() -> None:
        house.desk.after = None
        async with house.store.transaction() as tx:
            await withdraw_note(tx, note, cause="wrong match", now=house.clock())

    house.desk.after = withdraw
    await house.deliver()
    await house.deliver()
    assert [await house.state(), await house.state(101)] == [RETRACTED, RETRACTED]
    assert house.desk.lying == {}


async def test_a_link_that_was_sent_before_a_kill_becomes_the_note(house: House) -> None:
    """Where its note was put aside meanwhile: what is found may be the link."""
    await house.post(CLAIM)
    await house.deliver()
    await house.post(CLAIM, 101)
    note = await the_note(house)

    async def die() -> None:
        house.desk.after = None
        raise Killed

    house.desk.after = die
    with pytest.raises(Killed):
        await house.deliver()
    async with house.store.transaction() as tx:
        await collapse(tx, note, cause="a test", line="put aside", now=house.clock())
    house.clock.forward(seconds=timedelta(minutes=1).total_seconds())
    await house.outbox.recover()
    await house.outbox.flush()
    link = await the_note(house, 101)
    assert (link.new.kind, link.state, house.desk.sent) == (NoteKind.NOTE, POSTED, 2)
    assert [shown.id for shown, _, _ in house.desk.updates].count(link.id) == 1
