"""Import facts from a reader to the last test: what came in is indexed, tested and written into the log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

from bot.domain.audit import Act, NewAuditEvent
from bot.domain.pack import Subscription
from bot.domain.ports import Clock, Store
from bot.exchange.incoming import ReadPack
from bot.services.compute import MatchingWorker
from bot.services.facts import FactLibrary
from bot.services.imports.packs import ImportPacks
from bot.services.imports.report import Line, Outcome, Report
from bot.services.imports.reviews import Entry, ImportReviews
from bot.services.vectors import VectorSource, add_vectors
from bot.services.versions import UNTESTED
from bot.services.wakeup import Bell

Progress = Callable[[str, int, int | None], None]
"""Is told what is going on, how much of it is done, and of how many, where that is known."""


def silent(_what: str, _done: int, _total: int | None) -> None:
    """Tell nobody."""


class TakeIn:
    """Imports reviews and packs, for all servers or for one."""

    def __init__(
        self,
        *,
        store: Store,
        worker: MatchingWorker,
        library: FactLibrary,
        vectors: VectorSource | None,
        clock: Clock,
        board: Bell,
    ) -> None:
        self._store = store
        self._worker = worker
        self._library = library
        self._vectors = vectors
        self._clock = clock
        self._board = board
        self._reviews = ImportReviews(store=store, clock=clock)
        self._packs = ImportPacks(store=store, clock=clock)

    async def reviews(
        self,
        entries: Iterable[Entry],
        *,
        name: str,
        guild_id: int | None = None,
        by: int | None = None,
        dry: bool = False,
        tell: Callable[[Line], None] = lambda _: None,
        progress: Progress = silent,
    ) -> Report:
        """Take in what a reader of reviews yields.

        Args:
            entries: Reviews, and what can't be read.
            name: What they came from, for the log.
            guild_id: The server whose own facts they become; None for all servers' facts.
            by: The moderator; None for the operator.
            dry: Whether to change nothing, and only say what would.
            tell: Gets a line for each entry.
            progress: Is told how far it is.

        Raises:
            ImportRefused: Nothing of it can be read.
            StoreError: The database can't be read or written. What was taken in before stays.
        """
        report = Report(dry=dry, tell=tell)
        try:
            await self._reviews.take_in(
                entries, report, guild_id=guild_id, by=by, told=lambda done: progress("Importing", done, None)
            )
        finally:
            # What is in is in, also where the rest can't be read.
            await self._finish(report, name, guild_id=guild_id, by=by, progress=progress)
        return report

    async def pack(
        self,
        read: ReadPack,
        *,
        guild_id: int | None = None,
        by: int | None = None,
        dry: bool = False,
        theirs: bool = False,
        accept_key: bool = False,
        whole: bool = True,
        tell: Callable[[Line], None] = lambda _: None,
        progress: Progress = silent,
    ) -> Report:
        """Take in a pack, or update it (see ``ImportPacks.take_in``).

        Raises:
            ImportRefused: The pack was tampered with, or isn't signed as before, or is too large.
            StoreError: The database can't be read or written.
        """
        report = Report(dry=dry, tell=tell)
        await self._packs.take_in(
            read, report, guild_id=guild_id, by=by, theirs=theirs, accept_key=accept_key, whole=whole
        )
        await self._finish(report, read.pack.name, guild_id=guild_id, by=by, progress=progress)
        return report

    async def packs(self, guild_id: int | None) -> list[Subscription]:
        """Return the packs that were taken in, without their facts."""
        async with self._store.reading() as tx:
            return await tx.imports.subscriptions(guild_id)

    async def forget_pack(self, guild_id: int | None, name: str) -> bool:
        """Forget a pack: its facts stay, and no update is compared with them any more."""
        async with self._store.transaction() as tx:
            return await tx.imports.unsubscribe(guild_id, name)

    async def _finish(
        self, report: Report, name: str, *, guild_id: int | None, by: int | None, progress: Progress
    ) -> None:
        if report.dry:
            return
        changed = [outcome for outcome in Outcome if outcome not in _UNCHANGED and report.counts[outcome]]
        async with self._store.reading() as tx:
            # Also what an import that was cut off left untested: taken in again, it is nothing new.
            left = await tx.facts.failing(UNTESTED)
        report.untested = list(dict.fromkeys((*report.untested, *left)))
        if not changed and not report.untested:
            return
        if changed:
            await self._log(report, name, changed, guild_id=guild_id, by=by)
        total = len(report.untested)
        if self._vectors is not None:
            async for done in add_vectors(self._store, self._vectors, report.untested):
                progress("Computing vectors", done, total)
        progress("Indexing", 0, None)
        await self._worker.sync()
        for done, slug in enumerate(report.untested, start=1):
            report.failing += sum(bool(one.failures) for one in await self._library.test([slug]))
            progress("Testing facts", done, total)
            await asyncio.sleep(0)
        self._board.ring_for(guild_id or 0)

    async def _log(
        self, report: Report, name: str, changed: Sequence[Outcome], *, guild_id: int | None, by: int | None
    ) -> None:
        detail = {"from": name, **{outcome.value: str(report.counts[outcome]) for outcome in changed}}
        event = NewAuditEvent(self._clock(), Act.FACTS_IMPORTED, guild_id, by=by, detail=detail)
        async with self._store.transaction() as tx:
            await tx.audit.add(event)


_UNCHANGED = frozenset({Outcome.SAME, Outcome.KNOWN, Outcome.REJECTED})
