"""An item of the review queue, and what moderators rule on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.match import Evidence, Relation


class ReviewState(StrEnum):
    """Where a review item is. A snoozed one comes back by itself; a closed one only by an undo."""

    OPEN = "open"
    ESCALATED = "escalated"
    SNOOZED = "snoozed"
    CLOSED = "closed"


AT_HAND = frozenset({ReviewState.OPEN, ReviewState.ESCALATED})
"""The states of an item that waits for a moderator now."""

WAITING = AT_HAND | {ReviewState.SNOOZED}
"""The states of an item that is not closed."""


class Ruling(StrEnum):
    """A moderator's act on an item; the last four are the program's own, when the post or its author leaves."""

    APPROVE = "approve"
    EDIT = "edit and approve"
    WRONG_MATCH = "wrong match"
    NOT_A_CLAIM = "not a claim"
    DISMISS = "dismiss"
    SOURCE_GONE = "source gone"
    SOURCE_EDITED = "source edited"
    EXPIRED = "not ruled in time"
    AUTHOR_LEFT = "the author opted out"


APPROVALS = frozenset({Ruling.APPROVE, Ruling.EDIT})
"""The rulings that say that the post repeats the claim, and post the note."""

JUDGEMENTS = APPROVALS | {Ruling.WRONG_MATCH, Ruling.NOT_A_CLAIM}
"""The rulings that say whether a match was right."""


@dataclass(frozen=True, slots=True)
class NewReviewItem:
    """A match that waits for a moderator.

    ``post_text`` is kept only until the item is closed, and so is ``author``, which stands for who wrote the post
    without telling who it is (see ``bot.domain.member``): an author who is to be forgotten is found by it.
    """

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
    author: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A stored item with its state and, once closed, who ruled what and when.

    ``assigned_to`` holds until ``assigned_until``; ``snoozed_until`` is set while it is snoozed.
    """

    id: int
    new: NewReviewItem
    state: ReviewState
    ruling: Ruling | None = None
    ruled_by: int | None = None
    ruled_at: datetime | None = None
    assigned_to: int | None = None
    assigned_until: datetime | None = None
    snoozed_until: datetime | None = None

    def assignee(self, now: datetime) -> int | None:
        """Return whose item this is now, if anybody's."""
        if self.assigned_until is None or self.assigned_until <= now:
            return None
        return self.assigned_to


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items of a server are meant; what is None or empty says nothing.

    ``since`` and ``before`` are about when they came: from the one on, until just before the other.
    """

    states: frozenset[ReviewState] = AT_HAND
    slug: str | None = None
    channel_id: int | None = None
    since: datetime | None = None
    before: datetime | None = None
    author: str | None = None
    """The pseudonym of who wrote the posts."""


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """The items at hand of one server that are about one fact: how many, and since when the oldest waits."""

    guild_id: int
    slug: str
    count: int
    since: datetime
    escalated: bool
