"""What ``footnote eval`` found, as JSON and as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.cli.metrics import Count, Evaluation, Outcome, Share
from bot.cli.misses import Missed, Misses
from bot.cli.reliability import Reliability
from bot.console.screen import Screen
from bot.notes.sanitise import plain, shorten

_EXCERPT = 160


@dataclass(frozen=True, slots=True)
class Report:
    """The measures of one file of labelled posts."""

    evaluation: Evaluation
    threshold: float
    reliability: Reliability
    misses: Misses

    def to_json(self) -> dict[str, Any]:
        """Return the measures as scripts see them."""
        found = self.evaluation
        return {
            "posts": found.posts,
            "threshold": round(self.threshold, 4),
            "precision": found.precision.to_json(),
            "recall": found.recall.to_json(),
            "recall_with_queue": found.recall_with_queue.to_json(),
            "overlapping_replies": found.overlapping,
            "labels": _counts_json((label, label, count) for label, count in found.labels.items()),
            "styles": {
                label: _counts_json((label, style, count) for style, count in styles.items())
                for label, styles in found.styles.items()
            },
            "calibration": self.reliability.to_json(),
            "wrong_replies": [_wrong_json(outcome) for outcome in self.misses.wrong],
            "missed": {
                "fact_among_candidates": [missed.to_json() for missed in self.misses.untrusted],
                "fact_not_found": [missed.to_json() for missed in self.misses.unfound],
            },
            "unknown_facts": list(found.unknown_facts),
        }

    def show(self, screen: Screen, *, worst: int) -> None:
        """Print the measures, and up to ``worst`` errors of each sort."""
        found = self.evaluation
        rows = [
            ("precision of automatic replies", *_cells(found.precision)),
            ("recall of automatic replies", *_cells(found.recall)),
            ("recall of replies and queue", *_cells(found.recall_with_queue)),
        ]
        screen.table(("measure", "value", "95% interval", "counts"), rows, always_head=True)
        _show_counts(screen, found)
        if found.overlapping:
            screen.line(f"{found.overlapping} of the right replies are of a fact that the labelled one overlaps.")
        if found.unknown_facts:
            screen.line(f"Not in the store: {', '.join(found.unknown_facts)}.", "yellow")
        _show_reliability(screen, self.reliability)
        _show_errors(screen, "Wrong replies", [_wrong(outcome) for outcome in self.misses.wrong], worst)
        untrusted = [_missed(missed) for missed in self.misses.untrusted]
        _show_errors(screen, "Missed, though the fact was among the candidates", untrusted, worst)
        unfound = [_missed(missed) for missed in self.misses.unfound]
        _show_errors(screen, "Missed, and the fact was not among the candidates", unfound, worst)


def _counts_json(rows: Iterable[tuple[str, str, Count]]) -> dict[str, Any]:
    return {name: count.to_json(label) for label, name, count in rows}


def _wrong_json(outcome: Outcome) -> dict[str, Any]:
    post = outcome.post
    return {
        "line": post.line,
        "text": post.text,
        "label": post.label,
        "style": post.style,
        "fact": post.fact,
        "reply": outcome.slug,
        "confidence": round(outcome.confidence, 4),
    }


def _show_counts(screen: Screen, found: Evaluation) -> None:
    names = ("n", "replied", "queued", "wrong replies")
    repeats = _rows("repeat", found.labels["repeat"], found.styles["repeat"])
    if repeats:
        screen.table(("label", *names, "right replies", "right replies and queue"), repeats, always_head=True)
    others = [
        row
        for label, count in found.labels.items()
        if label != "repeat"
        for row in _rows(label, count, found.styles[label])
    ]
    if others:
        screen.table(("label", *names, "share of wrong replies"), others, always_head=True)


def _rows(label: str, count: Count, styles: Mapping[str, Count]) -> list[tuple[str, ...]]:
    if not count.n:
        return []
    named = [(label, count), *((f"{label} / {style}", own) for style, own in styles.items())]
    return [
        (
            name,
            *(str(number) for number in (own.n, own.replied, own.queued, own.wrong)),
            *(share.shown() for share in own.rates(label).values()),
        )
        for name, own in named
    ]


def _show_reliability(screen: Screen, found: Reliability) -> None:
    if found.error is None:
        return
    rows = [
        (f"{each.low:.1f} to {each.high:.1f}", str(each.right.of), f"{each.confidence:.3f}", each.right.shown())
        for each in found.bins
        if each.confidence is not None
    ]
    screen.table(("confidence of the best match", "n", "mean", "right"), rows, always_head=True)
    screen.line(f"Expected calibration error {found.error:.3f} over the {found.posts} posts that got a match.")


def _show_errors(screen: Screen, heading: str, errors: list[str], worst: int) -> None:
    if not errors:
        return
    screen.line(f"{heading}: {len(errors)}", "bold")
    screen.items(errors[:worst])
    if len(errors) > worst:
        screen.quiet(f"  ... and {len(errors) - worst} more; --worst {len(errors)} shows all.")


def _cells(share: Share) -> tuple[str, str, str]:
    within = share.interval()
    return _value(share), f"{within.low:.3f} to {within.high:.3f}", f"{share.hits} of {share.of}"


def _value(share: Share) -> str:
    return "none" if share.value is None else f"{share.value:.3f}"


def _wrong(outcome: Outcome) -> str:
    post = outcome.post
    about = f" {post.fact}" if post.fact else ""
    named = f"{post.label} / {post.style}" if post.style else post.label
    return f"line {post.line} ({named}{about}) got {outcome.slug}, {outcome.confidence:.2f}: “{_excerpt(post.text)}”"


def _missed(missed: Missed) -> str:
    post, match = missed.outcome.post, missed.candidate
    named = f"{post.style} {post.fact}" if post.style else post.fact
    seen = f"{match.slug} {match.relation.value}, {match.confidence:.2f}" if match else "no candidate"
    return f"line {post.line} ({named}): {seen}; {missed.outcome.reason}: “{_excerpt(post.text)}”"


def _excerpt(text: str) -> str:
    return shorten(" ".join(plain(text).split()), _EXCERPT)
