"""An item of the review queue, and what moderators rule on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.match import Evidence, Relation


class ReviewState(StrEnum):
    """Where a review item is."""

    OPEN = "open"
    CLOSED = "closed"


class Ruling(StrEnum):
    """A moderator's act on an item; the last two are the program's own, when the post changes under it."""

    APPROVE = "approve"
    WRONG_MATCH = "wrong match"
    DISMISS = "dismiss"
    SOURCE_GONE = "source gone"
    SOURCE_EDITED = "source edited"


@dataclass(frozen=True, slots=True)
class NewReviewItem:
    """A match that waits for a moderator. ``post_text`` is kept only while the item is open."""

    guild_id: int
    channel_id: int
    message_id: int
    post_text: str
    slug: str
    fact_version: int
    relation: Relation
    confidence: float
    threshold: float
    reasons: tuple[str, ...]
    rule_version: str
    evidence: Evidence
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A stored item with its state and, once closed, who ruled what and when."""

    id: int
    new: NewReviewItem
    state: ReviewState
    ruling: Ruling | None = None
    ruled_by: int | None = None
    ruled_at: datetime | None = None
