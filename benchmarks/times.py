"""Durations and memory, as the benchmarks measure them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Times:
    """Durations of one kind, in milliseconds."""

    taken: list[float] = field(default_factory=list)

    def of(self, work: Callable[..., Any], *values: Any) -> Any:
        """Do something, note how long it took, and return its outcome."""
        start = time.perf_counter()
        outcome = work(*values)
        self.taken.append((time.perf_counter() - start) * 1000)
        return outcome

    def at(self, share: float) -> float:
        """Return the quantile of a share, 0..1."""
        return round(sorted(self.taken)[min(int(len(self.taken) * share), len(self.taken) - 1)], 3)


def memory() -> dict[str, int]:
    """Return what the process holds, in MB; of it, what isn't merely mapped from files (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    kilobytes = {
        name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines) if "kB" in value
    }
    return {"resident_mb": kilobytes["VmRSS"] // 1024, "resident_anonymous_mb": kilobytes["RssAnon"] // 1024}
