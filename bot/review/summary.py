"""How the figures of a server read."""

from __future__ import annotations

import math

from bot.domain.wilson import wilson
from bot.review.figures import Figures, banded

ALTERNATIVE_LIMIT = 1000
"""Characters; Discord allows 1024 in the description of an attachment."""

_LISTED = 5
_CLAIM_LIMIT = 100
_SAMPLE = 0.9
"""The confidence by which the shift is explained."""


def in_words(figures: Figures) -> list[tuple[str, list[str]]]:
    """Return headings with their lines, which no medium's markup was escaped in; claims are shortened."""
    noted = [_listed(claim, count, "note", "notes") for claim, count in figures.top_facts[:_LISTED]]
    asked = [_listed(words, count, "time", "times") for words, count in figures.unanswered[:_LISTED]]
    sections = [
        *_counts(figures),
        ("Facts with the most notes", noted),
        ("Asked, and no fact answers it", asked),
        ("What the rulings taught", [_shift(figures)]),
    ]
    return [(heading, lines) for heading, lines in sections if lines]


def alternative(figures: Figures) -> str:
    """Return what the picture of the figures shows, for who can't see it: numbers alone, no words of anybody."""
    said = [f"{heading}. {' '.join(lines)}" for heading, lines in _counts(figures)]
    bands = [
        f"{name} ({'; '.join(f'{band}: {count:,}' for band, count in banded(hours) if count)})."
        for name, hours in (("Rulings by wait", figures.hours_to_ruling), ("Open by age", figures.open_ages_hours))
        if hours
    ]
    return _short(" ".join([*said, *bands]), ALTERNATIVE_LIMIT)


def share_in_words(right: int, judged: int) -> str:
    """Return how many of the judged matches were right, and between what the share lies."""
    within = wilson(right, judged)
    return (
        f"{percent(right / judged)} right: {right:,} of {judged:,} judged "
        f"(95% interval {percent(within.low)} to {percent(within.high)})"
    )


def hours_in_words(hours: float) -> str:
    """Return a time in the unit that suits it."""
    if hours < 1:
        return f"{max(0, round(hours * 60))} min"
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:,.1f} days"  # noqa: PLR2004 -- two days


def percent(share: float) -> str:
    """Return a share in percent; only all of it is 100 and nothing of it is 0, however near."""
    return f"{share:.0%}" if share in {0, 1} else f"{min(max(share, 0.001), 0.999):.1%}"


def _counts(figures: Figures) -> list[tuple[str, list[str]]]:
    return [
        (figures.period.capitalize(), [_happened(figures), _notes(figures)]),
        ("Automatic replies", [_precision(figures)]),
        ("Time to a ruling", [_waits(figures)]),
        ("Open items", [_open(figures)]),
    ]


def _happened(figures: Figures) -> str:
    total = figures.total()
    replies = _counted(total.replied, "automatic reply", "automatic replies")
    queued = _counted(total.queued, "post", "posts")
    wrong = _counted(total.wrong, "match", "matches")
    return f"{replies}, {queued} queued, {total.approved:,} approved, {wrong} ruled wrong."


def _notes(figures: Figures) -> str:
    kinds = (figures.notes_by_state, figures.notes_by_provenance)
    found = [", ".join(f"{count:,} {name}" for name, count in kind.items() if count) for kind in kinds]
    said = "; ".join(part for part in found if part)
    return f"Notes: {said}." if said else "No notes."


def _precision(figures: Figures) -> str:
    if figures.precision is None:
        return "No automatic reply was judged yet."
    return f"{share_in_words(figures.automatic_right, figures.automatic_judged)}."


def _waits(figures: Figures) -> str:
    if figures.median_hours is None or figures.slow_hours is None:
        return "No item was ruled on."
    median, slow = hours_in_words(figures.median_hours), hours_in_words(figures.slow_hours)
    count = _counted(len(figures.hours_to_ruling), "ruling", "rulings")
    return f"{count}: half within {median}, nine in ten within {slow}."


def _open(figures: Figures) -> str:
    if not figures.open_ages_hours:
        return "Nothing waits for a ruling."
    oldest = hours_in_words(max(figures.open_ages_hours))
    return f"{len(figures.open_ages_hours):,} open, the oldest for {oldest}."


def _shift(figures: Figures) -> str:
    rulings = _counted(figures.shift_rulings, "ruling", "rulings")
    if figures.shift is None:
        return f"Confidence is as shipped ({rulings} so far)."
    odds = math.log(_SAMPLE / (1 - _SAMPLE)) + figures.shift
    return (
        f"{rulings} moved confidence by {figures.shift:+.2f} in log-odds: "
        f"a match of {_SAMPLE:.2f} counts as {0.5 + math.tanh(odds / 2) / 2:.2f} here."
    )


def _listed(words: str, count: int, one: str, many: str) -> str:
    return f"{_short(words, _CLAIM_LIMIT)} ({_counted(count, one, many)})"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _short(text: str, limit: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"
