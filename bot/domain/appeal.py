"""An appeal: somebody says that a posted note should not stand, and moderators answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AppealKind(StrEnum):
    """Who says so.

    not said: the author of the post, with one tap, which collapses the note at once. written: the author, in words.
    community: the ratings, when they make a note not helpful.
    """

    NOT_SAID = "not what I said"
    WRITTEN = "appeal"
    COMMUNITY = "rated not helpful"


class Outcome(StrEnum):
    """What moderators made of it.

    restored: the note stands in full. upheld: it stays collapsed. taken down: it was wrong, and is gone. moot: it is
    gone for another reason (the post was deleted, a moderator ruled on the note elsewhere).
    """

    RESTORED = "restored"
    UPHELD = "stays collapsed"
    TAKEN_DOWN = "taken down"
    MOOT = "moot"


APPEAL_LIMIT = 500
"""Characters of an appeal, and of an answer to one."""


@dataclass(frozen=True, slots=True)
class NewAppeal:
    """An appeal, before it is stored.

    ``by`` stands for the member without telling who it is, None for the community. ``text`` is kept until it is
    answered.
    """

    guild_id: int
    note_id: int
    kind: AppealKind
    by: str | None
    at: datetime
    text: str = ""


@dataclass(frozen=True, slots=True)
class Appeal:
    """A stored appeal; its id is the receipt. ``answer`` is what moderators wrote back, besides the outcome."""

    id: int
    new: NewAppeal
    outcome: Outcome | None = None
    answer: str | None = None
    ruled_by: int | None = None
    ruled_at: datetime | None = None
