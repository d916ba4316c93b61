"""The port ``NoteRepository`` on SQLite. What the methods promise stands at the port."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, UnaryExpression, and_, case, func, or_, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.domain.note import LONGEST_REPAIR, LONGEST_WAIT, Amendment, NewNote, Note, NoteEvent, NoteState, Provenance
from bot.domain.outstanding import Outstanding
from bot.domain.policy import CONSOLE_GUILD
from bot.domain.review import Ruling
from bot.store.repositories.decided import decided_fields, decided_values, without_words
from bot.store.repositories.note_edits import SqlNoteEdits
from bot.store.tables import note_events, notes

_WAITING = (NoteState.PENDING, NoteState.RETRACTING)
_SPEAKING = (NoteState.SHADOW, NoteState.PENDING, NoteState.SENDING, NoteState.POSTED, NoteState.COLLAPSED)
_WORDLESS = (NoteState.RETRACTED, NoteState.DROPPED)
_UNSEEN = (NoteState.SHADOW, NoteState.RETRACTING, *_WORDLESS)

_OWN_COLUMNS = ("source_message_id", "kind", "provenance", "due_at", "links_to", "wording")

_Order = ColumnElement[Any] | UnaryExpression[Any]


_STATE = ("state", "message_id", "attempts", "last_error", "ruling", "revision", "shown_revision", "failed_edits")

# The plus keeps SQLite from the index of the states: nearly all notes that stand would be read, where few are unedited.
_UNEDITED = and_(text("+notes.state IN ('posted', 'collapsed')"), notes.c.shown_revision < notes.c.revision)
"""Notes whose message doesn't show what it should."""


class SqlNotes(SqlNoteEdits):
    """Notes and the outbox, which is their rows with work left to do."""

    async def add(self, note: NewNote) -> Note | None:
        """Store a note with its first event, or return None where its post and fact have one."""
        statement = upsert(notes).values(**_values(note), attempts=0, revision=0, shown_revision=0, failed_edits=0)
        taken = [notes.c.source_message_id, notes.c.slug]
        added = await self._connection.execute(
            statement.on_conflict_do_nothing(index_elements=taken).returning(notes.c.id)
        )
        note_id = added.scalar_one_or_none()
        if note_id is None:
            return None
        await self._record(note_id, note.created_at, note.state, "decided")
        return await self.get(note_id)

    async def renew(self, note: NewNote, *, cause: str) -> bool:
        """Put a pending note in the place of one that is not to be seen, or return False."""
        unseen = and_(
            notes.c.source_message_id == note.source_message_id,
            notes.c.slug == note.slug,
            notes.c.state.in_(_UNSEEN),
        )
        said = {"ruling": None, "amended_at": None, "amendment": None, "repair_id": None}
        statement = update(notes).where(unseen).values(**_values(note), last_error=cause, **said)
        note_id = (await self._connection.execute(statement.returning(notes.c.id))).scalar_one_or_none()
        if note_id is None:
            return False
        await self._record(note_id, note.created_at, note.state, cause)
        return True

    async def get(self, note_id: int) -> Note | None:
        """Return a note, or None."""
        found = await self._select(notes.c.id == note_id)
        return found[0] if found else None

    async def shown_by(self, message_id: int) -> Note | None:
        """Return the note that a message shows, or None."""
        found = await self._select(notes.c.message_id == message_id)
        return found[0] if found else None

    async def for_source(self, source_message_id: int) -> list[Note]:
        """Return a post's notes, oldest first."""
        return await self._select(notes.c.source_message_id == source_message_id)

    async def for_channel(self, channel_id: int) -> list[Note]:
        """Return a channel's notes, oldest first."""
        return await self._select(notes.c.channel_id == channel_id)

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
        """Return a server's notes, newest first."""
        conditions: list[ColumnElement[bool]] = [notes.c.guild_id == guild_id]
        if since is not None:
            conditions.append(notes.c.created_at >= since)
        if states is not None:
            conditions.append(notes.c.state.in_(tuple(states)))
        if provenance is not None:
            conditions.append(notes.c.provenance == provenance)
        if slugs is not None:
            conditions.append(notes.c.slug.in_(tuple(slugs)))
        if unruled:
            conditions.append(notes.c.ruling.is_(None))
        if before is not None:
            conditions.append(notes.c.id < before)
        return await self._select(*conditions, order=(notes.c.id.desc(),), limit=limit)

    async def judge(self, note_id: int, ruling: Ruling | None) -> bool:
        """Set what a moderator said of a note, or take it back."""
        unset = notes.c.ruling.is_(None)
        which = and_(notes.c.id == note_id, ~unset if ruling is None else unset)
        return (await self._connection.execute(update(notes).where(which).values(ruling=ruling))).rowcount > 0

    async def latest(self, *, guild_id: int, channel_id: int, slug: str, since: datetime) -> list[Note]:
        """Return the notes that speak for a fact in a channel, newest first."""
        return await self._select(
            notes.c.guild_id == guild_id,
            notes.c.channel_id == channel_id,
            notes.c.slug == slug,
            notes.c.created_at >= since,
            notes.c.state.in_(_SPEAKING),
            order=(notes.c.created_at.desc(), notes.c.id.desc()),
        )

    async def due(self, *, console: bool, now: datetime, limit: int) -> list[Note]:
        """Return the notes to send, to take down or to edit now: edits last, otherwise longest due first."""
        ours = _sent_by(console=console)
        order = (notes.c.due_at, notes.c.id)
        # Two questions, so that each has its index: the notes that wait, and those that stand, which are many.
        waiting = and_(ours, notes.c.state.in_(_WAITING), _come(now, LONGEST_WAIT))
        found = await self._select(waiting, order=order, limit=limit)
        if len(found) < limit:
            unedited = and_(ours, _UNEDITED, _come(now, LONGEST_REPAIR))
            found += await self._select(unedited, order=order, limit=limit - len(found))
        return found

    async def next_due(self, *, console: bool) -> datetime | None:
        """Return when the next note is due, or None where none waits."""
        moments = [await self._first_due(one, console=console) for one in (notes.c.state.in_(_WAITING), _UNEDITED)]
        return min(filter(None, moments), default=None)

    async def _first_due(self, waiting: ColumnElement[bool], *, console: bool) -> datetime | None:
        which = and_(_sent_by(console=console), waiting)
        statement = select(notes.c.due_at).where(which).order_by(notes.c.due_at).limit(1)
        found: datetime | None = (await self._connection.execute(statement)).scalar_one_or_none()
        return found

    async def unsent(self, *, console: bool) -> Outstanding:
        """Return how many notes are to be sent or taken down, and the earliest time one is due."""
        return await self._outstanding(notes.c.state.in_((*_WAITING, NoteState.SENDING)), console=console)

    async def unedited(self, *, console: bool) -> Outstanding:
        """Return how many standing notes don't show their latest revision, and the earliest time one is due."""
        return await self._outstanding(_UNEDITED, console=console)

    async def _outstanding(self, which: ColumnElement[bool], *, console: bool) -> Outstanding:
        statement = select(func.count(), func.min(notes.c.due_at)).where(_sent_by(console=console), which)
        count, since = (await self._connection.execute(statement)).one()
        return Outstanding(count, since)

    async def interrupted(self, *, console: bool) -> list[Note]:
        """Return the notes in SENDING, oldest first."""
        return await self._select(_sent_by(console=console), notes.c.state == NoteState.SENDING)

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
        """Move a note, or return False where it is in none of the states ``only_from``."""
        changes = _changes(to, cause, message_id=message_id, due_at=due_at)
        changes |= {} if fact_version is None else {"fact_version": fact_version}
        movable = and_(notes.c.id == note_id, notes.c.state.in_(tuple(only_from)))
        moved = await self._connection.execute(update(notes).where(movable).values(changes))
        if moved.rowcount == 0:
            return False
        await self._record(note_id, at, to, cause)
        return True

    async def links_to(self, note_id: int) -> list[Note]:
        """Return the quiet links to a note, oldest first."""
        return await self._select(notes.c.links_to == note_id)

    async def events(self, note_id: int) -> list[NoteEvent]:
        """Return a note's steps, oldest first."""
        statement = select(note_events).where(note_events.c.note_id == note_id).order_by(note_events.c.id)
        rows = await self._connection.execute(statement)
        return [NoteEvent(note_id=row.note_id, at=row.at, state=row.state, cause=row.cause) for row in rows]

    async def _select(
        self,
        *conditions: ColumnElement[bool],
        order: tuple[_Order, ...] = (),
        limit: int | None = None,
    ) -> list[Note]:
        ordered = order or (notes.c.id,)
        statement = select(notes).where(*conditions).order_by(*ordered).limit(limit)
        return [_note(row) for row in await self._connection.execute(statement)]


