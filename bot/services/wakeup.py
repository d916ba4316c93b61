"""What loops wait on: somebody rings when there is work."""

from __future__ import annotations

import asyncio


class Wakeup:
    """Tells the outbox that there is work. Anyone may ring; ringing twice is ringing once."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Say that there is work."""
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Return when rung, or after ``seconds``."""
        try:
            # Not ``wait_for``: up to Python 3.11 it swallows a cancellation that comes together with the ring.
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return
        self._event.clear()


def stopping() -> bool:
    """Tell whether the running task was cancelled, also where something under way made another error of that."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Bell(Wakeup):
    """A wake-up that remembers for which servers it was rung."""

    def __init__(self) -> None:
        super().__init__()
        self._servers: set[int] = set()

    def ring_for(self, guild_id: int) -> None:
        """Say that something changed in a server."""
        self._servers.add(guild_id)
        self.ring()

    def take(self) -> set[int]:
        """Return the servers for which it was rung since the last time."""
        servers, self._servers = self._servers, set()
        return servers
