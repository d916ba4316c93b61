"""Whether the program does its work: what is waited for, and what of it is not as it should be.

Reads only, and never waits long: a database that doesn't answer is a finding. No figure is about a server or a person.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.errors import StoreError
from bot.domain.outstanding import Outstanding
from bot.domain.ports import Clock, Store
from bot.services.connection import Connection, ConnectionState
from bot.services.intake import Intake

log = logging.getLogger(__name__)

DATABASE_PATIENCE = 3.0
"""Seconds within which the database must answer; reading waits for no writer, so that it takes milliseconds."""
LONGEST_AWAY = timedelta(minutes=2)
"""How long the connection to Discord may be away: a new one takes seconds, and posts of the time are caught up with."""
LONGEST_OVERDUE = timedelta(minutes=5)
"""How long a note may be overdue: Discord's rate limits pass within a minute or so, and tries are repeated."""
LONGEST_WAIT = timedelta(seconds=60)
"""How long a post may wait to be looked at; a note that comes later answers a conversation that has moved on."""

_AWAY = frozenset({ConnectionState.STARTING, ConnectionState.LOST})


@dataclass(frozen=True, slots=True)
class Check:
    """One part of the program: whether it is as it should be, and the figures that say so; None where unknown."""

    ok: bool
    figures: Mapping[str, float | str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database says: notes to send or take down, notes to edit, and items at hand."""

    unsent: Outstanding
    unedited: Outstanding
    items: Outstanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How things stand at a moment. Times are in seconds; ``stored`` is None where the database didn't answer."""

    at: datetime
    stored: Stored | None
    answered_in: float
    gateway: ConnectionState
    gateway_since: float
    restarts: int
    identifies: int
    shards_up: int
    shards_known: int
    posts_waiting: int
    oldest_post: float

    @property
    def overdue(self) -> float | None:
        """Seconds for which the first note has been overdue; 0 where none is, None where that isn't known."""
        return None if self.stored is None else self._past(self.stored.unsent)

    @property
    def oldest_item(self) -> float | None:
        """Seconds for which the oldest item has waited for a moderator; 0 where none does, None where unknown."""
        return None if self.stored is None else self._past(self.stored.items)

    def checks(self) -> dict[str, Check]:
        """Return what is as it should be, and what isn't."""
        stored, overdue = self.stored, self.overdue
        away = self.gateway in _AWAY and self.gateway_since > LONGEST_AWAY.total_seconds()
        return {
            "database": Check(stored is not None, {"answered_in_seconds": self.answered_in}),
            "gateway": Check(not away, {"state": self.gateway.value, "for_seconds": self.gateway_since}),
            "outbox": Check(
                overdue is not None and overdue <= LONGEST_OVERDUE.total_seconds(),
                {"notes": None if stored is None else stored.unsent.count, "overdue_seconds": overdue},
            ),
            "intake": Check(
                self.oldest_post <= LONGEST_WAIT.total_seconds(),
                {"posts": self.posts_waiting, "oldest_seconds": self.oldest_post},
            ),
        }

    def _past(self, waiting: Outstanding) -> float:
        return 0.0 if waiting.since is None else max((self.at - waiting.since).total_seconds(), 0.0)


class Health:
    """Looks at the program that it is a part of."""

    def __init__(
        self,
        *,
        store: Store,
        intake: Intake,
        connection: Connection,
        clock: Clock,
        console: bool,
        patience: float = DATABASE_PATIENCE,
    ) -> None:
        """Look at nothing yet.

        Args:
            store: The database.
            intake: Where posts wait.
            connection: How the connection to Discord stands.
            clock: What tells the time.
            console: Whether this program delivers the console's notes, rather than those of Discord servers.
            patience: Seconds to wait for the database.
        """
        self._store = store
        self._intake = intake
        self._connection = connection
        self._clock = clock
        self._console = console
        self._patience = patience
        self._reading: asyncio.Task[Stored | None] | None = None

    async def look(self) -> Figures:
        """Return how things stand now."""
        began = time.monotonic()
        stored = await self._stored()
        answered_in = time.monotonic() - began
        now, shards, since = self._clock(), self._connection.shards, self._connection.since
        return Figures(
            at=now,
            stored=stored,
            answered_in=answered_in,
            gateway=self._connection.state,
            gateway_since=0.0 if since is None else max((now - since).total_seconds(), 0.0),
            restarts=self._connection.restarts,
            identifies=self._connection.identifies,
            shards_up=sum(shards.values()),
            shards_known=len(shards),
            posts_waiting=self._intake.waiting,
            oldest_post=self._intake.oldest,
        )

    async def close(self) -> None:
        """End the reading that may still be under way."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])

    async def _stored(self) -> Stored | None:
        # One reading at a time, however often and however long somebody asks: they all wait for the same one.
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read(), name="health")
        done, _ = await asyncio.wait([self._reading], timeout=self._patience)
        return self._reading.result() if done else None

    async def _read(self) -> Stored | None:
        try:
            async with self._store.reading() as tx:
                return Stored(
                    unsent=await tx.notes.unsent(console=self._console),
                    unedited=await tx.notes.unedited(console=self._console),
                    items=await tx.reviews.at_hand(),
                )
        except StoreError:
            return None  # whoever asked is told, and what needs the database says why in the log
        except Exception:
            log.exception("health.failed")
            return None
