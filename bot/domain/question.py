"""What members asked that no fact answers, passed on with their consent and without their names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Question:
    """A text that somebody asked to have checked; ``asked`` counts the times, never who."""

    id: int
    guild_id: int
    text: str
    asked: int
    first_at: datetime
    last_at: datetime
