"""Look again and again whether the sources of facts are still there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.domain.fact import Source, SourceCheck, SourceState
from bot.domain.ports import Clock, SourceLooker, Store
from bot.services.wakeup import Wakeup, stopping

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
A_ROUND = 50
"""Sources that are looked at in an hour at most: some thousands in a week."""
LOOKED_AT_EVERY = timedelta(days=7)
AT_ONCE = 4
"""Looks under way at the same time; never two at one host."""
_ENOUGH, _ENOUGH_HOSTS = 5, 3
"""Looks, and hosts, from which on it can be told whether it is our own network that is down."""
_AFTER_FAULT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class CheckedSources:
    """What came of a round, by the sources' keys; ``offline`` where nothing was recorded, for we seem to be cut off."""

    checks: Mapping[str, SourceCheck] = field(default_factory=dict)
    offline: bool = False

    def count(self, state: SourceState) -> int:
        """Return how many sources are in a state."""
        return sum(check.state is state for check in self.checks.values())


class CheckSources:
    """Looks at the sources that are due, and records what came of it."""

    def __init__(self, *, store: Store, looker: SourceLooker, clock: Clock, wakeup: Wakeup) -> None:
        self._store = store
        self._looker = looker
        self._clock = clock
        self._wakeup = wakeup

    async def run(self) -> None:
        """Look at what is due, again and again. Cancel the task to stop."""
        while not stopping():
            pause = EVERY
            try:
                await self.check(A_ROUND, before=self._clock() - LOOKED_AT_EVERY)
            except Exception:
                # Nothing is lost by waiting, and the loop must outlive a database that is locked for a while.
                log.exception("sources.failed")
                pause = _AFTER_FAULT
            if not stopping():
                await self._wakeup.wait(pause.total_seconds())

    async def check(self, limit: int, *, before: datetime) -> CheckedSources:
        """Look at sources that weren't looked at since a time, the longest ago first.

        Args:
            limit: How many at most.
            before: The time.
        """
        async with self._store.reading() as tx:
            due = await tx.sources.due(before=before, limit=limit)
        checks = await self._look(due)
        if _cut_off(due, checks):
            log.warning("sources.offline", extra={"looked": len(checks)})
            return CheckedSources(checks, offline=True)
        keys = list(checks)
        for start in range(0, len(keys), A_ROUND):
            async with self._store.transaction() as tx:
                await tx.sources.record({key: checks[key] for key in keys[start : start + A_ROUND]})
        found = CheckedSources(checks)
        if checks:
            counts = {state.name.lower(): found.count(state) for state in SourceState}
            log.info("sources.checked", extra=counts)
        return found

    async def _look(self, sources: Sequence[Source]) -> dict[str, SourceCheck]:
        """Look at sources, those of one host one after the other."""
        hosts: dict[str, list[Source]] = {}
        for source in sources:
            hosts.setdefault(_host(source.url), []).append(source)
        checks: dict[str, SourceCheck] = {}
        free = asyncio.Semaphore(AT_ONCE)

        async def visit(at_one_host: Iterable[Source]) -> None:
            for source in at_one_host:
                async with free:
                    checks[source.key] = await self._look_at(source)

        async with asyncio.TaskGroup() as group:
            for found in hosts.values():
                group.create_task(visit(found))
        return checks

    async def _look_at(self, source: Source) -> SourceCheck:
        now = self._clock()
        try:
            return await self._looker.look(source, now)
        except Exception:
            # One source that can't be dealt with must not keep all the others from being looked at.
            log.exception("source.failed", extra={"key": source.key})
            return SourceCheck(SourceState.UNCLEAR, at=now, since=now)


def _cut_off(sources: Sequence[Source], checks: Mapping[str, SourceCheck]) -> bool:
    """Tell whether so many hosts gave no answer at all that it is rather we who can't be reached.

    Hosts are counted and not looks: one that is gone, with many sources, must not pass for that in every round.
    """
    answered: dict[str, bool] = {}
    for source in sources:
        check = checks[source.key]
        silent = check.state is SourceState.UNCLEAR and check.status is None
        answered[_host(source.url)] = answered.get(_host(source.url), False) or not silent
    enough = len(sources) >= _ENOUGH and len(answered) >= _ENOUGH_HOSTS
    return enough and 2 * sum(answered.values()) < len(answered)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
