"""The port ``AppealRepository`` on SQLite. What the methods promise stands at the port."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.appeal import Appeal, NewAppeal, Outcome
from bot.store.tables import appeals

_NEW = ("guild_id", "note_id", "kind", "by", "at", "text")
_RULED = ("outcome", "answer", "ruled_by", "ruled_at")


class SqlAppeals:
    """Appeals against posted notes."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, appeal: NewAppeal) -> Appeal:
        """Store an appeal."""
        statement = insert(appeals).values({name: getattr(appeal, name) for name in _NEW})
        appeal_id = (await self._connection.execute(statement.returning(appeals.c.id))).scalar_one()
        return Appeal(appeal_id, appeal)

    async def get(self, appeal_id: int) -> Appeal | None:
        """Return an appeal, or None."""
        found = await self._select(appeals.c.id == appeal_id)
        return found[0] if found else None

    async def for_note(self, note_id: int) -> list[Appeal]:
        """Return a note's appeals, oldest first."""
        return await self._select(appeals.c.note_id == note_id)

    async def waiting(self, guild_id: int) -> list[Appeal]:
        """Return a server's appeals without an outcome, oldest first."""
        return await self._select(appeals.c.guild_id == guild_id, appeals.c.outcome.is_(None))

    async def of_member(self, guild_id: int, by: str, *, since: datetime) -> list[Appeal]:
        """Return a member's appeals in a server since a time, oldest first."""
        return await self._select(appeals.c.guild_id == guild_id, appeals.c.by == by, appeals.c.at >= since)

    async def rule(self, appeal_id: int, outcome: Outcome, *, by: int | None, at: datetime, answer: str | None) -> bool:
        """Set the outcome and empty the text, or return False where there is an outcome already."""
        values = {"outcome": outcome, "ruled_by": by, "ruled_at": at, "answer": answer, "text": ""}
        which = (appeals.c.id == appeal_id, appeals.c.outcome.is_(None))
        return (await self._connection.execute(update(appeals).where(*which).values(values))).rowcount > 0

    async def _select(self, *conditions: ColumnElement[bool]) -> list[Appeal]:
        statement = select(appeals).where(*conditions).order_by(appeals.c.id)
        return [_appeal(row) for row in await self._connection.execute(statement)]


def _appeal(row: Row[Any]) -> Appeal:
    new = NewAppeal(**{name: getattr(row, name) for name in _NEW})
    return Appeal(row.id, new, **{name: getattr(row, name) for name in _RULED})
