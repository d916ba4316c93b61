from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.errors import StoreError
from bot.domain.note import NewNote, Note, NoteEvent, NoteKind, NoteState
from bot.domain.ports import NoteRepository, Store
from tests.builders import NOW, a_note

MINUTE = timedelta(minutes=1)


async def _added(notes: NoteRepository, new: NewNote) -> Note:
    note = await notes.add(new)
    assert note is not None
    return note


async def _walk(notes: NoteRepository, note: Note, *states: NoteState) -> None:
    for state in states:
        assert await notes.move(note.id, to=state, at=NOW, cause="test", only_from=set(NoteState))


async def test_a_note_moves_only_from_where_it_is(store: Store) -> None:
    """Of two who move a note on, the second is told no, and leaves no trace."""
    async with store.transaction() as tx:
        note = await _added(tx.notes, a_note())
        move = {"to": NoteState.SENDING, "at": NOW, "only_from": {NoteState.PENDING}}
        assert await tx.notes.move(note.id, cause="first", **move)  # type: ignore[arg-type]
        assert not await tx.notes.move(note.id, cause="second", **move)  # type: ignore[arg-type]
        assert not await tx.notes.move(note.id, to=NoteState.POSTED, at=NOW, cause="", only_from=[])
        assert not await tx.notes.move(999, to=NoteState.POSTED, at=NOW, cause="", only_from=set(NoteState))
        assert [event.cause for event in await tx.notes.events(note.id)][1:] == ["first"]


async def test_every_step_is_recorded(store: Store) -> None:
    """A note's events tell its life, from the decision on."""
    async with store.transaction() as tx:
        note = await _added(tx.notes, a_note())
        await tx.notes.move(
            note.id, to=NoteState.SENDING, at=NOW + MINUTE, cause="its turn", only_from={NoteState.PENDING}
        )
        first, second = await tx.notes.events(note.id)
    assert (first.note_id, first.at, first.state) == (note.id, NOW, NoteState.PENDING)
    assert second == NoteEvent(note.id, NOW + MINUTE, NoteState.SENDING, "its turn")


async def test_a_failed_sending_leaves_its_traces(store: Store) -> None:
    """Sending counts, falling back keeps the cause and the new time, being posted keeps the message id."""
    async with store.transaction() as tx:
        note = await _added(tx.notes, a_note())
        await _walk(tx.notes, note, NoteState.SENDING)
        await tx.notes.move(
            note.id,
            to=NoteState.PENDING,
            at=NOW,
            cause="Discord is slow",
            only_from={NoteState.SENDING},
            due_at=NOW + MINUTE,
        )
        back = await tx.notes.get(note.id)
        assert back is not None
        assert (back.attempts, back.last_error, back.new.due_at) == (1, "Discord is slow", NOW + MINUTE)
        await _walk(tx.notes, note, NoteState.SENDING)
        await tx.notes.move(
            note.id, to=NoteState.POSTED, at=NOW, cause="sent", only_from={NoteState.SENDING}, message_id=55
        )
        posted = await tx.notes.get(note.id)
        assert posted is not None
        assert (posted.attempts, posted.message_id, posted.state) == (2, 55, NoteState.POSTED)
        assert posted.new.state is NoteState.PENDING


async def test_a_failed_retraction_counts_too(store: Store) -> None:
    """Only putting a retraction off is a try that failed; asking for it or learning the id is not."""
    async with store.transaction() as tx:
        note = await _added(tx.notes, a_note(state=NoteState.POSTED))

        async def retract(**more: object) -> tuple[int, str | None, int | None]:
            only_from = {NoteState.POSTED, NoteState.RETRACTING}
            await tx.notes.move(
                note.id,
                to=NoteState.RETRACTING,
                at=NOW,
                cause="cause",
                only_from=only_from,
                **more,  # type: ignore[arg-type]
            )
            moved = await tx.notes.get(note.id)
            assert moved is not None
            return moved.attempts, moved.last_error, moved.message_id

        assert await retract(due_at=NOW) == (0, None, None)
        assert await retract(message_id=8) == (0, None, 8)
        assert await retract(due_at=NOW + MINUTE) == (1, "cause", 8)


@pytest.mark.parametrize("state", NoteState)
async def test_the_posts_words_go_with_the_note(store: Store, state: NoteState) -> None:
    """Once a note is taken down or dropped, nothing of the post stays; what was matched and why does."""
    async with store.transaction() as tx:
        note = await _added(tx.notes, a_note())
        await _walk(tx.notes, note, state)
        moved = await tx.notes.get(note.id)
    assert moved is not None
    kept = note.new.evidence
    gone = state in {NoteState.RETRACTED, NoteState.DROPPED}
    assert moved.new.evidence.matched_words == (() if gone else kept.matched_words)
    assert (moved.new.evidence.gates, moved.new.evidence.scores) == (kept.gates, kept.scores)


async def test_a_link_needs_its_note(database: Store) -> None:
    """Foreign keys are on: a link to nothing is refused."""
    with pytest.raises(StoreError):
        async with database.transaction() as tx:
            await tx.notes.add(a_note(kind=NoteKind.LINK, links_to=404))
