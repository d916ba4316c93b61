"""The decision on a post: reply, queue or ignore, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.match import Match
from bot.domain.policy import Mode


class Action(StrEnum):
    """What happens to a post."""

    REPLY = "reply"
    QUEUE = "queue"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, on which match, against which threshold, and why.

    ``match`` is the best match, also where the post is ignored, or None where nothing came near. ``candidates``
    holds up to five matches, best first. ``mode`` is how far the matched fact may go in this place.
    """

    action: Action
    match: Match | None
    candidates: tuple[Match, ...]
    threshold: float
    reasons: tuple[str, ...]
    rule_version: str
    mode: Mode
