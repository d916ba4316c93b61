"""The port ``AuditRepository`` on SQLite. What the methods promise stands at the port."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import COPY, RULINGS, Act, AuditEvent, NewAuditEvent
from bot.store.tables import audit_events

_COLUMNS = (
    *("at", "act", "guild_id", "by", "item_id", "note_id", "slug", "fact_version", "rule_version", "confidence"),
    *("automatic", "undoes", "detail"),
)


class SqlAudit:
    """What was done by whom."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, event: NewAuditEvent) -> AuditEvent | None:
        """Store an event, or return None where it undoes one that is undone already."""
        values = {name: getattr(event, name) for name in _COLUMNS}
        statement = upsert(audit_events).values({**values, "detail": dict(event.detail)})
        added = await self._connection.execute(
            statement.on_conflict_do_nothing(index_elements=[audit_events.c.undoes]).returning(audit_events.c.id)
        )
        event_id = added.scalar_one_or_none()
        return None if event_id is None else AuditEvent(event_id, event)

    async def get(self, event_id: int) -> AuditEvent | None:
        """Return an event, or None."""
        row = (await self._connection.execute(select(audit_events).where(audit_events.c.id == event_id))).one_or_none()
        return None if row is None else _event(row)

    async def find(
        self,
        guild_id: int | None,
        *,
        acts: Iterable[Act] | None = None,
        slug: str | None = None,
        item_id: int | None = None,
        note_id: int | None = None,
        since: datetime | None = None,
        before: int | None = None,
        standing: bool = False,
        copies: bool = True,
        limit: int | None = None,
    ) -> list[AuditEvent]:
        """Return a server's events, newest first."""
        columns = audit_events.c
        conditions: list[ColumnElement[bool]] = [columns.guild_id == guild_id]
        given = ((columns.slug, slug), (columns.item_id, item_id), (columns.note_id, note_id))
        conditions += [column == value for column, value in given if value is not None]
        if acts is not None:
            conditions.append(columns.act.in_(tuple(acts)))
        if since is not None:
            conditions.append(columns.at >= since)
        if before is not None:
            conditions.append(columns.id < before)
        conditions += _standing() if standing else []
        conditions += [] if copies else [_original()]
        statement = select(audit_events).where(*conditions).order_by(columns.id.desc()).limit(limit)
        return [_event(row) for row in await self._connection.execute(statement)]

    async def tally(self, guild_id: int, slug: str) -> dict[Act, int]:
        """Return how often moderators gave each ruling on a fact."""
        columns = audit_events.c
        about = [columns.guild_id == guild_id, columns.slug == slug, columns.act.in_(RULINGS), columns.by.is_not(None)]
        statement = select(columns.act, func.count()).where(*about, *_standing(), _original()).group_by(columns.act)
        return {act: count for act, count in await self._connection.execute(statement)}  # noqa: C416 - rows aren't pairs


def _standing() -> list[ColumnElement[bool]]:
    undo = audit_events.alias()
    return [audit_events.c.undoes.is_(None), ~exists().where(undo.c.undoes == audit_events.c.id)]


def _original() -> ColumnElement[bool]:
    return func.json_extract(audit_events.c.detail, f'$."{COPY}"').is_(None)


def _event(row: Row[Any]) -> AuditEvent:
    return AuditEvent(row.id, NewAuditEvent(**{name: getattr(row, name) for name in _COLUMNS}))
