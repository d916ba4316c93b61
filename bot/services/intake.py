"""Let posts wait their turn: few at once, fairly between servers, and only so many."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

AT_ONCE = 8
"""Posts under way at once: matching takes one at a time, the others read the policy or wait for Discord meanwhile."""
MOST = 10_000
MOST_OF_ONE = 6_000
"""Posts that may wait, in all and of one server: some 60 MB. A server that floods the intake loses its own posts."""


@dataclass(eq=False, slots=True)
class _Ticket:
    turn: asyncio.Future[None]
    since: float


class Intake:
    """Hands out turns. A server's posts get theirs in the order in which they came; servers take turns."""

    def __init__(self, *, at_once: int = AT_ONCE, most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        self._free = at_once
        self._most = most
        self._most_of_one = most_of_one
        self._queues: OrderedDict[int, deque[_Ticket]] = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many posts wait."""
        return sum(map(len, self._queues.values()))

    @property
    def oldest(self) -> float:
        """Seconds for which the first in line has waited; 0 where nothing waits."""
        first = min((queue[0].since for queue in self._queues.values()), default=None)
        return 0.0 if first is None else time.monotonic() - first

    @asynccontextmanager
    async def turn(self, guild_id: int) -> AsyncIterator[bool]:
        """Wait for a turn and hold it for a block; False, at once, where too many wait already."""
        if not self._free:
            queue = self._queues.get(guild_id, ())
            if len(queue) >= self._most_of_one or self.waiting >= self._most:
                yield False
                return
            await self._wait(guild_id)
        else:
            self._free -= 1
        try:
            yield True
        finally:
            self._pass_on()

    def close(self) -> None:
        """End the waiting: who waits is cancelled, and what is under way goes on."""
        for queue in self._queues.values():
            for ticket in queue:
                ticket.turn.cancel()
        self._queues.clear()

    async def _wait(self, guild_id: int) -> None:
        ticket = _Ticket(asyncio.get_running_loop().create_future(), time.monotonic())
        self._queues.setdefault(guild_id, deque()).append(ticket)
        try:
            await ticket.turn
        except asyncio.CancelledError:
            if ticket.turn.done() and not ticket.turn.cancelled():
                self._pass_on()  # it was this one's turn already
            self._leave(guild_id, ticket)
            raise

    def _leave(self, guild_id: int, ticket: _Ticket) -> None:
        queue = self._queues.get(guild_id)
        if queue is not None and ticket in queue:
            queue.remove(ticket)
            if not queue:
                del self._queues[guild_id]

    def _pass_on(self) -> None:
        """Give the turn to the first post of the server that has waited longest for one."""
        while self._queues:
            guild_id, queue = next(iter(self._queues.items()))
            ticket = queue.popleft()
            del self._queues[guild_id]
            if queue:
                self._queues[guild_id] = queue
            if not ticket.turn.done():
                ticket.turn.set_result(None)
                return
        self._free += 1
