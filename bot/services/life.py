"""Change what a posted note shows. The outbox edits its message; each change is an event of the note's history."""

from __future__ import annotations

from datetime import datetime

from bot.domain.note import STANDING, Amendment, Note, NoteState
from bot.domain.ports import Transaction


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
    """Show a collapsed note in full again, with a dated line, or return False where it isn't collapsed."""
    return await tx.notes.amend(
        note.id,
        to=NoteState.POSTED,
        at=now,
        cause=cause,
        due_at=now,
        only_from={NoteState.COLLAPSED},
        amendment=Amendment(now, line),
    )


async def show_again(tx: Transaction, note: Note, *, cause: str, now: datetime) -> bool:
    """Let a standing note show what its raters made of it now, or return False where it doesn't stand."""
    if note.state not in STANDING:
        return False
    return await tx.notes.amend(note.id, to=note.state, at=now, cause=cause, due_at=now, only_from={note.state})
