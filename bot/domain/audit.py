"""What was done by whom: events that are written once and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.review import Ruling


class Act(StrEnum):
    """What somebody, or the program, did. The first seven are the rulings."""

    APPROVE = "approve"
    EDIT = "edit and approve"
    WRONG_MATCH = "wrong match"
    NOT_A_CLAIM = "not a claim"
    DISMISS = "dismiss"
    SOURCE_GONE = "source gone"
    SOURCE_EDITED = "source edited"
    UNDO = "undo"
    ASSIGN = "assign"
    ESCALATE = "escalate"
    SNOOZE = "snooze"
    FACT_ADDED = "fact added"
    FACT_EDITED = "fact edited"
    FACT_RETIRED = "fact retired"
    FACT_RESTORED = "fact restored"
    FACT_LIMITED = "fact limited"
    SETTING = "setting changed"
    STOPPED = "automatic replies stopped"
    RESUMED = "automatic replies resumed"
    REPAIRED = "queue repaired"
    EXPIRED = "not ruled in time"
    AUTHOR_LEFT = "the author opted out"
    RATED_HELPFUL = "rated helpful"
    RATED_NOT_HELPFUL = "rated not helpful"
    STATUS_LOST = "status lost"
    RATINGS_DISCOUNTED = "ratings discounted"
    RATINGS_READMITTED = "ratings readmitted"
    COLLAPSED = "note collapsed"
    RESTORED = "note restored"
    TAKEN_DOWN = "note taken down"
    NOTES_UPDATED = "posted notes updated"
    APPEALED = "appealed"
    APPEAL_ANSWERED = "appeal answered"
    REQUEST_ANSWERED = "request answered"
    FACTS_IMPORTED = "facts imported"

    @classmethod
    def of(cls, ruling: Ruling) -> Act:
        """Return the act of giving a ruling."""
        return cls[ruling.name]


COPY = "copy of"
"""The detail of a ruling that followed from one on another item with the same words: the judgement counts once."""

RULINGS = frozenset(Act.of(ruling) for ruling in Ruling)
"""The acts that are rulings."""


@dataclass(frozen=True, slots=True)
class NewAuditEvent:
    """An act, before it is stored.

    ``guild_id`` is None for what an operator does to every server's facts; ``by`` is None for the program itself.
    ``confidence`` is the model's own, before the server's rulings shift it. ``automatic``: a ruling on a note that
    was posted by itself. ``undoes`` is the event that an undo takes back. ``detail`` says the rest in words, by name.
    """

    at: datetime
    act: Act
    guild_id: int | None
    by: int | None = None
    item_id: int | None = None
    note_id: int | None = None
    slug: str | None = None
    fact_version: int | None = None
    rule_version: str | None = None
    confidence: float | None = None
    automatic: bool = False
    undoes: int | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """A stored act."""

    id: int
    new: NewAuditEvent
