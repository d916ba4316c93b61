"""Forget what is over: what nobody ruled on, what is older than a server wants, servers that Footnote has left."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta

from bot.domain.ports import Clock, Store, Transaction
from bot.domain.review import Ruling
from bot.domain.stored import BACKUP_DAYS, DRAFT_DAYS, GRACE_DAYS, ITEM_DAYS, REQUEST_DAYS
from bot.services.rule import ruling_event
from bot.services.wakeup import Bell, Wakeup, stopping

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
"""How often is looked: nothing that is kept for days need go to the minute."""

_AFTER_FAULT = timedelta(minutes=1)

Present = Callable[[], Collection[int] | None]
"""Returns the servers that Footnote is in, those out of reach included, or None where that isn't known now."""
Scrub = Callable[[], Awaitable[bool]]
"""Makes sure that what was deleted isn't left in the database's log; False where that isn't possible now."""
Sweep = Callable[[datetime], Awaitable[None]]
"""Deletes the copies of the database that were made before a time."""


async def no_scrub() -> bool:
    """Do nothing, for a store that leaves nothing behind."""
    return True


async def no_sweep(_before: datetime) -> None:
    """Do nothing, for a store of which there are no copies."""


class Upkeep:
    """The loop that forgets, and what it must know of Footnote's coming and going."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        board: Bell,
        wakeup: Wakeup,
        scrub: Scrub = no_scrub,
        sweep: Sweep = no_sweep,
    ) -> None:
        self._store = store
        self._clock = clock
        self._board = board
        self._wakeup = wakeup
        self._scrub = scrub
        self._sweep = sweep

    async def run(self, present: Present) -> None:
        """Forget what is over, again and again. Cancel the task to stop."""
        while not stopping():
            pause = EVERY
            try:
                await self.tick(present())
            except Exception:
                # Nothing is lost by waiting, and the loop must outlive a database that is locked for a while.
                log.exception("upkeep.failed")
                pause = _AFTER_FAULT
            if not stopping():
                await self._wakeup.wait(pause.total_seconds())

    async def tick(self, present: Collection[int] | None = None) -> int:
        """Forget what is over now, and return how many rows that were.

        Args:
            present: The servers that Footnote is in; without it no server is taken for left, and none is forgotten.
        """
        now = self._clock()
        count = 0 if present is None else await self._follow(set(present), now)
        async with self._store.reading() as tx:
            servers = sorted(await tx.members.servers())
        for guild_id in servers:
            count += await self._expire(guild_id, now)
        async with self._store.transaction() as tx:
            await tx.requests.purge(before=now - timedelta(days=REQUEST_DAYS))
            await tx.drafts.purge(before=now - timedelta(days=DRAFT_DAYS))
        if not await self._scrub():
            log.warning("upkeep.unscrubbed")
        await self._sweep(now - timedelta(days=BACKUP_DAYS))
        return count

    async def left(self, guild_id: int) -> None:
        """Remember that Footnote was removed from a server: its data goes once the grace period is over."""
        async with self._store.transaction() as tx:
            await tx.members.departed(guild_id, at=self._clock())

    async def joined(self, guild_id: int) -> None:
        """Keep the data of a server to which Footnote is back in time."""
        async with self._store.transaction() as tx:
            await tx.members.returned(guild_id)

    async def _follow(self, present: set[int], now: datetime) -> int:
        """Compare the servers that something is stored of with those that Footnote is in, and forget the lost ones."""
        async with self._store.transaction() as tx:
            for guild_id in await tx.members.servers() - present:
                await tx.members.departed(guild_id, at=now)
            for guild_id in await tx.members.departures(before=now + EVERY):
                if guild_id in present:
                    await tx.members.returned(guild_id)
            over = await tx.members.departures(before=now - timedelta(days=GRACE_DAYS))
        count = 0
        for guild_id in over:
            async with self._store.transaction() as tx:
                # Footnote may have come back in between.
                if guild_id not in await tx.members.departures(before=now - timedelta(days=GRACE_DAYS)):
                    continue
                count += await tx.members.forget_server(guild_id)
            log.info("server.forgotten", extra={"guild_id": guild_id})
        return count

    async def _expire(self, guild_id: int, now: datetime) -> int:
        async with self._store.transaction() as tx:
            closed = await _close_stale(tx, guild_id, now)
            policy = await tx.policies.get(guild_id)
            count = await tx.members.expire(guild_id, before=now - timedelta(days=policy.retention_days))
        if closed or count:
            self._board.ring_for(guild_id)
        return closed + count


async def _close_stale(tx: Transaction, guild_id: int, now: datetime) -> int:
    """Close the items that nobody ruled on in time, and return how many there were."""
    count = 0
    for item in await tx.reviews.stale(guild_id, before=now - timedelta(days=ITEM_DAYS)):
        if await tx.reviews.close(item.id, ruling=Ruling.EXPIRED, by=None, at=now):
            await tx.audit.add(ruling_event(item, Ruling.EXPIRED, by=None, at=now))
            count += 1
    return count
