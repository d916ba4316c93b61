"""Notes and the outbox."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol

from bot.domain.note import Amendment, NewNote, Note, NoteEvent, NoteState, Progress, Provenance, Repair
from bot.domain.outstanding import Outstanding
from bot.domain.review import Ruling


class NoteRepository(Protocol):
    """Notes and the outbox, which is their rows with work left to do."""

    async def add(self, note: NewNote) -> Note | None:
        """Store a note and its first event, or return None where the source message and slug have one, in any state."""
        ...

    async def renew(self, note: NewNote, *, cause: str) -> bool:
        """Put a pending note in the place of the one of its source message and slug, and write the event.

        False where that one is seen, or will be: only one that was taken back, or recorded in shadow, is replaced.
        Its id, its tries and its message id stay, so that it is looked for before it is sent; what was said of it goes.
        """
        ...

    async def get(self, note_id: int) -> Note | None:
        """Return a note with the time it is due now, or None where there is none."""
        ...

    async def shown_by(self, message_id: int) -> Note | None:
        """Return the note that a message shows, or None where it shows none."""
        ...

    async def for_source(self, source_message_id: int) -> list[Note]:
        """Return every note of a source message, in any state, oldest first."""
        ...

    async def for_channel(self, channel_id: int) -> list[Note]:
        """Return every note of a channel, in any state, oldest first."""
        ...

    async def find(
        self,
        guild_id: int,
        *,
        since: datetime | None = None,
        states: Iterable[NoteState] | None = None,
        provenance: Provenance | None = None,
        slugs: Collection[str] | None = None,
        unruled: bool = False,
        before: int | None = None,
        limit: int | None = None,
    ) -> list[Note]:
        """Return a server's notes, newest first: those that were decided since a time, and so on, where given.

        ``before``: only those older than a note's id.
        """
        ...

    async def judge(self, note_id: int, ruling: Ruling | None) -> bool:
        """Set what a moderator said of a note, or take it back (None); return False where that changes nothing.

        One that is set can't be set again, only taken back.
        """
        ...

    async def latest(self, *, guild_id: int, channel_id: int, slug: str, since: datetime) -> list[Note]:
        """Return the notes and links that speak for a fact, created from ``since`` on, newest first.

        Those are the shadow, pending, sending, posted and collapsed ones.
        """
        ...

    async def due(self, *, console: bool, now: datetime, limit: int) -> list[Note]:
        """Return the notes to send, to take down or to edit whose ``due_at`` has come, longest due first.

        Those are pending and retracting ones, and standing ones that don't show their latest revision; these come last.
        What is due later than ``LONGEST_WAIT`` from now, of these last ``LONGEST_REPAIR``, is due now: the clock was
        ahead when it was stored.

        ``console``: the console's notes, or those of all Discord servers; each has a sender of its own.
        """
        ...

    async def next_due(self, *, console: bool) -> datetime | None:
        """Return the earliest ``due_at`` of the notes that ``due`` would return in time, or None."""
        ...

    async def unsent(self, *, console: bool) -> Outstanding:
        """Return how many notes are to be sent or taken down, being sent included, and the earliest ``due_at``."""
        ...

    async def unedited(self, *, console: bool) -> Outstanding:
        """Return how many standing notes don't show their latest revision, and the earliest ``due_at`` of them."""
        ...

    async def interrupted(self, *, console: bool) -> list[Note]:
        """Return the notes in SENDING, oldest first: at start, those that a dead process left in the middle."""
        ...

    async def move(
        self,
        note_id: int,
        *,
        to: NoteState,
        at: datetime,
        cause: str,
        only_from: Iterable[NoteState],
        message_id: int | None = None,
        due_at: datetime | None = None,
        fact_version: int | None = None,
    ) -> bool:
        """Move a note and write the event, or return False and change nothing where it is in no state of ``only_from``.

        ``message_id``, ``due_at`` and ``fact_version`` are set where given. Moving to SENDING counts as an attempt.
        Moving to PENDING keeps ``cause`` as ``last_error``. Moving from RETRACTING to RETRACTING with a new ``due_at``
        is a failed attempt: it counts, and keeps its cause. Moving to RETRACTED or DROPPED empties
        ``evidence.matched_words``.
        """
        ...

    async def amend(
        self,
        note_id: int,
        *,
        to: NoteState,
        at: datetime,
        cause: str,
        due_at: datetime,
        only_from: Iterable[NoteState],
        amendment: Amendment | None = None,
        fact_version: int | None = None,
        slug: str | None = None,
        repair_id: int | None = None,
    ) -> bool:
        """Change what a note shows and write the event, or return False where it is in no state of ``only_from``.

        It becomes the next revision, to be shown from ``due_at`` on. What is given replaces what was stored.
        """
        ...

    async def shown(self, note_id: int, revision: int, *, refused: bool = False) -> None:
        """Say that a note's message shows a revision, or that it can't (``refused``) and is no longer to be edited.

        What was refused keeps its count of failed edits, at least one.
        """
        ...

    async def put_off(self, note_id: int, *, until: datetime, cause: str) -> None:
        """Try the edit of a note again at a later time; it counts as a failed one, and ``cause`` is the last error."""
        ...

    async def as_note(self, note_id: int) -> None:
        """Say that a quiet link was posted as a full note, since what it links to is gone."""
        ...

    async def links_to(self, note_id: int) -> list[Note]:
        """Return the quiet links to a note, oldest first."""
        ...

    async def add_repair(
        self, *, guild_id: int, slug: str, at: datetime, by: int | None, cause: str, total: int
    ) -> Repair:
        """Store a repair."""
        ...

    async def progress(self, repair_id: int) -> Progress | None:
        """Return how far a repair is, or None where there is none."""
        ...

    async def events(self, note_id: int) -> list[NoteEvent]:
        """Return the steps of a note's life, oldest first."""
        ...
