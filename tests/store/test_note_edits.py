"""The contract of changes to posted notes, on the real store and the fake."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.note import STANDING, Amendment, Note, NoteEvent, NoteKind, NoteState, Progress, Repair
from bot.domain.policy import CONSOLE_GUILD
from bot.domain.ports import Store, Transaction
from tests.builders import NOW, a_note

MINUTE = timedelta(minutes=1)
AMENDED = Amendment(NOW + MINUTE, "A source was added.")


async def _posted(tx: Transaction, number: int = 3, **over: Any) -> Note:
    note = await tx.notes.add(a_note(source_message_id=number, **over))
    assert note is not None
    for state in (NoteState.SENDING, NoteState.POSTED):
        await tx.notes.move(note.id, to=state, at=NOW, cause="x", only_from=set(NoteState), message_id=90 + number)
    return await _get(tx, note.id)


async def _get(tx: Transaction, note_id: int) -> Note:
    note = await tx.notes.get(note_id)
    assert note is not None
    return note


async def _amend(tx: Transaction, note: Note, **over: Any) -> bool:
    given = {"to": NoteState.POSTED, "at": NOW, "cause": "changed", "due_at": NOW, "only_from": STANDING}
    return await tx.notes.amend(note.id, **{**given, **over})


async def test_an_amended_note_has_a_revision_to_show(store: Store) -> None:
    """What is given replaces what was stored; the event is written."""
    async with store.transaction() as tx:
        note = await _posted(tx)
        repair = await tx.notes.add_repair(guild_id=1, slug="other", at=NOW, by=7, cause="edited", total=1)
        given = {"amendment": AMENDED, "fact_version": 5, "slug": "other", "repair_id": repair.id}
        assert await _amend(tx, note, to=NoteState.COLLAPSED, at=NOW + MINUTE, due_at=NOW + 2 * MINUTE, **given)
        new = replace(note.new, due_at=NOW + 2 * MINUTE, fact_version=5, slug="other")
        changed = replace(
            *(note,), new=new, state=NoteState.COLLAPSED, revision=1, amendment=AMENDED, repair_id=repair.id
        )
        assert await _get(tx, note.id) == changed
        event = NoteEvent(note.id, NOW + MINUTE, NoteState.COLLAPSED, "changed")
        assert (await tx.notes.events(note.id))[-1] == event
        assert await _amend(tx, note)
        again = replace(changed, new=replace(new, due_at=NOW), state=NoteState.POSTED, revision=2)
        assert await _get(tx, note.id) == again


@pytest.mark.parametrize("state", [NoteState.RETRACTING, NoteState.RETRACTED, NoteState.DROPPED])
async def test_a_note_in_another_state_is_not_amended(store: Store, state: NoteState) -> None:
    """Nothing changes, and no event is written."""
    async with store.transaction() as tx:
        note = await _posted(tx)
        await tx.notes.move(note.id, to=state, at=NOW, cause="x", only_from=STANDING)
        before, events = await _get(tx, note.id), await tx.notes.events(note.id)
        assert not await _amend(tx, note, amendment=AMENDED)
        assert (await _get(tx, note.id), await tx.notes.events(note.id)) == (before, events)
        assert not await tx.notes.amend(404, to=state, at=NOW, cause="x", due_at=NOW, only_from=set(NoteState))


async def test_a_note_is_due_until_its_message_shows_what_it_should(store: Store) -> None:
    """A revision that came meanwhile is still to be shown."""
    async with store.transaction() as tx:
        note = await _posted(tx)
        assert await tx.notes.due(console=False, now=NOW, limit=9) == []
        await _amend(tx, note)
        await _amend(tx, note)
        await tx.notes.shown(note.id, 1)
        assert [one.shown_revision for one in await tx.notes.due(console=False, now=NOW, limit=9)] == [1]
        await tx.notes.shown(note.id, 2)
        assert await tx.notes.due(console=False, now=NOW, limit=9) == []
        assert await tx.notes.next_due(console=False) is None


async def test_an_edit_is_put_off(store: Store) -> None:
    """It counts as failed and says why; what succeeds, or is changed anew, starts from zero."""
    async with store.transaction() as tx:
        note = await _posted(tx)
        await _amend(tx, note)
        for minute in (1, 2):
            await tx.notes.put_off(note.id, until=NOW + minute * MINUTE, cause="busy")
        put_off = await _get(tx, note.id)
        assert (put_off.failed_edits, put_off.last_error, put_off.new.due_at) == (2, "busy", NOW + 2 * MINUTE)
        assert await tx.notes.due(console=False, now=NOW + MINUTE, limit=9) == []
        assert await tx.notes.next_due(console=False) == NOW + 2 * MINUTE
        assert await tx.notes.due(console=False, now=NOW + 2 * MINUTE, limit=9) == [put_off]
        await tx.notes.shown(note.id, 1)
        assert (await _get(tx, note.id)).failed_edits == 0
        await _amend(tx, note)
        await tx.notes.put_off(note.id, until=NOW, cause="busy")
        await _amend(tx, note)
        assert (await _get(tx, note.id)).failed_edits == 0


@pytest.mark.parametrize(("failed", "kept"), [(0, 1), (1, 1), (3, 3)])
async def test_an_edit_that_is_refused_is_given_up(store: Store, failed: int, kept: int) -> None:
    """It is no longer due, and keeps its count of failed tries, at least one."""
    async with store.transaction() as tx:
        note = await _posted(tx)
        await _amend(tx, note)
        for _ in range(failed):
            await tx.notes.put_off(note.id, until=NOW, cause="busy")
        await tx.notes.shown(note.id, 1, refused=True)
        refused = await _get(tx, note.id)
        assert (refused.shown_revision, refused.failed_edits) == (1, kept)
        assert await tx.notes.due(console=False, now=NOW, limit=9) == []


async def test_what_is_said_of_a_note_that_is_gone_changes_nothing(store: Store) -> None:
    """It may go while its message is edited."""
    async with store.transaction() as tx:
        note = await _posted(tx)
        await tx.notes.shown(404, 1)
        await tx.notes.shown(404, 1, refused=True)
        await tx.notes.put_off(404, until=NOW, cause="x")
        await tx.notes.as_note(404)
        assert await tx.notes.find(1) == [note]


async def test_a_link_is_posted_as_a_note(store: Store) -> None:
    """It links to nothing any more; the other links stay, oldest first."""
    async with store.transaction() as tx:
        original = await _posted(tx)
        links = [await _posted(tx, number, kind=NoteKind.LINK, links_to=original.id) for number in (4, 5)]
        assert await tx.notes.links_to(original.id) == links
        await tx.notes.as_note(links[0].id)
        assert await tx.notes.links_to(original.id) == [links[1]]
        alone = replace(links[0], new=replace(links[0].new, kind=NoteKind.NOTE, links_to=None))
        assert await _get(tx, links[0].id) == alone


async def test_edits_come_after_what_is_sent_and_taken_down(store: Store) -> None:
    """However long they have been due; otherwise the longest due come first, and never more than asked for."""
    async with store.transaction() as tx:
        edits = [await _posted(tx, number) for number in (3, 4)]
        for minute, note in enumerate(edits):
            await _amend(tx, note, due_at=NOW - (minute + 1) * MINUTE)
        retracted = await _posted(tx, 5)
        await tx.notes.move(
            retracted.id, to=NoteState.RETRACTING, at=NOW, cause="x", only_from=STANDING, due_at=NOW + MINUTE
        )
        pending = await tx.notes.add(a_note(source_message_id=6))
        assert pending is not None
        order = [pending.id, retracted.id, edits[1].id, edits[0].id]
        for limit in (1, 2, 3, 4, 9):
            due = await tx.notes.due(console=False, now=NOW + MINUTE, limit=limit)
            assert [one.id for one in due] == order[:limit]
        assert await tx.notes.next_due(console=False) == NOW - 2 * MINUTE


async def test_the_console_edits_its_own(store: Store) -> None:
    """Each sender has its notes."""
    async with store.transaction() as tx:
        there, here = await _posted(tx, 3), await _posted(tx, 4, guild_id=CONSOLE_GUILD)
        await _amend(tx, there)
        await _amend(tx, here, due_at=NOW + MINUTE)
        for console, note, due_at in [(True, here, NOW + MINUTE), (False, there, NOW)]:
            due = await tx.notes.due(console=console, now=NOW + MINUTE, limit=9)
            assert [one.id for one in due] == [note.id]
            assert await tx.notes.next_due(console=console) == due_at


@pytest.mark.parametrize("by", [7, None])
async def test_a_repair_says_how_far_it_is(store: Store, by: int | None) -> None:
    """Done is what shows what it should, what could not be edited included, which is counted besides."""
    async with store.transaction() as tx:
        repair = await tx.notes.add_repair(guild_id=1, slug="moon-cheese", at=NOW, by=by, cause="edited", total=3)
        assert repair == Repair(repair.id, 1, "moon-cheese", NOW, by, "edited", 3)
        assert await tx.notes.progress(404) is None
        notes = [await _posted(tx, number) for number in (3, 4, 5, 6)]
        for note in notes[:3]:
            await _amend(tx, note, repair_id=repair.id)
        assert await tx.notes.progress(repair.id) == Progress(repair, done=0, refused=0)
        await tx.notes.shown(notes[0].id, 1)
        await tx.notes.shown(notes[1].id, 1, refused=True)
        await tx.notes.put_off(notes[2].id, until=NOW, cause="busy")
        assert await tx.notes.progress(repair.id) == Progress(repair, done=2, refused=1)
        await tx.notes.move(notes[2].id, to=NoteState.RETRACTED, at=NOW, cause="x", only_from=STANDING)
        progress = await tx.notes.progress(repair.id)
        assert progress is not None
        assert progress.done == 3
