"""Follow the store: what another program, such as ``footnote facts import``, changes in it is matched in seconds."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from bot.domain.ports import FactReader
from bot.services.compute import MatchingWorker
from bot.services.wakeup import stopping

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=2)


class FollowStore:
    """The loop that lets matching take up facts which were changed elsewhere."""

    def __init__(self, *, reader: FactReader, worker: MatchingWorker) -> None:
        self._reader = reader
        self._worker = worker
        self._mark: tuple[int, int] | None = None

    async def run(self) -> None:
        """Look again and again. Cancel the task to stop."""
        while not stopping():
            try:
                await self.tick()
            except Exception:
                # What is matched stays as it was, and the loop must outlive a database that is locked for a while.
                log.exception("follow.failed")
            await asyncio.sleep(EVERY.total_seconds())

    async def tick(self) -> bool:
        """Take up what changed, and tell whether anything may have."""
        mark = await asyncio.to_thread(self._reader.mark)
        if mark == self._mark:
            return False
        await self._worker.sync()
        if not self._worker.matcher.behind():
            self._mark = mark
        return True
