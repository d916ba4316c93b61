"""Change what a posted note shows. The outbox edits its message; each change is an event of the note's history."""

from __future__ import annotations

from datetime import datetime

from bot.domain.fact import Fact
from bot.domain.note import STANDING, Amendment, Note, NoteEvent, NoteState
from bot.domain.ports import Store, Transaction
from bot.domain.rating import NoteStanding
from bot.services.edits import fact_as_shown


async def collapse(tx: Transaction, note: Note, *, cause: str, line: str, now: datetime) -> bool:
    """Put a posted note into one line, or return False where it isn't posted.

    Args:
        tx: The transaction.
        note: The note.
        cause: Why, as the note's history says it.
        line: What stands in its place, with a date, in words for members.
        now: The time.
    """
    return await tx.notes.amend(
        note.id,
        to=NoteState.COLLAPSED,
        at=now,
        cause=cause,
        due_at=now,
        only_from={NoteState.POSTED},
        amendment=Amendment(now, line),
    )


async def restore(tx: Transaction, note: Note, *, cause: str, line: str, now: datetime) -> bool:
    """Show a collapsed note in full again, with a dated line, or return False where that may not be.

    It isn't collapsed, or its fact was withdrawn: that isn't said in full again.
    """
    if await withdrawn(tx, note):
        return False
    return await tx.notes.amend(
        note.id,
        to=NoteState.POSTED,
        at=now,
        cause=cause,
        due_at=now,
        only_from={NoteState.COLLAPSED},
        amendment=Amendment(now, line),
    )


async def withdrawn(tx: Transaction, note: Note) -> bool:
    """Tell whether the fact behind a note was retired, or is no longer stored."""
    fact = await tx.facts.get(note.new.slug)
    return fact is None or fact.retired


async def show_again(tx: Transaction, note: Note, *, cause: str, now: datetime) -> bool:
    """Let a standing note show what its raters made of it now, or return False where it doesn't stand."""
    if note.state not in STANDING:
        return False
    return await tx.notes.amend(note.id, to=note.state, at=now, cause=cause, due_at=now, only_from={note.state})


class NoteLives:
    """Says what became of notes."""

    def __init__(self, *, store: Store) -> None:
        self._store = store

    async def history(self, note_id: int) -> list[NoteEvent]:
        """Return the steps of a note's life, oldest first."""
        async with self._store.reading() as tx:
            return await tx.notes.events(note_id)

    async def shown(self, note_id: int, *, guild_id: int) -> tuple[Note, Fact, NoteStanding | None] | None:
        """Return a standing note of this server with what it shows, or None."""
        async with self._store.reading() as tx:
            note = await tx.notes.get(note_id)
            if note is None or note.new.guild_id != guild_id or note.state not in STANDING:
                return None
            fact = await fact_as_shown(tx, note)
            return None if fact is None else (note, fact, await tx.ratings.standing(note_id))
