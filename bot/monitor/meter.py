"""The port ``Meter`` in Prometheus's terms. What the methods promise stands at the port."""

from __future__ import annotations

import re
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Seconds from a post's arrival to its decision: matching takes milliseconds; the rest is waiting for a turn."""

MOST_PLACES = 32
"""Different places of faults that are told apart; a name too many, or a strange one, counts as ``other``."""

_PLACE = re.compile(r"[a-z][a-z_.]{0,31}")


class PrometheusMeter:
    """Counts into a registry of its own. Every label has few values, and none comes from Discord."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # a second time series for each, which tells nothing that the process's start doesn't
        self.registry = CollectorRegistry()
        self._places: set[str] = set()
        self._decisions = self._counter(
            "footnote_decisions", "Posts by what was decided; unseen: one that nobody may look at.", "outcome"
        )
        self._seconds = Histogram(
            "footnote_decision_seconds",
            "Seconds from a post's arrival to its decision.",
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._dropped = self._counter("footnote_posts_dropped", "Posts given up without a decision.", "why")
        self._deliveries = self._counter("footnote_deliveries", "Tries to bring a note to readers.", "outcome")
        self._faults = self._counter("footnote_faults", "Faults that a loop or an event outlived.", "where")
        for outcome in ("reply", "queue", "ignore", "unseen"):
            self._decisions.labels(outcome)
        for why in ("full", "failed"):
            self._dropped.labels(why)
        for outcome in ("posted", "edited", "retracted", "postponed", "given_up"):
            self._deliveries.labels(outcome)

    def decided(self, outcome: Literal["reply", "queue", "ignore", "unseen"], seconds: float) -> None:
        """Count a post, and how long it took."""
        self._decisions.labels(outcome).inc()
        self._seconds.observe(seconds)

    def dropped(self, why: Literal["full", "failed"]) -> None:
        """Count a post that was given up."""
        self._dropped.labels(why).inc()

    def delivered(self, outcome: Literal["posted", "edited", "retracted", "postponed", "given_up"]) -> None:
        """Count a try to deliver."""
        self._deliveries.labels(outcome).inc()

    def failed(self, where: str) -> None:
        """Count a fault."""
        if where not in self._places and (len(self._places) >= MOST_PLACES or not _PLACE.fullmatch(where)):
            where = "other"
        self._places.add(where)
        self._faults.labels(where).inc()

    def _counter(self, name: str, what: str, label: str) -> Counter:
        return Counter(name, what, [label], registry=self.registry)
