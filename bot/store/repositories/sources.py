"""The port ``SourceRepository`` on SQLite. What the methods promise stands at the port."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Subquery, func, or_, select, union_all
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.fact import Source, SourceCheck, SourceState
from bot.store.repositories.fact_rows import written
from bot.store.repositories.source_rows import CHECKED, WITH_CHECKS, in_parts, source_of
from bot.store.tables import citations, claim_reviews, facts, source_checks, sources

_OF_CHECK = tuple(field.name for field in fields(SourceCheck))


class SqlSources:
    """The sources of facts in use, and what came of looking at their addresses."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def due(self, *, before: datetime, limit: int) -> list[Source]:
        """Return sources in use that weren't looked at since a time; those of finished facts first."""
        used = _used()
        finished = func.max(written(used.c.correction)).label("finished")
        wanted = select(used.c.source_id, finished).group_by(used.c.source_id).subquery()
        statement = (
            select(*CHECKED)
            .select_from(WITH_CHECKS.join(wanted, wanted.c.source_id == sources.c.id))
            .where(or_(source_checks.c.at.is_(None), source_checks.c.at < before))
            .order_by(wanted.c.finished.desc(), source_checks.c.at.nulls_first(), sources.c.id)
            .limit(limit)
        )
        return [source_of(row) for row in await self._connection.execute(statement)]

    async def record(self, checks: Mapping[str, SourceCheck]) -> None:
        """Store what came of it, by the sources' keys."""
        ids: dict[str, int] = {}
        for part in in_parts(list(checks)):
            found = await self._connection.execute(select(sources.c.key, sources.c.id).where(sources.c.key.in_(part)))
            ids |= {row.key: row.id for row in found}
        rows = [
            {"source_id": ids[key], **{name: getattr(check, name) for name in _OF_CHECK}}
            for key, check in checks.items()
            if key in ids
        ]
        if not rows:
            return
        statement = upsert(source_checks)
        new = {name: statement.excluded[name] for name in _OF_CHECK}
        await self._connection.execute(statement.on_conflict_do_update(index_elements=["source_id"], set_=new), rows)

    async def troubled(self, *, limit: int) -> list[Source]:
        """Return those that moved or are gone, by key."""
        trouble = source_checks.c.state.in_((SourceState.MOVED, SourceState.GONE))
        in_use = sources.c.id.in_(select(_used().c.source_id))
        statement = select(*CHECKED).select_from(WITH_CHECKS).where(trouble, in_use).order_by(sources.c.key)
        return [source_of(row) for row in await self._connection.execute(statement.limit(limit))]


def _used() -> Subquery:
    """Return the numbers of the sources that facts which aren't retired cite, with those facts' corrections."""
    return union_all(
        *(
            select(part.c.source_id, facts.c.correction)
            .join(facts, part.c.fact_id == facts.c.id)
            .where(facts.c.retired.is_(False))
            for part in (citations, claim_reviews)
        )
    ).subquery()
