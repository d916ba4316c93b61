"""Who and where, on a terminal: the ids that Discord would give."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.ports import Clock

OPERATOR = 1
"""The person at the terminal, as author and as moderator. Discord's ids are never so small."""

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


class MessageIds:
    """Increasing message ids that no earlier session gave, without a file to keep count: microseconds since 2020."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        """Return a new id."""
        self._last = max(self._last + 1, (self._clock() - _EPOCH) // timedelta(microseconds=1))
        return self._last
