"""What a labelled set of posts says about the decisions on them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.decision import Action
from bot.domain.match import Match
from bot.domain.wilson import Interval, wilson

LABELS = ("repeat", "deny", "truth", "ask", "related", "near_miss", "none")
"""What a post can be to its fact. Only a ``repeat`` may get an automatic reply."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A post of a labelled set, with its line number; ``style`` is how it is put, or how a near miss differs."""

    line: int
    text: str
    label: str
    fact: str | None
    style: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided on a labelled post.

    ``slug`` is the fact of a reply or a queue item, ``confidence`` that of the best match (0 where there is none),
    ``candidates`` the matches, best first, and ``reason`` the first one of the decision.
    """

    post: Labelled
    action: Action
    slug: str | None
    confidence: float
    candidates: tuple[Match, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a count, with its 95 percent interval."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """Return the share, or None of nothing."""
        return self.hits / self.of if self.of else None

    def interval(self) -> Interval:
        """Return the Wilson score interval, 0 to 1 of nothing."""
        return wilson(self.hits, self.of)

    def shown(self) -> str:
        """Return the share as people read it, with its interval."""
        within = self.interval()
        return "none" if self.value is None else f"{self.value:.3f} ({within.low:.3f} to {within.high:.3f})"

    def to_json(self) -> dict[str, Any]:
        """Return the share as scripts see it."""
        within = self.interval()
        rounded = None if self.value is None else round(self.value, 4)
        low, high = round(within.low, 4), round(within.high, 4)
        return {"value": rounded, "low": low, "high": high, "hits": self.hits, "of": self.of}


@dataclass(frozen=True, slots=True)
class Count:
    """What happened to the posts of one label, or of one style of it.

    ``wrong`` counts replies; ``right`` replies and ``caught`` replies or queue items are those with the right fact.
    """

    n: int = 0
    replied: int = 0
    queued: int = 0
    wrong: int = 0
    right: int = 0
    caught: int = 0

    def rates(self, label: str) -> dict[str, Share]:
        """Return the shares that matter for a label, by their names in JSON."""
        if label == "repeat":
            return {"reply_rate": Share(self.right, self.n), "reply_or_queue_rate": Share(self.caught, self.n)}
        return {"wrong_rate": Share(self.wrong, self.n)}

    def to_json(self, label: str) -> dict[str, Any]:
        """Return the counts and the shares as scripts see them."""
        counts = {"n": self.n, "replied": self.replied, "queued": self.queued, "wrong": self.wrong}
        return {**counts, **{name: share.to_json() for name, share in self.rates(label).items()}}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The summary. ``overlapping`` replies are right ones of another fact that the labelled one says it overlaps.

    ``styles`` holds, by label, the counts of each style that posts of the label name.
    """

    posts: int
    precision: Share
    recall: Share
    recall_with_queue: Share
    overlapping: int
    labels: Mapping[str, Count]
    styles: Mapping[str, Mapping[str, Count]]
    wrong: tuple[Outcome, ...]
    unknown_facts: tuple[str, ...]


Overlaps = Mapping[str, Collection[str]]
"""By slug of every fact in the store, the slugs of those that it overlaps."""


def evaluate(outcomes: Iterable[Outcome], overlaps: Overlaps) -> Evaluation:
    """Sum up decisions.

    A reply is right only where the label is ``repeat`` and the fact is the labelled one or one that it overlaps.
    """
    listed = list(outcomes)
    total = count(listed, overlaps)
    repeats = [outcome for outcome in listed if outcome.post.label == "repeat"]
    named = {outcome.post.fact for outcome in listed if outcome.post.fact}
    replies = [outcome for outcome in listed if outcome.action is Action.REPLY]
    right = [outcome for outcome in replies if is_right(outcome.post, outcome.slug, overlaps)]
    return Evaluation(
        posts=len(listed),
        precision=Share(total.right, total.replied),
        recall=Share(total.right, len(repeats)),
        recall_with_queue=Share(total.caught, len(repeats)),
        overlapping=sum(outcome.slug != outcome.post.fact for outcome in right),
        labels={label: count(own, overlaps) for label, own in _by_label(listed).items()},
        styles={label: _styles(own, overlaps) for label, own in _by_label(listed).items()},
        wrong=tuple(outcome for outcome in replies if not is_right(outcome.post, outcome.slug, overlaps)),
        unknown_facts=tuple(sorted(named - overlaps.keys())),
    )


def is_right(post: Labelled, slug: str | None, overlaps: Overlaps) -> bool:
    """Tell whether answering a post with a fact is right."""
    if post.label != "repeat" or post.fact is None or slug is None:
        return False
    return slug == post.fact or slug in overlaps.get(post.fact, ())


def count(outcomes: Collection[Outcome], overlaps: Overlaps) -> Count:
    """Count what happened to some posts."""
    rows = [(outcome.action, is_right(outcome.post, outcome.slug, overlaps)) for outcome in outcomes]
    return Count(
        n=len(rows),
        replied=sum(action is Action.REPLY for action, _ in rows),
        queued=sum(action is Action.QUEUE for action, _ in rows),
        wrong=rows.count((Action.REPLY, False)),
        right=rows.count((Action.REPLY, True)),
        caught=rows.count((Action.REPLY, True)) + rows.count((Action.QUEUE, True)),
    )


def _by_label(outcomes: list[Outcome]) -> dict[str, list[Outcome]]:
    return {label: [outcome for outcome in outcomes if outcome.post.label == label] for label in LABELS}


def _styles(outcomes: list[Outcome], overlaps: Overlaps) -> dict[str, Count]:
    styles = sorted({outcome.post.style for outcome in outcomes if outcome.post.style})
    return {
        style: count([outcome for outcome in outcomes if outcome.post.style == style], overlaps) for style in styles
    }
