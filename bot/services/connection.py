"""How the connection to Discord stands, for whoever watches the program."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.domain.ports import Clock


class ConnectionState(StrEnum):
    """One state for all shards: connected means every one of them."""

    UNUSED = "unused"
    """The program runs without Discord."""
    STARTING = "starting"
    CONNECTED = "connected"
    LOST = "lost"
    """It was there, and is being made anew."""


class Connection:
    """Told by the room that connects, and read by the one that reports."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._shards: dict[int, bool] = {}
        self._state = ConnectionState.UNUSED
        self.since: datetime | None = None
        """Since when it stands so; None where it was never tried."""
        self.restarts = 0
        """How often the connection was built anew from nothing."""
        self.identifies = 0
        """How many sessions were begun; Discord allows 1000 a day and shard count."""

    @property
    def state(self) -> ConnectionState:
        """How it stands."""
        return self._state

    @property
    def shards(self) -> dict[int, bool]:
        """Whether each shard is there, by its number."""
        return dict(self._shards)

    def starting(self) -> None:
        """Say that a connection is being made."""
        self._shards.clear()
        self._turn(ConnectionState.LOST if self._state is ConnectionState.LOST else ConnectionState.STARTING)

    def up(self, shard: int, *, of: int) -> None:
        """Say that a shard is there, one of so many."""
        self._shards[shard] = True
        if len(self._shards) >= of and all(self._shards.values()):
            self._turn(ConnectionState.CONNECTED)

    def down(self, shard: int) -> None:
        """Say that a shard is gone."""
        self._shards[shard] = False
        self._turn(ConnectionState.LOST)

    def failed(self) -> None:
        """Say that the connection ended; it is made anew."""
        self.restarts += 1
        self._shards.clear()
        self._turn(ConnectionState.LOST)

    def _turn(self, state: ConnectionState) -> None:
        if state is not self._state:
            self._state, self.since = state, self._clock()
