"""A monitor on a free port of this machine, over services on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from bot.domain.policy import Mode
from bot.monitor.meter import PrometheusMeter
from bot.monitor.pages import MonitorPages, Watched
from bot.monitor.server import serving
from bot.services.compute import MatchingWorker
from bot.services.health import Health
from bot.store.database import Database
from tests.services.conftest import House, database, matcher, seed

__all__ = ["database", "matcher", "seed"]
"""Fixtures that are the services' own."""

LOOPBACK = "127.0.0.1"


@dataclass
class Told:
    """What a path answered."""

    status: int
    kind: str
    text: str

    @property
    def metrics(self) -> dict[str, Metric]:
        """The metrics by name."""
        return {metric.name: metric for metric in text_string_to_metric_families(self.text)}

    def value(self, name: str, **labels: str) -> float:
        """Return one figure."""
        samples = (sample for metric in self.metrics.values() for sample in metric.samples)
        [value] = [sample.value for sample in samples if (sample.name, sample.labels) == (name, labels)]
        return value


@dataclass
class Watch:
    """A monitor that answers, and the program behind it."""

    port: int
    meter: PrometheusMeter
    pages: MonitorPages
    house: House

    async def ask(self, path: str, method: str = "GET", **over: Any) -> Told:
        """Ask for a path."""
        url = f"http://{LOOPBACK}:{self.port}{path}"
        async with aiohttp.ClientSession() as session, session.request(method, url, **over) as answer:
            return Told(answer.status, answer.headers["Content-Type"], await answer.text())


@pytest.fixture
async def watch(database: Database, worker: MatchingWorker) -> AsyncIterator[Watch]:
    """A monitor over a server in mode auto."""
    house = House(database, worker)
    await house.mode(Mode.AUTO)
    async with watching(house, database) as watch:
        yield watch


@asynccontextmanager
async def watching(house: House, database: Database, *, patience: float = 30) -> AsyncIterator[Watch]:
    """Watch a house, with so much patience with its database."""
    services = house.services
    health = Health(
        store=database,
        intake=services.intake,
        connection=services.connection,
        clock=house.clock,
        console=False,
        patience=patience,
    )
    meter = PrometheusMeter()
    pages = MonitorPages(meter)
    async with serving(LOOPBACK, 0, pages) as port:
        pages.watched = Watched(health, database.path, lambda: (41, False))
        try:
            yield Watch(port, meter, pages, house)
        finally:
            await health.close()


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what is waited for rings no bell
            await asyncio.sleep(0.01)
