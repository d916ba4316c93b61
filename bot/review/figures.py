"""The figures of a server. None of them is about a single member."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.wilson import Interval, wilson

BANDS = (
    (1, "under 1 h"),
    (6, "1 to 6 h"),
    (24, "6 to 24 h"),
    (72, "1 to 3 days"),
    (168, "3 to 7 days"),
    (math.inf, "7 days or more"),
)
"""How times are sorted: hours below which a band ends, and its name."""


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on a day: automatic replies, posts queued, items approved, and matches ruled wrong."""

    date: dt.date
    replied: int = 0
    queued: int = 0
    approved: int = 0
    wrong: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened in a server in the last ``days``.

    ``hours_to_ruling`` holds the wait of every item ruled on, ``open_ages_hours`` that of every open one. Claims in
    ``top_facts`` come with their notes, words in ``unanswered`` with how often no fact answered them, both most
    frequent first. ``shift`` is what ``shift_rulings`` rulings added to confidence, in log-odds; None: not enough yet.
    """

    days: int
    notes_by_state: Mapping[str, int]
    notes_by_provenance: Mapping[str, int]
    automatic_right: int
    automatic_judged: int
    hours_to_ruling: tuple[float, ...]
    open_ages_hours: tuple[float, ...]
    top_facts: tuple[tuple[str, int], ...]
    unanswered: tuple[tuple[str, int], ...]
    per_day: tuple[Day, ...]
    shift: float | None
    shift_rulings: int

    @property
    def precision(self) -> float | None:
        """Return the share of the judged automatic replies that was right, or None where none was judged."""
        return self.automatic_right / self.automatic_judged if self.automatic_judged else None

    @property
    def precision_within(self) -> Interval:
        """Return the 95 percent interval of the precision."""
        return wilson(self.automatic_right, self.automatic_judged)

    @property
    def median_hours(self) -> float | None:
        """Return the median time to a ruling, or None where there was none."""
        return statistics.median(self.hours_to_ruling) if self.hours_to_ruling else None

    @property
    def slow_hours(self) -> float | None:
        """Return the 90th percentile of the time to a ruling: nine in ten took no longer (nearest rank)."""
        waits = sorted(self.hours_to_ruling)
        return waits[-(-9 * len(waits) // 10) - 1] if waits else None

    @property
    def period(self) -> str:
        """Return the period in words."""
        return "the last day" if self.days == 1 else f"the last {self.days:,} days"

    def total(self) -> Day:
        """Return what happened on all days together, dated the last of them."""
        return Day(
            date=max((day.date for day in self.per_day), default=dt.date.min),
            replied=sum(day.replied for day in self.per_day),
            queued=sum(day.queued for day in self.per_day),
            approved=sum(day.approved for day in self.per_day),
            wrong=sum(day.wrong for day in self.per_day),
        )


def banded(hours: tuple[float, ...]) -> tuple[tuple[str, int], ...]:
    """Return how many of some times fall in each band, the shortest first."""
    bands = [next(name for end, name in BANDS if each < end or end == math.inf) for each in hours]
    return tuple((name, bands.count(name)) for _, name in BANDS)
