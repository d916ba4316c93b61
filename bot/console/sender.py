"""The console as a place to which notes are sent.

Exactly once, as far as a terminal can say it: what this process printed is remembered; what an earlier process may
have printed when it died is taken as printed, because its screen can't be asked. ``/why`` still shows such a note.
"""

from __future__ import annotations

from bot.console.ids import MessageIds
from bot.console.screen import Screen
from bot.domain.fact import Fact
from bot.domain.note import Note, NoteState
from bot.domain.rating import NoteStanding
from bot.notes.compose import compose, dated


class ConsoleSender:
    """Prints notes. ``printed`` maps the notes that stand on this screen to their message ids, oldest first."""

    console = True

    def __init__(self, *, screen: Screen, ids: MessageIds) -> None:
        self.printed: dict[int, int] = {}
        self._screen = screen
        self._ids = ids
        self._tried: set[int] = set()

    async def send(self, note: Note, fact: Fact, original: Note | None) -> int:
        """Print a note, or where the note that it links to stands on this screen, a line that points there."""
        self._tried.add(note.id)
        if original is not None and original.id in self.printed:
            self._screen.line(f"↑ Note {original.id} above answers this, too.", "cyan")
        else:
            self._screen.note(compose(fact, note.new.provenance), title=f"Footnote · note {note.id}")
        self.printed[note.id] = self._ids.next()
        return self.printed[note.id]

    async def update(self, note: Note, fact: Fact, standing: NoteStanding | None) -> None:
        """Print a note again as it is now; a collapsed one in a line."""
        if note.state is NoteState.COLLAPSED and note.amendment is not None:
            self._screen.quiet(f"Note {note.id} was put aside. {dated(note.amendment)}")
            return
        view = compose(fact, note.new.provenance, standing=standing, amendment=note.amendment)
        self._screen.note(view, title=f"Footnote · note {note.id}, updated")

    async def find(self, note: Note) -> int | None:
        """Return the message id of a note that was printed, or that an earlier process may have printed."""
        if note.id in self._tried:
            return self.printed.get(note.id)
        return self._ids.next()

    async def retract(self, note: Note) -> None:
        """Say that a note no longer holds; what is printed stays printed."""
        if self.printed.pop(note.id, None) is not None:
            self._screen.quiet(f"Note {note.id} was taken back.")
