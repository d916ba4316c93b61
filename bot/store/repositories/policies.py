"""The port ``PolicyRepository`` on SQLite. What the methods promise stands at the port."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.policy import Policy, default_policy
from bot.store.tables import policies

_COLUMNS = ("mode", "threshold", "window_minutes")
_SETS = ("watched_channels", "ignored_channels", "ignored_roles")


class SqlPolicies:
    """One policy a server."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, guild_id: int) -> Policy:
        """Return a server's policy; the safe defaults where none was saved."""
        row = (await self._connection.execute(select(policies).where(policies.c.guild_id == guild_id))).one_or_none()
        if row is None:
            return default_policy(guild_id)
        fields: dict[str, Any] = {name: getattr(row, name) for name in _COLUMNS}
        fields |= {name: frozenset(getattr(row, name)) for name in _SETS}
        return Policy(guild_id, **fields)

    async def save(self, policy: Policy, *, at: datetime) -> None:
        """Store a server's policy in place of the earlier one."""
        values = {name: getattr(policy, name) for name in _COLUMNS}
        values |= {name: sorted(getattr(policy, name)) for name in _SETS}
        values["updated_at"] = at
        statement = upsert(policies).values(guild_id=policy.guild_id, **values)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=[policies.c.guild_id], set_=values)
        )
