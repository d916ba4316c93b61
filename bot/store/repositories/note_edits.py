"""The part of ``NoteRepository`` that is about notes which were posted. What it promises stands at the port."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.note import Amendment, NoteKind, NoteState, Progress, Repair
from bot.store.tables import note_events, note_repairs, notes

_STANDING = (NoteState.POSTED, NoteState.COLLAPSED)


class SqlNoteEdits:
    """Changes of what posted notes show."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

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
        """Change what a note shows, or return False where it is in no state of ``only_from``."""
        given: dict[str, Any] = {"fact_version": fact_version, "slug": slug, "repair_id": repair_id}
        changes = {name: value for name, value in given.items() if value is not None}
        if amendment is not None:
            changes |= {"amended_at": amendment.at, "amendment": amendment.text}
        changes |= {"state": to, "revision": notes.c.revision + 1, "failed_edits": 0, "due_at": due_at}
        which = and_(notes.c.id == note_id, notes.c.state.in_(tuple(only_from)))
        if (await self._connection.execute(update(notes).where(which).values(changes))).rowcount == 0:
            return False
        await self._record(note_id, at, to, cause)
        return True

    async def shown(self, note_id: int, revision: int, *, refused: bool = False) -> None:
        """Say that a note's message shows a revision, or that it can't."""
        failed = func.max(notes.c.failed_edits, 1) if refused else 0
        values = {"shown_revision": revision, "failed_edits": failed}
        await self._connection.execute(update(notes).where(notes.c.id == note_id).values(values))

    async def put_off(self, note_id: int, *, until: datetime, cause: str) -> None:
        """Try the edit of a note again at a later time."""
        values = {"failed_edits": notes.c.failed_edits + 1, "due_at": until, "last_error": cause}
        await self._connection.execute(update(notes).where(notes.c.id == note_id).values(values))

    async def as_note(self, note_id: int) -> None:
        """Say that a quiet link was posted as a full note."""
        values = {"kind": NoteKind.NOTE, "links_to": None}
        await self._connection.execute(update(notes).where(notes.c.id == note_id).values(values))

    async def add_repair(
        self, *, guild_id: int, slug: str, at: datetime, by: int | None, cause: str, total: int
    ) -> Repair:
        """Store a repair."""
        values = {"guild_id": guild_id, "slug": slug, "at": at, "by": by, "cause": cause, "total": total}
        added = await self._connection.execute(insert(note_repairs).values(values).returning(note_repairs.c.id))
        return Repair(added.scalar_one(), guild_id, slug, at, by, cause, total)

    async def progress(self, repair_id: int) -> Progress | None:
        """Return how far a repair is, or None."""
        one = select(note_repairs).where(note_repairs.c.id == repair_id)
        row = (await self._connection.execute(one)).one_or_none()
        if row is None:
            return None
        repair = Repair(row.id, row.guild_id, row.slug, row.at, row.by, row.cause, row.total)
        pending = and_(notes.c.state.in_(_STANDING), notes.c.shown_revision < notes.c.revision)
        left = or_(pending, notes.c.state == NoteState.SENDING)
        of_it = notes.c.repair_id == repair_id
        waiting = await self._count(and_(of_it, left))
        refused = await self._count(and_(of_it, ~left, notes.c.failed_edits > 0))
        return Progress(repair, done=max(0, repair.total - waiting), refused=refused)

    async def _count(self, condition: Any) -> int:
        return (await self._connection.execute(select(func.count()).select_from(notes).where(condition))).scalar_one()

    async def _record(self, note_id: int, at: datetime, state: NoteState, cause: str) -> None:
        values = {"note_id": note_id, "at": at, "state": state, "cause": cause}
        await self._connection.execute(insert(note_events).values(values))
