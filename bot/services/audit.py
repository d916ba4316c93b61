"""Read the audit log of a server: page by page, or whole as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.audit import Act, AuditEvent
from bot.domain.ports import Clock, Store
from bot.review.ledger import FORMS, FormName

_PAGE = 1000
"""Events that are read at a time, in a transaction of their own: nobody should wait for a whole log."""


@dataclass(frozen=True, slots=True)
class WantedEvents:
    """Which events are meant; what is None says nothing. ``days`` counts back from now."""

    act: Act | None = None
    slug: str | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """A file of the latest ``count`` events; ``cut`` tells whether older ones did not fit."""

    data: bytes
    count: int
    cut: bool


class ReadAudit:
    """Says what was done by whom."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def page(
        self, guild_id: int, wanted: WantedEvents, *, limit: int, before: int | None = None
    ) -> list[AuditEvent]:
        """Return a server's events, newest first; only those older than the event ``before``, where given."""
        since = self._since(wanted)
        return await self._page(guild_id, wanted, since=since, limit=limit, before=before)

    async def get(self, event_id: int, *, guild_id: int) -> AuditEvent | None:
        """Return an event of this server, or None."""
        async with self._store.reading() as tx:
            event = await tx.audit.get(event_id)
        return event if event is not None and event.new.guild_id == guild_id else None

    async def export(self, guild_id: int, wanted: WantedEvents, *, form: FormName, limit: int) -> Export:
        """Return a server's events as a file of at most ``limit`` bytes, newest first."""
        written = FORMS[form]
        since = self._since(wanted)
        lines: list[bytes] = []
        left = limit - len(written.whole([]))
        before = None
        while page := await self._page(guild_id, wanted, since=since, limit=_PAGE, before=before):
            for event in page:
                line = written.line(event).encode(errors="replace")
                left -= len(line) + len(written.between)
                if left < 0:
                    return Export(written.whole(lines), len(lines), cut=True)
                lines.append(line)
            before = page[-1].id
        return Export(written.whole(lines), len(lines), cut=False)

    def _since(self, wanted: WantedEvents) -> datetime | None:
        return None if wanted.days is None else self._clock() - timedelta(days=wanted.days)

    async def _page(
        self, guild_id: int, wanted: WantedEvents, *, since: datetime | None, limit: int, before: int | None
    ) -> list[AuditEvent]:
        acts = None if wanted.act is None else {wanted.act}
        async with self._store.reading() as tx:
            return await tx.audit.find(guild_id, acts=acts, slug=wanted.slug, since=since, before=before, limit=limit)
