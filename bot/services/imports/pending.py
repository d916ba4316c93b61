"""Files that moderators sent in and saw the difference of, until they say whether it goes in. In memory alone."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ports import Clock

KEPT_FOR = timedelta(minutes=30)
MOST_BYTES = 64_000_000
MOST_FILES = 100
"""Of all files together; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class PendingImport:
    """A file, and who sent it where."""

    data: bytes
    name: str
    guild_id: int
    by: int
    at: datetime


class PendingImports:
    """Keeps the files for a while, each under a number."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[int, PendingImport] = OrderedDict()
        self._last = 0

    def add(self, data: bytes, name: str, *, guild_id: int, by: int) -> int:
        """Keep a file, and return its number."""
        self._last += 1
        self._kept[self._last] = PendingImport(data, name, guild_id, by, self._clock())
        while len(self._kept) > 1 and self._too_much():
            self._kept.popitem(last=False)
        return self._last

    def take(self, number: int, *, guild_id: int, by: int) -> PendingImport | None:
        """Return a file that a moderator sent in, once; None where it is gone, or somebody else's."""
        kept = self._kept.get(number)
        if kept is None or (kept.guild_id, kept.by) != (guild_id, by):
            return None
        del self._kept[number]
        return kept if self._clock() - kept.at <= KEPT_FOR else None

    def _too_much(self) -> bool:
        oldest = next(iter(self._kept.values()))
        size = sum(len(one.data) for one in self._kept.values())
        return len(self._kept) > MOST_FILES or size > MOST_BYTES or self._clock() - oldest.at > KEPT_FOR
