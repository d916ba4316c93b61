"""What members can press under a note, besides "Why this?"."""

from __future__ import annotations

from bot.discord_app.layouts import Button
from bot.domain.note import Note, NoteKind


def note_buttons(note: Note) -> list[Button]:
    """Return the buttons of a note as it stands; a quiet link has none."""
    if note.new.kind is not NoteKind.NOTE:
        return []
    return []