def _values(note: NewNote) -> dict[str, Any]:
    own = {name: getattr(note, name) for name in _OWN_COLUMNS}
    return {**decided_values(note), **own, "first_state": note.state, "state": note.state}


def _sent_by(*, console: bool) -> ColumnElement[bool]:
    return notes.c.guild_id == CONSOLE_GUILD if console else notes.c.guild_id != CONSOLE_GUILD


def _come(now: datetime, longest: timedelta) -> ColumnElement[bool]:
    """Tell of notes whether their time has come, or lies so far ahead that the clock was wrong."""
    return or_(notes.c.due_at <= now, notes.c.due_at > now + longest)


def _changes(to: NoteState, cause: str, *, message_id: int | None, due_at: datetime | None) -> dict[str, Any]:
    changes: dict[str, Any] = {"state": to}
    if message_id is not None:
        changes["message_id"] = message_id
    if due_at is not None:
        changes["due_at"] = due_at
    if to is NoteState.SENDING:
        changes["attempts"] = notes.c.attempts + 1
    elif to is NoteState.PENDING:
        changes["last_error"] = cause
    elif to is NoteState.RETRACTING and due_at is not None:
        # Put off while it is being taken down: that is a try that failed.
        again = notes.c.state == NoteState.RETRACTING
        changes["attempts"] = notes.c.attempts + case((again, 1), else_=0)
        changes["last_error"] = case((again, cause), else_=notes.c.last_error)
    elif to in _WORDLESS:
        changes["evidence"] = without_words(notes.c.evidence)
    return changes


def _note(row: Row[Any]) -> Note:
    return Note(
        id=row.id,
        new=NewNote(
            **decided_fields(row), **{name: getattr(row, name) for name in _OWN_COLUMNS}, state=row.first_state
        ),
        **{name: getattr(row, name) for name in _STATE},
        amendment=None if row.amended_at is None else Amendment(row.amended_at, row.amendment),
        repair_id=row.repair_id,
    )
