"""Which items of the queue are listed, small enough to stand in a custom id. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Self

from bot.domain.review import AT_HAND, ReviewState

STATES = {"hand": AT_HAND, "open": frozenset({ReviewState.OPEN}), "escalated": frozenset({ReviewState.ESCALATED})}
STATES |= {"snoozed": frozenset({ReviewState.SNOOZED})}
FILTER = (
    rf"(?P<page>[0-9]{{1,4}}):(?P<state>{'|'.join(STATES)}):(?P<channel>[0-9]{{1,20}}):"
    r"(?P<fact>[0-9a-f]{8}|0):(?P<before>[0-9]{1,11})"
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which items are listed, and which page of them.

    ``fact`` is a hash of the slug, which is too long for an id. ``before`` (Unix time; 0: none) keeps what came later
    from being dismissed unseen.
    """

    page: int = 0
    state: str = "hand"
    channel_id: int = 0
    fact: str = "0"
    before: int = 0

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        """Read a filter from a custom id."""
        return cls(int(match["page"]), match["state"], int(match["channel"]), match["fact"], int(match["before"]))

    def __str__(self) -> str:
        return f"{self.page}:{self.state}:{self.channel_id}:{self.fact}:{self.before}"


def fact_hash(slug: str) -> str:
    """Return a slug in eight characters."""
    return hashlib.sha256(slug.encode()).hexdigest()[:8]
