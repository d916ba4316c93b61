"""The circuit breaker: when a server's automatic replies must stop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.audit import Act, AuditEvent
from bot.domain.review import JUDGEMENTS
from bot.domain.wilson import wilson

WINDOW = timedelta(hours=24)
WRONG_IN_WINDOW = 2
MIN_JUDGED = 20
"""Automatic replies that must have been judged before their precision can stop them: with 19 of 20 right the lower
bound is 0.76 already, with 4 of 4 only 0.51."""
LATEST = 200
"""Judged replies that count, the latest ones: an old mistake should not weigh for ever."""

JUDGED = frozenset(Act.of(ruling) for ruling in JUDGEMENTS)
_RIGHT = frozenset({Act.APPROVE, Act.EDIT})


def judged_automatic(events: Sequence[AuditEvent]) -> list[AuditEvent]:
    """Return the rulings on automatic replies among the acts that aren't undone."""
    return [event for event in events if event.new.automatic and event.new.act in JUDGED]


def right(events: Sequence[AuditEvent]) -> int:
    """Return how many rulings say that the match was right."""
    return sum(event.new.act in _RIGHT for event in events)


def reason_to_stop(events: Sequence[AuditEvent], *, now: datetime, floor: float) -> str | None:
    """Return why a server's automatic replies must stop, in one sentence, or None where they need not.

    Args:
        events: The rulings since the last resume that aren't undone, newest first.
        now: The time.
        floor: What the lower bound of precision (Wilson's, 95%) may not fall under, 0..1.
    """
    judged = judged_automatic(events)[:LATEST]
    wrong = sum(event.new.act is Act.WRONG_MATCH and event.new.at > now - WINDOW for event in judged)
    if wrong >= WRONG_IN_WINDOW:
        return f"{wrong} automatic replies of the last 24 hours were ruled wrong matches"
    if len(judged) < MIN_JUDGED:
        return None
    good = right(judged)
    low = wilson(good, len(judged)).low
    if low >= floor:
        return None
    return (
        f"of {len(judged)} judged automatic replies {good} were right: precision may be as low as {low:.2f}, "
        f"and the floor is {floor:.2f}"
    )
