"""What is counted in a soak."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression
from typing import Any, Literal

Stage = Literal["arrived", "admitted", "looked at", "near a fact", "repeats", "reply", "queue", "stored", "delivered"]
STAGES: tuple[Stage, ...] = (
    *("arrived", "admitted", "looked at", "near a fact", "repeats"),
    *("reply", "queue", "stored", "delivered"),
)
"""How far posts and edits get; deletions are not among them."""
FLAT = 1.0
"""MB a minute under which memory counts as flat. The first third of a run, in which caches fill, is left out."""
_LEAST_SAMPLES = 5


@dataclass(slots=True)
class Tally:
    """Counts and times, in seconds. ``memory`` holds seconds since the start and resident MB."""

    stages: Counter[str] = field(default_factory=Counter)
    dropped: int = 0
    failed: int = 0
    deletions: int = 0
    wall: float = 0.0
    processor: float = 0.0
    to_decision: list[float] = field(default_factory=list)
    to_delivery: list[float] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    def slope(self) -> float | None:
        """Return how memory grows, in MB a minute; None where there is too little to tell."""
        if not self.memory:
            return None
        settled = [one for one in self.memory if one[0] >= self.memory[-1][0] / 3]
        if len(settled) < _LEAST_SAMPLES:
            return None
        return linear_regression(*zip(*settled, strict=True)).slope * 60

    def verdict(self) -> str:
        """Return whether memory is flat."""
        slope = self.slope()
        if slope is None:
            return "too short to tell"
        return "flat" if slope < FLAT else "not flat"

    def to_json(self) -> dict[str, Any]:
        """Return everything as scripts see it."""
        slope = self.slope()
        return {
            "wall_seconds": round(self.wall, 2),
            "processor_seconds": round(self.processor, 2),
            "per_second": round(self.stages["looked at"] / self.wall, 1),
            "per_core_second": round(self.stages["looked at"] / self.processor, 1),
            "stages": {stage: self.stages[stage] for stage in STAGES},
            "deletions": self.deletions,
            "dropped": self.dropped,
            "failed": self.failed,
            "arrival_to_decision_ms": milliseconds(self.to_decision),
            "decision_to_delivery_ms": milliseconds(self.to_delivery),
            "notes": dict(self.notes),
            "memory_mb": [[round(at, 1), round(size, 1)] for at, size in self.memory],
            "memory_slope_mb_per_minute": None if slope is None else round(slope, 2),
            "memory": self.verdict(),
        }


def milliseconds(seconds: Sequence[float]) -> dict[str, float] | None:
    """Return median, 99th percentile (nearest rank) and maximum in milliseconds; None of nothing."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    ranks = {"p50": -(-len(ordered) // 2) - 1, "p99": -(-99 * len(ordered) // 100) - 1, "max": -1}
    return {name: round(1000 * ordered[rank], 2) for name, rank in ranks.items()}


def resident() -> float | None:
    """Return what the process holds in memory, in MB, where the system tells."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    line = next((line for line in status.splitlines() if line.startswith("VmRSS:")), None)
    return None if line is None else int(line.split()[1]) / 1024
