"""What can be asked for: whether the program is well, whether it lives, and what it counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot.monitor.gauges import Disk, Gauges
from bot.monitor.meter import PrometheusMeter
from bot.monitor.server import Answer
from bot.services.health import Check, Figures, Health

_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Watched:
    """A program that runs: what looks at it, its database file, and what tells the size of its index.

    ``index`` returns how many wordings of facts are in it, and whether it is behind the store.
    """

    health: Health
    database: Path
    index: Callable[[], tuple[int, bool]]


class MonitorPages:
    """Answers the three paths. Until a program is there to be looked at, it is not well: it starts."""

    def __init__(self, meter: PrometheusMeter) -> None:
        self._registry = meter.registry
        self._gauges = Gauges()
        self._registry.register(self._gauges)
        ProcessCollector(registry=self._registry)
        self.watched: Watched | None = None

    async def __call__(self, path: str) -> Answer | None:
        """Answer a path, or return None where there is nothing."""
        if path == "/live":
            return Answer(_json({"ok": True}), _JSON)
        if path == "/health":
            return await self._health()
        if path == "/metrics":
            return await self._metrics()
        return None

    async def _health(self) -> Answer:
        checks = {"start": Check(ok=False)} if self.watched is None else (await self.watched.health.look()).checks()
        well = all(check.ok for check in checks.values())
        said = {name: {"ok": check.ok, **_rounded(check)} for name, check in checks.items()}
        return Answer(_json({"ok": well, "checks": said}), _JSON, ok=well)

    async def _metrics(self) -> Answer:
        if self.watched is not None:
            self._show(self.watched, await self.watched.health.look())
        return Answer(generate_latest(self._registry), CONTENT_TYPE_PLAIN_0_0_4)

    def _show(self, watched: Watched, figures: Figures) -> None:
        wordings, behind = watched.index()
        self._gauges.show(figures, Disk.beside(watched.database), wordings=wordings, behind=behind)


def _rounded(check: Check) -> dict[str, float | str | None]:
    figures = check.figures.items()
    return {name: round(figure, 3) if isinstance(figure, float) else figure for name, figure in figures}


def _json(said: object) -> bytes:
    return json.dumps(said).encode() + b"\n"
