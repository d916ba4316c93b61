"""When a fact may reply by itself in a server: after enough approvals, until a wrong match."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.audit import COPY, Act, AuditEvent
from bot.domain.policy import FactLimit, Mode, least

REWORDED = "reworded"
"""The detail of a change of what a fact says, or of a server's own version that says something else than the fact it
overrides: earlier approvals don't speak for it."""

_CHANGES = frozenset({Act.FACT_ADDED, Act.FACT_EDITED, Act.FACT_RESTORED})
COUNTED = _CHANGES | {Act.APPROVE, Act.EDIT, Act.WRONG_MATCH}
"""The acts that a fact's autonomy hangs on."""


def approvals(events: Iterable[AuditEvent]) -> int:
    """Return how often a fact was approved since the last wrong match, or since it was reworded.

    Args:
        events: The acts of ``COUNTED`` on one fact in one server that aren't undone, newest first.
    """
    count = 0
    for event in events:
        act, detail = event.new.act, event.new.detail
        if act is Act.WRONG_MATCH or (act in _CHANGES and REWORDED in detail):
            break
        if act in (Act.APPROVE, Act.EDIT) and COPY not in detail:
            count += 1
    return count


def limit_here(limits: Iterable[FactLimit], channel_id: int, parent_id: int | None) -> Mode:
    """Return how far a fact may go in a channel, or in a thread under ``parent_id``, by the limits of its server."""
    here = (None, channel_id, parent_id)
    return least(Mode.AUTO, *(limit.mode for limit in limits if limit.channel_id in here))
