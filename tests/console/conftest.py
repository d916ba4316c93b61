from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.console.ids import MessageIds
from bot.console.run import serve
from bot.console.screen import Screen
from bot.console.sender import ConsoleSender
from bot.console.session import Session
from bot.domain.fact import Fact
from bot.services.compute import MatchingWorker
from bot.store.database import Database, open_database
from bot.store.seed import build_seed
from bot.wiring import services_on


@dataclass
class Given:
    """Posts and commands, one after the other."""

    lines: list[str]

    async def next(self) -> str | None:
        return self.lines.pop(0) if self.lines else None


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@dataclass
class Desk:
    """A console on a real database, with a matcher that knows the fact's wordings."""

    database: Database
    worker: MatchingWorker
    shown: io.StringIO = field(default_factory=io.StringIO)

    def session(self) -> Session:
        """Open a session as ``run_console`` does."""
        services = services_on(self.database, self.worker, settle=timedelta())
        screen, ids = Screen(self.shown), MessageIds(services.clock)
        sender = ConsoleSender(screen=screen, ids=ids)
        return Session(
            services=services,
            screen=screen,
            sender=sender,
            outbox=services.outbox(sender),
            ids=ids,
            channel_id=ids.next(),
        )

    async def says(self, *lines: str, session: Session | None = None) -> str:
        """Serve some lines and return what was printed."""
        start = self.shown.tell()
        await serve(session or self.session(), Given(list(lines)))
        return self.shown.getvalue()[start:]


@pytest.fixture
def facts(fact: Fact) -> Iterable[Fact]:
    """What the database holds."""
    return [fact]


@pytest.fixture
async def desk(tmp_path: Path, facts: Iterable[Fact], worker: MatchingWorker) -> AsyncIterator[Desk]:
    """A console with an empty queue."""
    seed = tmp_path / "seed"
    build_seed(facts, {}, seed)
    async with await open_database(tmp_path / "facts.db", seed=seed) as database:
        yield Desk(database, worker)
