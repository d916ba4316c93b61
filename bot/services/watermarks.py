"""Remember until when posts were looked at, so that what came during an outage can be caught up with.

A watermark is the time of a server's latest post that was dealt with, by Discord's clock and not by this computer's. It
never passes a post that is still waiting. Nothing else is known of the posts.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from bot.domain.ports import Clock, Store
from bot.services.wakeup import Wakeup, stopping

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two times of storing: what a kill takes back is looked at once more, which changes nothing."""

_JUST_BEFORE = timedelta(milliseconds=1)
_OUTAGE = "outage"
"""What holds a mark down in the name of all that was missed in a server."""


class Watermarks:
    """One mark a server; told of each post, and stored now and then."""

    def __init__(self, *, store: Store, clock: Clock, wakeup: Wakeup) -> None:
        self._store = store
        self._wakeup = wakeup
        self._clock = clock
        self._done: dict[int, datetime] = {}
        self._open: dict[int, dict[object, datetime]] = {}
        self._stored: dict[int, datetime] = {}

    @contextmanager
    def holding(self, guild_id: int, at: datetime) -> Iterator[None]:
        """Keep a server's mark before a time until a block ends well: whoever tries again begins at the same place."""
        self._hold(guild_id, at)
        yield
        self._let_go(guild_id, _OUTAGE)

    @contextmanager
    def looking(self, guild_id: int, at: datetime) -> Iterator[None]:
        """Look at a post of a time, and let the mark pass it afterwards, unless a stop cut that off."""
        token = object()
        self._open.setdefault(guild_id, {})[token] = at
        try:
            yield
        except Exception:
            self._pass(guild_id, at, token)
            raise
        except BaseException:
            self._hold(guild_id, at)
            self._let_go(guild_id, token)
            raise
        self._pass(guild_id, at, token)

    async def since(self, guild_id: int) -> datetime | None:
        """Return until when a server's posts were looked at before now, or None, and begin, where it is new."""
        async with self._store.reading() as tx:
            stored = await tx.watermarks.get(guild_id)
        if stored is None:
            async with self._store.transaction() as tx:
                await tx.watermarks.put({guild_id: self._clock()})
        marks = [mark for mark in (stored, self._mark(guild_id)) if mark is not None]
        return max(marks, default=None)

    async def run(self) -> None:
        """Store the marks again and again. Cancel the task to stop."""
        while not stopping():
            try:
                await self.store()
            except Exception:
                log.exception("watermarks.failed")
            if not stopping():
                await self._wakeup.wait(EVERY)

    async def store(self) -> None:
        """Store the marks that rose since the last time."""
        marks = {guild_id: self._mark(guild_id) for guild_id in self._done}
        risen = {guild_id: mark for guild_id, mark in marks.items() if mark and mark != self._stored.get(guild_id)}
        if not risen:
            return
        async with self._store.transaction() as tx:
            await tx.watermarks.put(risen)
        self._stored |= risen

    def _hold(self, guild_id: int, at: datetime) -> None:
        held = self._open.setdefault(guild_id, {})
        held[_OUTAGE] = min(at, held.get(_OUTAGE, at))

    def _mark(self, guild_id: int) -> datetime | None:
        done = self._done.get(guild_id)
        if done is None:
            return None
        waiting = min(self._open.get(guild_id, {}).values(), default=None)
        return done if waiting is None else min(done, waiting - _JUST_BEFORE)

    def _pass(self, guild_id: int, at: datetime, token: object) -> None:
        self._let_go(guild_id, token)
        self._done[guild_id] = max(at, self._done.get(guild_id, at))

    def _let_go(self, guild_id: int, token: object) -> None:
        self._open[guild_id].pop(token, None)
        if not self._open[guild_id]:
            del self._open[guild_id]
