"""Read and change a server's policy. Every change is audited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from enum import Enum

from bot.domain.audit import Act, NewAuditEvent
from bot.domain.policy import FactLimit, Mode, Policy, Stop
from bot.domain.ports import Clock, Store
from bot.services.wakeup import Bell


@dataclass(frozen=True, slots=True)
class Changed:
    """A server's policy before and after a change."""

    before: Policy
    after: Policy


class Policies:
    """The settings of servers."""

    def __init__(self, *, store: Store, clock: Clock, board: Bell) -> None:
        self._store = store
        self._clock = clock
        self._board = board

    async def get(self, guild_id: int) -> Policy:
        """Return a server's policy; the safe defaults where nothing was set."""
        async with self._store.reading() as tx:
            return await tx.policies.get(guild_id)

    async def change(self, guild_id: int, change: Callable[[Policy], Policy], *, by: int | None = None) -> Changed:
        """Apply a change to the stored policy in one transaction, and return what it was and what it is.

        Args:
            guild_id: The server.
            change: What to make of its policy.
            by: Who changes it; None is the program itself.
        """
        now = self._clock()
        async with self._store.transaction() as tx:
            before = await tx.policies.get(guild_id)
            policy = change(before)
            await tx.policies.save(policy, at=now)
            if detail := _changed(before, policy):
                await tx.audit.add(NewAuditEvent(now, Act.SETTING, guild_id, by=by, detail=detail))
        self._board.ring_for(guild_id)
        return Changed(before, policy)

    async def resume(self, guild_id: int, *, by: int) -> Stop | None:
        """Lift the stop of a server's automatic replies and return it, or None where they aren't stopped.

        What was ruled before it no longer stops them: the count begins anew.
        """
        now = self._clock()
        async with self._store.transaction() as tx:
            policy = await tx.policies.get(guild_id)
            if policy.stop is None:
                return None
            await tx.policies.save(replace(policy, stop=None), at=now)
            detail = {"because": policy.stop.because}
            await tx.audit.add(NewAuditEvent(now, Act.RESUMED, guild_id, by=by, detail=detail))
        self._board.ring_for(guild_id)
        return policy.stop

    async def limits(self, guild_id: int, slug: str | None = None) -> list[FactLimit]:
        """Return how far facts may go in a server, or one fact."""
        async with self._store.reading() as tx:
            return await tx.policies.limits(guild_id, slug)

    async def limit(self, limit: FactLimit, *, by: int) -> Mode:
        """Say how far a fact may go in a server or a channel, and return how far it went; ``auto`` lifts the limit."""
        detail = {"mode": limit.mode.value}
        if limit.channel_id is not None:
            detail["channel"] = str(limit.channel_id)
        async with self._store.transaction() as tx:
            earlier = await tx.policies.limits(limit.guild_id, limit.slug)
            await tx.policies.limit(limit)
            event = NewAuditEvent(
                self._clock(), Act.FACT_LIMITED, limit.guild_id, by=by, slug=limit.slug, detail=detail
            )
            await tx.audit.add(event)
        self._board.ring_for(limit.guild_id)
        return next((one.mode for one in earlier if one.channel_id == limit.channel_id), Mode.AUTO)


def _changed(before: Policy, after: Policy) -> dict[str, str]:
    """Return what changed, by the setting's name, in words."""
    names = (field.name for field in fields(Policy))
    values = ((name, getattr(before, name), getattr(after, name)) for name in names)
    return {name: f"{_words(old)} -> {_words(new)}" for name, old, new in values if old != new}


def _words(value: object) -> str:
    match value:
        case frozenset():
            return ", ".join(str(one) for one in sorted(value)) or "none"
        case Enum():
            return str(value.value)
        case None:
            return "none"
        case _:
            return str(value)
