"""What members asked to have checked and no fact answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

REQUEST_LIMIT = 500
"""Characters of a request."""


class Answer(StrEnum):
    """What moderators made of a request."""

    FACT = "answered by a fact"
    NOT_NEEDED = "no fact-check needed"


@dataclass(frozen=True, slots=True)
class Request:
    """A claim that members asked to have checked, in the words of the first of them.

    ``asked`` counts the members, each once. ``slug`` is the fact that answers it.
    """

    id: int
    guild_id: int
    text: str
    asked: int
    first_at: datetime
    last_at: datetime
    answer: Answer | None = None
    slug: str | None = None
    answered_by: int | None = None
    answered_at: datetime | None = None
