"""Read and change a server's policy."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.policy import Policy
from bot.domain.ports import Clock, Store


class Policies:
    """The settings of servers."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def get(self, guild_id: int) -> Policy:
        """Return a server's policy; the safe defaults where nothing was set."""
        async with self._store.transaction() as tx:
            return await tx.policies.get(guild_id)

    async def change(self, guild_id: int, change: Callable[[Policy], Policy]) -> Policy:
        """Apply a change to the stored policy in one transaction, and return the outcome."""
        async with self._store.transaction() as tx:
            policy = change(await tx.policies.get(guild_id))
            await tx.policies.save(policy, at=self._clock())
        return policy
