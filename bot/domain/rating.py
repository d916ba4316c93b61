"""What members say of notes, and what that makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Helpfulness(StrEnum):
    """What a member says of a note."""

    HELPFUL = "helpful"
    SOMEWHAT = "somewhat helpful"
    NOT_HELPFUL = "not helpful"


WORTH: Mapping[Helpfulness, float] = {
    Helpfulness.HELPFUL: 1.0,
    Helpfulness.SOMEWHAT: 0.5,
    Helpfulness.NOT_HELPFUL: 0.0,
}
"""What each counts in the model (X's scorer, twitter/communitynotes)."""


class Reason(StrEnum):
    """Why a member says so: the tags of X's Community Notes, under X's code names."""

    CLEAR = "clear"
    GOOD_SOURCES = "good-sources"
    ADDRESSES_CLAIM = "addresses-claim"
    IMPORTANT_CONTEXT = "important-context"
    UNBIASED = "unbiased"
    SOURCES_MISSING = "sources-missing"
    IRRELEVANT_SOURCES = "irrelevant-sources"
    INCORRECT = "incorrect"
    OPINION = "opinion"
    HARD_TO_UNDERSTAND = "hard-to-understand"
    MISSING_KEY_POINTS = "missing-key-points"
    ARGUMENTATIVE = "argumentative"
    NOT_NEEDED = "not-needed"
    HARASSMENT = "harassment"
    OTHER = "other"


HELPFUL_REASONS: Mapping[Reason, str] = {
    Reason.CLEAR: "Easy to understand",
    Reason.GOOD_SOURCES: "Cites high-quality sources",
    Reason.ADDRESSES_CLAIM: "Directly addresses the post's claim",
    Reason.IMPORTANT_CONTEXT: "Provides important context",
    Reason.UNBIASED: "Neutral or unbiased language",
    Reason.OTHER: "Something else",
}
"""The reasons for "helpful", with what members read."""

UNHELPFUL_REASONS: Mapping[Reason, str] = {
    Reason.SOURCES_MISSING: "Sources not included or unreliable",
    Reason.IRRELEVANT_SOURCES: "Sources do not support note",
    Reason.INCORRECT: "Incorrect information",
    Reason.OPINION: "Opinion or speculation",
    Reason.HARD_TO_UNDERSTAND: "Typos or unclear language",
    Reason.MISSING_KEY_POINTS: "Misses key points or irrelevant",
    Reason.ARGUMENTATIVE: "Argumentative or biased language",
    Reason.NOT_NEEDED: "Note not needed on this post",
    Reason.HARASSMENT: "Harassment or abuse",
    Reason.OTHER: "Something else",
}
"""The reasons for "not helpful", with what members read."""


def reasons_for(said: Helpfulness) -> Mapping[Reason, str]:
    """Return the reasons that go with what a member says; both kinds where a note is somewhat helpful."""
    if said is Helpfulness.HELPFUL:
        return HELPFUL_REASONS
    if said is Helpfulness.NOT_HELPFUL:
        return UNHELPFUL_REASONS
    return {**HELPFUL_REASONS, **UNHELPFUL_REASONS}


@dataclass(frozen=True, slots=True)
class Rating:
    """The latest word of one member on one note.

    ``rater`` stands for the member without telling who it is (see ``bot.domain.privacy``).
    """

    note_id: int
    guild_id: int
    rater: str
    said: Helpfulness
    reasons: frozenset[Reason]
    at: datetime


class NoteStatus(StrEnum):
    """What the ratings make of a note. Notes alone have a status."""

    NEEDS_MORE = "needs more ratings"
    HELPFUL = "helpful"
    NOT_HELPFUL = "not helpful"


@dataclass(frozen=True, slots=True)
class NoteScore:
    """What a rule made of a note's ratings at one time.

    ``status`` is what the rule says now, which may have to stand for a while before it is shown. ``rule`` names the
    rule with its version. ``provisional``: there are too few raters for a bridging judgement. ``count`` is how many
    ratings were counted. ``why`` holds the arithmetic in plain words, a sentence each. ``intercept`` and ``factor`` are
    the note's in the fitted model, None where it isn't in it.
    """

    note_id: int
    status: NoteStatus
    rule: str
    provisional: bool
    count: int
    why: tuple[str, ...]
    intercept: float | None = None
    factor: float | None = None


@dataclass(frozen=True, slots=True)
class NoteStanding:
    """How a note stands with its raters: what is shown, since when, and what the latest count would make of it.

    ``shown`` is the status that members see. ``score`` is the latest; where its status isn't the shown one, it has said
    so since ``changing_since``. ``locked_at``: from then on nothing changes any more.
    """

    note_id: int
    guild_id: int
    shown: NoteStatus
    since: datetime
    score: NoteScore
    changing_since: datetime | None = None
    locked_at: datetime | None = None
