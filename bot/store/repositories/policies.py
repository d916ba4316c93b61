"""The port ``PolicyRepository`` on SQLite. What the methods promise stands at the port."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.policy import FactLimit, Mode, Policy, QuietHours, Stop, default_policy
from bot.store.tables import fact_limits, policies

_EVERYWHERE = 0
"""The channel id of a limit for the whole server: a primary key holds no NULL."""

_COLUMNS = (
    *("mode", "threshold", "window_minutes", "escalation_role", "queue_channel", "log_channel", "language"),
    *("approvals_needed", "precision_floor", "shift", "shift_rulings", "rater_age_days", "retention_days"),
)
_SETS = ("watched_channels", "ignored_channels", "ignored_roles", "moderator_roles")


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
        return Policy(guild_id, **fields, quiet_hours=_quiet_hours(row), stop=_stop(row))

    async def save(self, policy: Policy, *, at: datetime) -> None:
        """Store a server's policy in place of the earlier one."""
        values = {name: getattr(policy, name) for name in _COLUMNS}
        values |= {name: sorted(getattr(policy, name)) for name in _SETS}
        values |= {"updated_at": at, **_quiet_values(policy.quiet_hours), **_stop_values(policy.stop)}
        statement = upsert(policies).values(guild_id=policy.guild_id, **values)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=[policies.c.guild_id], set_=values)
        )

    async def servers(self) -> list[int]:
        """Return the ids of the servers that have saved a policy."""
        found = await self._connection.execute(select(policies.c.guild_id).order_by(policies.c.guild_id))
        return list(found.scalars())

    async def limits(self, guild_id: int, slug: str | None = None) -> list[FactLimit]:
        """Return how far facts may go in a server."""
        conditions = [fact_limits.c.guild_id == guild_id]
        if slug is not None:
            conditions.append(fact_limits.c.slug == slug)
        statement = select(fact_limits).where(*conditions).order_by(fact_limits.c.slug, fact_limits.c.channel_id)
        return [
            FactLimit(row.guild_id, row.slug, row.mode, row.channel_id or None)
            for row in await self._connection.execute(statement)
        ]

    async def limit(self, limit: FactLimit) -> None:
        """Store how far a fact may go in a place; ``auto`` lifts the limit."""
        key = {"guild_id": limit.guild_id, "slug": limit.slug, "channel_id": limit.channel_id or _EVERYWHERE}
        which = and_(*(fact_limits.c[name] == value for name, value in key.items()))
        await self._connection.execute(delete(fact_limits).where(which))
        if limit.mode is not Mode.AUTO:
            await self._connection.execute(insert(fact_limits).values(**key, mode=limit.mode))


def _quiet_hours(row: Row[Any]) -> QuietHours | None:
    return None if row.quiet_zone is None else QuietHours(row.quiet_from, row.quiet_until, row.quiet_zone)


def _quiet_values(hours: QuietHours | None) -> dict[str, Any]:
    start, end, zone = (None, None, None) if hours is None else (hours.start, hours.end, hours.zone)
    return {"quiet_from": start, "quiet_until": end, "quiet_zone": zone}


def _stop(row: Row[Any]) -> Stop | None:
    return None if row.stopped_at is None else Stop(row.stopped_at, row.stopped_because)


def _stop_values(stop: Stop | None) -> dict[str, Any]:
    at, because = (None, None) if stop is None else (stop.at, stop.because)
    return {"stopped_at": at, "stopped_because": because}
