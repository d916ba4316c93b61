"""Keeps the beginnings of sessions within what Discord allows: 1,000 a day, after which it resets the token."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

import discord

from bot.services.connection import Connection

log = logging.getLogger(__name__)

BURST = 50
"""Sessions that may begin one after the other, over and above one for every shard."""
REFILL = 110.0
"""Seconds after which one more may. A day has room for 785, so that with the burst there are never 1,000."""


class SessionStarts:
    """A bucket of allowances, for as long as the process lives and over all its connections."""

    def __init__(self, connection: Connection, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._connection = connection
        self._clock = clock
        self._left = float(BURST)
        self._at = clock()
        self._begun: set[int | None] = set()

    async def allowance(self, shard: int | None) -> None:
        """Return when one more session of a shard may begin, and count it; the first one of each is free."""
        if shard not in self._begun:
            self._begun.add(shard)
            self._left += 1
        while (wait := self._missing()) > 0:
            log.warning("discord.waits_to_identify", extra={"seconds": round(wait)})
            await asyncio.sleep(wait)
        self._left -= 1
        self._connection.identifies += 1

    async def check(self, limits: discord.SessionStartLimits) -> None:
        """Return when Discord itself has allowances left."""
        if limits.remaining <= 0:
            seconds = limits.reset_after / 1000
            log.error("discord.no_sessions_left", extra={"seconds": round(seconds)})
            await asyncio.sleep(seconds)

    def _missing(self) -> float:
        now = self._clock()
        self._left = self._left + (now - self._at) / REFILL
        self._at = now
        return max(0.0, (1 - self._left) * REFILL)
