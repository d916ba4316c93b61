"""The figures that are looked up when somebody asks, as gauges."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from bot import __version__
from bot.services.connection import ConnectionState
from bot.services.health import Figures


@dataclass(frozen=True, slots=True)
class Disk:
    """How large the database's files are, and how much room is beside them; None where there is no such file."""

    database: int | None
    log: int | None
    free: int | None

    @classmethod
    def beside(cls, database: Path) -> Disk:
        """Look at a database's files. Blocking, but for as long as the file system takes to look a name up."""
        try:
            free: int | None = shutil.disk_usage(database.absolute().parent).free
        except OSError:
            free = None
        return cls(_size(database), _size(database.with_name(f"{database.name}-wal")), free)


class Gauges(Collector):
    """Shows what was last handed to it; before that, which program this is."""

    def __init__(self) -> None:
        self._shown: list[Metric] = []

    def show(self, figures: Figures, disk: Disk, *, wordings: int, behind: bool) -> None:
        """Hand over what the next answer shows.

        Args:
            figures: How things stand.
            disk: The database's files.
            wordings: How many wordings are in the index of the facts.
            behind: Whether the index could not take up everything.
        """
        self._shown = [
            *_checks(figures),
            *_gateway(figures),
            *_waiting(figures),
            *_disk(disk),
            _gauge("footnote_index_wordings", "Different wordings of facts in the index.", wordings),
            _gauge("footnote_index_behind", "1 where the index could not take up every change of the facts.", behind),
        ]

    def collect(self) -> Iterator[Metric]:
        """Return the metrics."""
        yield InfoMetricFamily("footnote_build", "Which program this is.", value={"version": __version__})
        yield from self._shown

    def describe(self) -> Iterator[Metric]:
        """Return nothing: what is shown depends on what can be looked up."""
        yield from ()


def _checks(figures: Figures) -> Iterator[Metric]:
    family = GaugeMetricFamily("footnote_check_ok", "1 where a part is well, as in /health.", labels=["check"])
    for name, check in figures.checks().items():
        family.add_metric([name], check.ok)
    yield family
    yield _gauge("footnote_database_answer_seconds", "How long the database took to answer.", figures.answered_in)


def _gateway(figures: Figures) -> Iterator[Metric]:
    states = GaugeMetricFamily(
        "footnote_gateway_state", "1 for the state of the connection to Discord, 0 for the others.", labels=["state"]
    )
    for state in ConnectionState:
        states.add_metric([state.value], figures.gateway is state)
    yield states
    yield _gauge("footnote_gateway_state_seconds", "Seconds since that state began.", figures.gateway_since)
    shards = GaugeMetricFamily("footnote_gateway_shards", "Shards: all that are known, and those up.", labels=["which"])
    shards.add_metric(["known"], figures.shards_known)
    shards.add_metric(["up"], figures.shards_up)
    yield shards
    yield _counter("footnote_gateway_restarts", "Times the connection was built anew from nothing.", figures.restarts)
    yield _counter("footnote_gateway_identifies", "Sessions begun; Discord allows 1000 a day.", figures.identifies)


def _waiting(figures: Figures) -> Iterator[Metric]:
    yield _gauge("footnote_intake_posts", "Posts that wait to be looked at.", figures.posts_waiting)
    yield _gauge("footnote_intake_oldest_seconds", "Seconds for which the oldest has waited.", figures.oldest_post)
    if figures.stored is None or figures.overdue is None or figures.oldest_item is None:
        return
    notes = GaugeMetricFamily("footnote_outbox_notes", "Notes with work left to do.", labels=["work"])
    notes.add_metric(["send"], figures.stored.unsent.count)
    notes.add_metric(["edit"], figures.stored.unedited.count)
    yield notes
    yield _gauge("footnote_outbox_overdue_seconds", "Seconds for which the first has been overdue.", figures.overdue)
    yield _gauge("footnote_queue_items", "Items that wait for a moderator.", figures.stored.items.count)
    yield _gauge("footnote_queue_oldest_seconds", "Seconds for which the oldest has waited.", figures.oldest_item)


def _disk(disk: Disk) -> Iterator[Metric]:
    sizes = GaugeMetricFamily("footnote_database_bytes", "The size of the database's files.", labels=["file"])
    for name, size in (("database", disk.database), ("wal", disk.log)):
        if size is not None:
            sizes.add_metric([name], size)
    yield sizes
    if disk.free is not None:
        yield _gauge("footnote_disk_free_bytes", "Free room where the database is.", disk.free)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)


def _counter(name: str, what: str, value: float) -> Metric:
    return CounterMetricFamily(name, what, value=value)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
