"""What tells how the program does, built where the operator wants it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.domain.ports import Meter
from bot.monitor.meter import PrometheusMeter
from bot.monitor.pages import MonitorPages, Watched
from bot.monitor.server import serving
from bot.services.health import Health
from bot.settings import Settings
from bot.wiring import App

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Monitor:
    """What counts, and what answers; both None where nobody is to be told."""

    meter: Meter | None = None
    pages: MonitorPages | None = None

    @asynccontextmanager
    async def watching(self, app: App, *, console: bool) -> AsyncIterator[None]:
        """Tell how a program does as long as the block runs.

        Args:
            app: The program.
            console: Whether it is the console.
        """
        if self.pages is None:
            yield
            return
        services = app.services
        health = Health(
            store=app.store,
            intake=services.intake,
            connection=services.connection,
            clock=services.clock,
            console=console,
        )
        self.pages.watched = Watched(health, app.store.path, lambda: (app.matcher.wordings, app.matcher.behind()))
        try:
            yield
        finally:
            self.pages.watched = None
            await health.close()


@asynccontextmanager
async def open_monitor(settings: Settings) -> AsyncIterator[Monitor]:
    """Open the port of health and metrics where the settings name one; it answers "not yet" until there is a program.

    Raises:
        FootnoteError: The port can't be opened.
    """
    if settings.health is None:
        yield Monitor()
        return
    meter = PrometheusMeter()
    pages = MonitorPages(meter)
    async with serving(settings.health.host, settings.health.port, pages) as port:
        log.info("health.open", extra={"host": settings.health.host, "port": port})
        yield Monitor(meter, pages)
