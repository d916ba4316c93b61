"""Audit events as the review rules read them: newest first, none undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.audit import Act, AuditEvent, NewAuditEvent
from tests.builders import NOW


def an_event(act: Act, *, at: datetime = NOW, **over: Any) -> AuditEvent:
    """Return an act of a moderator on a fact."""
    return AuditEvent(1, NewAuditEvent(at, act, 1, by=9, slug="moon-cheese", **over))


def newest_first(*oldest_first: AuditEvent) -> Sequence[AuditEvent]:
    """Return events as the store does."""
    return oldest_first[::-1]
