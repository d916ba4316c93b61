"""How sure a share is that was counted on few cases."""

from __future__ import annotations

import math
from dataclasses import dataclass

Z95 = 1.959964
"""Two-sided 95 percent of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a share lies, 0..1."""

    low: float
    high: float


def wilson(successes: float, n: int, z: float = Z95) -> Interval:
    """Return the Wilson score interval (1927, doi.org/10.2307/2276774), which holds for small counts, too.

    A success may count by halves. Of nothing, any share may be true.

    Raises:
        ValueError: More successes than cases, or fewer than none.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no share")
    if not n:
        return Interval(0.0, 1.0)
    share = successes / n
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # All or nothing ends at 1 or 0 sharp, which rounding would miss.
    return Interval(max(0.0, min(share, (centre - spread) / scale)), min(1.0, max(share, (centre + spread) / scale)))
