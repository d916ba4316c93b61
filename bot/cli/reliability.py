"""Whether confidence means what it says: of the matches at .8, eight in ten should be right. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.cli.metrics import Outcome, Overlaps, Share, is_right

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The posts whose best match has a confidence in ``low`` (with it) to ``high`` (without it, but for 1)."""

    low: float
    high: float
    confidence: float | None
    """The mean, or None where the bin is empty."""
    right: Share

    def to_json(self) -> dict[str, Any]:
        """Return the bin as scripts see it."""
        mean = None if self.confidence is None else round(self.confidence, 4)
        return {"low": self.low, "high": self.high, "confidence": mean, "right": self.right.to_json()}


@dataclass(frozen=True, slots=True)
class Reliability:
    """Confidence beside what was right, over the posts that got a match."""

    posts: int
    bins: tuple[Bin, ...]

    @property
    def error(self) -> float | None:
        """Return the expected calibration error, 0..1, or None of nothing.

        It is the distance of mean confidence and share of right matches in each bin, weighed by the bin's posts
        (Naeini et al. 2015, doi.org/10.1609/aaai.v29i1.9602).
        """
        if not self.posts:
            return None
        distances = (
            abs(each.confidence - each.right.value) * each.right.of
            for each in self.bins
            if each.confidence is not None and each.right.value is not None
        )
        return sum(distances) / self.posts

    def to_json(self) -> dict[str, Any]:
        """Return the measure as scripts see it."""
        error = None if self.error is None else round(self.error, 4)
        return {"error": error, "posts": self.posts, "bins": [each.to_json() for each in self.bins]}


def reliability(outcomes: Iterable[Outcome], overlaps: Overlaps) -> Reliability:
    """Hold the confidence of best matches against what is right, in ten bins of equal width."""
    sorted_in: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for outcome in outcomes:
        if outcome.candidates:
            best = outcome.candidates[0]
            right = is_right(outcome.post, best.slug, overlaps)
            sorted_in[min(int(best.confidence * BINS), BINS - 1)].append((best.confidence, right))
    bins = tuple(_bin(number, found) for number, found in enumerate(sorted_in))
    return Reliability(sum(each.right.of for each in bins), bins)


def _bin(number: int, found: list[tuple[float, bool]]) -> Bin:
    mean = sum(confidence for confidence, _ in found) / len(found) if found else None
    return Bin(number / BINS, (number + 1) / BINS, mean, Share(sum(right for _, right in found), len(found)))
