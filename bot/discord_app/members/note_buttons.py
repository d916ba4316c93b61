"""What members can press under a note, besides "Why this?"."""

from __future__ import annotations

from bot.discord_app.layouts import Button
from bot.discord_app.members.not_said import NotSaidButton
from bot.discord_app.members.rating import rate_buttons
from bot.discord_app.members.show import ShowButton
from bot.domain.note import Note, NoteKind, NoteState


def note_buttons(note: Note) -> list[Button]:
    """Return the buttons of a note as it stands; a quiet link has none."""
    if note.new.kind is not NoteKind.NOTE:
        return []
    if note.state is NoteState.COLLAPSED:
        return [ShowButton(note.id), NotSaidButton(note.id)]
    return [*rate_buttons(note.id), NotSaidButton(note.id)]
