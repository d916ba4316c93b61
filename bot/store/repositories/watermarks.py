"""The port ``WatermarkRepository`` on SQLite. What the methods promise stands at the port."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import watermarks


class SqlWatermarks:
    """Until when the servers' posts were looked at."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, guild_id: int) -> datetime | None:
        """Return a server's watermark, or None where Footnote is new to it."""
        one = select(watermarks.c.at).where(watermarks.c.guild_id == guild_id)
        return (await self._connection.execute(one)).scalar()

    async def put(self, marks: Mapping[int, datetime]) -> None:
        """Store watermarks by server; an earlier one than is stored changes nothing."""
        if not marks:
            return
        statement = upsert(watermarks)
        new = statement.excluded.at
        later = statement.on_conflict_do_update(
            index_elements=[watermarks.c.guild_id], set_={"at": new}, where=watermarks.c.at < new
        )
        await self._connection.execute(later, [{"guild_id": guild_id, "at": at} for guild_id, at in marks.items()])
