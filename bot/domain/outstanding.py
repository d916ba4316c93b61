"""How much of something waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Outstanding:
    """How many of something wait, and the moment from which the first of them does; None where nothing waits."""

    count: int = 0
    since: datetime | None = None
