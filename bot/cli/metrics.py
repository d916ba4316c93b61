"""What a labelled set of posts says about the decisions on them. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.decision import Action

LABELS = ("repeat", "deny", "truth", "ask", "related", "near_miss", "none")
"""What a post can be to its fact. Only a ``repeat`` may get an automatic reply."""

_Z = 1.959964
"""Two-sided 95 percent of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A post of a labelled set, with its line number."""

    line: int
    text: str
    label: str
    fact: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided on a labelled post; ``slug`` is the fact of a reply or a queue item."""

    post: Labelled
    action: Action
    slug: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a count, with its 95 percent interval."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """Return the share, or None of nothing."""
        return self.hits / self.of if self.of else None

    def interval(self) -> tuple[float, float]:
        """Return the Wilson score interval (1927, doi.org/10.2307/2276774), which holds for small counts, too."""
        if not self.of:
            return 0.0, 1.0
        share, n, z = self.hits / self.of, self.of, _Z
        centre = share + z * z / (2 * n)
        spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        scale = 1 + z * z / n
        return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)

    def to_json(self) -> dict[str, Any]:
        """Return the share as scripts see it."""
        low, high = self.interval()
        rounded = None if self.value is None else round(self.value, 4)
        return {"value": rounded, "low": round(low, 4), "high": round(high, 4), "hits": self.hits, "of": self.of}


@dataclass(frozen=True, slots=True)
class LabelCount:
    """What happened to the posts of one label."""

    n: int
    replied: int
    queued: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The summary. ``overlapping`` replies are right ones of another fact that the labelled one says it overlaps."""

    posts: int
    precision: Share
    recall: Share
    recall_with_queue: Share
    overlapping: int
    labels: Mapping[str, LabelCount]
    wrong: tuple[Outcome, ...]
    unknown_facts: tuple[str, ...]


def evaluate(outcomes: Iterable[Outcome], overlaps: Mapping[str, Collection[str]]) -> Evaluation:
    """Sum up decisions.

    A reply is right only where the label is ``repeat`` and the fact is the labelled one or one that it overlaps.

    Args:
        outcomes: The decisions.
        overlaps: By slug of every fact in the store, the slugs of those that it overlaps.
    """
    listed = list(outcomes)
    replies = [outcome for outcome in listed if outcome.action is Action.REPLY]
    right = [outcome for outcome in replies if _right(outcome, overlaps)]
    repeats = [outcome for outcome in listed if outcome.post.label == "repeat"]
    caught = [outcome for outcome in repeats if outcome.action is not Action.IGNORE and _right(outcome, overlaps)]
    named = {outcome.post.fact for outcome in listed if outcome.post.fact}
    return Evaluation(
        posts=len(listed),
        precision=Share(len(right), len(replies)),
        recall=Share(len(right), len(repeats)),
        recall_with_queue=Share(len(caught), len(repeats)),
        overlapping=sum(outcome.slug != outcome.post.fact for outcome in right),
        labels={label: _count(listed, label, overlaps) for label in LABELS},
        wrong=tuple(outcome for outcome in replies if not _right(outcome, overlaps)),
        unknown_facts=tuple(sorted(named - overlaps.keys())),
    )


def _right(outcome: Outcome, overlaps: Mapping[str, Collection[str]]) -> bool:
    fact = outcome.post.fact
    if outcome.post.label != "repeat" or fact is None or outcome.slug is None:
        return False
    return outcome.slug == fact or outcome.slug in overlaps.get(fact, ())


def _count(outcomes: list[Outcome], label: str, overlaps: Mapping[str, Collection[str]]) -> LabelCount:
    own = [outcome for outcome in outcomes if outcome.post.label == label]
    replied = [outcome for outcome in own if outcome.action is Action.REPLY]
    return LabelCount(
        n=len(own),
        replied=len(replied),
        queued=sum(outcome.action is Action.QUEUE for outcome in own),
        wrong=sum(not _right(outcome, overlaps) for outcome in replied),
    )
