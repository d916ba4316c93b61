"""What asks other machines, built where the operator allows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.domain.ports import Clock, LinkExpander, SourceLooker, Store
from bot.matching.links import canonical_url
from bot.services.source_health import CheckedSources, CheckSources
from bot.services.wakeup import Wakeup
from bot.settings import Settings
from bot.web.expand import WebExpander
from bot.web.fetch import Fetcher
from bot.web.sources import WebLooker


@dataclass(frozen=True, slots=True)
class Web:
    """What may ask other machines; None where the settings say that nothing may."""

    expander: LinkExpander | None = None
    looker: SourceLooker | None = None


@asynccontextmanager
async def open_web(settings: Settings) -> AsyncIterator[Web]:
    """Open what the settings allow to ask other machines; nothing is asked by that."""
    if not (settings.expand_links or settings.check_sources):
        yield Web()
        return
    async with Fetcher() as fetcher:
        looker = WebLooker(fetcher, canonical=canonical_url, archive=settings.find_archives)
        yield Web(WebExpander(fetcher) if settings.expand_links else None, looker if settings.check_sources else None)


async def look_at_sources(store: Store, clock: Clock, *, archive: bool, limit: int, before: datetime) -> CheckedSources:
    """Look once at sources that weren't looked at since a time (see ``CheckSources.check``).

    Raises:
        StoreError: The database can't be read or written.
    """
    async with Fetcher() as fetcher:
        looker = WebLooker(fetcher, canonical=canonical_url, archive=archive)
        checks = CheckSources(store=store, looker=looker, clock=clock, wakeup=Wakeup())
        return await checks.check(limit, before=before)
