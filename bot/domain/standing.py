"""How a fact stands in a server: what its moderators made of it so far."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.policy import Mode


@dataclass(frozen=True, slots=True)
class Standing:
    """What a decision must know of a fact in a place.

    ``approvals`` counts the approved matches since the last wrong one, or since the fact was reworded. ``limit`` is
    how far the server's moderators let it go in this place.
    """

    approvals: int = 0
    limit: Mode = Mode.AUTO
