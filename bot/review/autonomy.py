"""When a fact may reply by itself in a server: after enough approvals, until a wrong match."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.audit import COPY, Act, AuditEvent
from bot.domain.policy import FactLimit, Mode, least

REWORDED = "reworded"
"""The detail of a change of what a fact says, or of a server's own version that says something else than the fact it
overrides: earlier approvals don't speak for it."""

_CHANGES = frozenset({Act.FACT_ADDED, Act.FACT_EDITED, Act.FACT_RESTORED})
_APPROVED = frozenset({Act.APPROVE, Act.EDIT, Act.RATED_HELPFUL})
COUNTED = _CHANGES | {Act.APPROVE, Act.EDIT, Act.WRONG_MATCH, Act.RATED_HELPFUL}
"""The acts that a fact's autonomy hangs on."""


def approvals(events: Iterable[AuditEvent]) -> int:
    """Return how often a fact was approved since the last wrong match, or since it was reworded.

    An automatic note that members rate helpful counts as approved; one that a moderator ruled right, too, counts once.

    Args:
        events: The acts of ``COUNTED`` on one fact in one server that aren't undone, newest first.
    """
    count, notes = 0, set[int]()
    for event in events:
        act, detail = event.new.act, event.new.detail
        if act is Act.WRONG_MATCH or (act in _CHANGES and REWORDED in detail):
            break
        if act in _APPROVED and COPY not in detail and event.new.note_id not in notes:
            count += 1
            notes |= {event.new.note_id} if event.new.note_id is not None else set()
    return count


def limit_here(limits: Iterable[FactLimit], channel_id: int, parent_id: int | None) -> Mode:
    """Return how far a fact may go in a channel, or in a thread under ``parent_id``, by the limits of its server."""
    here = (None, channel_id, parent_id)
    return least(Mode.AUTO, *(limit.mode for limit in limits if limit.channel_id in here))
