"""The port ``DraftRepository`` on SQLite. What the methods promise stands at the port."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.fact import Draft, Fact
from bot.store.fact_json import fact_from_json, fact_to_json
from bot.store.tables import fact_drafts


class SqlDrafts:
    """Facts that moderators are writing."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, *, guild_id: int, by: int, at: datetime, fact: Fact, base_version: int | None) -> Draft:
        """Store a draft."""
        values = {"guild_id": guild_id, "by": by, "at": at, "base_version": base_version, "fact": fact_to_json(fact)}
        added = await self._connection.execute(insert(fact_drafts).values(values).returning(fact_drafts.c.id))
        return Draft(added.scalar_one(), guild_id, by, at, replace(fact, failed_tests=()), base_version)

    async def get(self, draft_id: int) -> Draft | None:
        """Return a draft, or None."""
        found = await self._connection.execute(select(fact_drafts).where(fact_drafts.c.id == draft_id))
        row = found.one_or_none()
        if row is None:
            return None
        return Draft(row.id, row.guild_id, row.by, row.at, fact_from_json(row.fact), row.base_version)

    async def put(self, draft_id: int, fact: Fact) -> bool:
        """Replace what is written so far, or return False where the draft is gone."""
        statement = update(fact_drafts).where(fact_drafts.c.id == draft_id).values(fact=fact_to_json(fact))
        return (await self._connection.execute(statement)).rowcount > 0

    async def remove(self, draft_id: int) -> bool:
        """Delete a draft, or return False where it is gone."""
        return (await self._connection.execute(delete(fact_drafts).where(fact_drafts.c.id == draft_id))).rowcount > 0

    async def purge(self, *, before: datetime) -> None:
        """Delete the drafts that were begun before a time."""
        await self._connection.execute(delete(fact_drafts).where(fact_drafts.c.at < before))
