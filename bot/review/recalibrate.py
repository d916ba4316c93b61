"""What a server's rulings teach about confidence: one number, added to the log-odds of every match there.

The shift b maximises the posterior of a logistic model with the model's own confidence as offset: the sum of
ln sigma(+-(logit(c) + b)) over the rulings, less b^2 / (2 s^2), a normal prior of spread s around no shift. It is the
root of a falling function, found by bisection, so anyone can check it from an export of the rulings.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.audit import COPY, Act, AuditEvent
from bot.domain.match import MODEL_CONFIDENCE, Match, MatchResult
from bot.review.breaker import JUDGED

MIN_RULINGS = 10
"""Fewer teach nothing yet."""
LATEST = 500
SPREAD = 0.5
"""The prior's: forty rulings weigh about as much as it does."""
LOWEST, HIGHEST = -2.0, 0.5
"""A server can become much more careful than the shipped calibration, but only a little bolder: what is ruled on is
mostly what was doubtful, which says little of the rest."""
CEILING = 0.99
"""As in matching: no measured likeness is certainty."""
_STEPS = 60


def rulings_of(events: Iterable[AuditEvent]) -> list[tuple[float, bool]]:
    """Return the model's confidence and whether the match was right, of the latest rulings (newest first)."""
    found = [
        (event.new.confidence, event.new.act in (Act.APPROVE, Act.EDIT))
        for event in events
        if event.new.act in JUDGED and event.new.confidence is not None and COPY not in event.new.detail
    ]
    return found[:LATEST]


def shift_of(rulings: Sequence[tuple[float, bool]]) -> float:
    """Return what to add to the log-odds, from pairs of the model's confidence (0..1) and whether it was right."""
    if len(rulings) < MIN_RULINGS:
        return 0.0
    offsets = [(_logit(confidence), right) for confidence, right in rulings]
    low, high = LOWEST, HIGHEST
    if _slope(offsets, low) <= 0:
        return low
    if _slope(offsets, high) >= 0:
        return high
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _slope(offsets, middle) > 0 else (low, middle)
    return round((low + high) / 2, 4)


def shifted(result: MatchResult, shift: float) -> MatchResult:
    """Return a match result as a server sees it, with the model's own confidence kept in the evidence."""
    if not shift:
        return result
    return replace(result, matches=tuple(_shifted(match, shift) for match in result.matches))


def _shifted(match: Match, shift: float) -> Match:
    scores = {**match.evidence.scores, MODEL_CONFIDENCE: match.confidence}
    moved = min(_sigma(_logit(match.confidence) + shift), max(CEILING, match.confidence))
    # Log-odds are cut off near 0 and 1, where a cut must not move a confidence against the shift.
    confidence = max(moved, match.confidence) if shift > 0 else min(moved, match.confidence)
    return replace(match, confidence=confidence, evidence=replace(match.evidence, scores=scores))


def _slope(offsets: Sequence[tuple[float, bool]], shift: float) -> float:
    # fsum: exact, so that the order of the rulings can't decide a rounding.
    return math.fsum(right - _sigma(offset + shift) for offset, right in offsets) - shift / SPREAD**2


def _sigma(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def _logit(probability: float) -> float:
    inside = min(max(probability, 0.001), 0.999)
    return math.log(inside / (1 - inside))
