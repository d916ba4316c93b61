"""Counting nothing, for programs that nobody watches."""

from __future__ import annotations

from typing import Literal


class NoMeter:
    """A ``Meter`` that forgets at once."""

    def decided(self, outcome: Literal["reply", "queue", "ignore", "unseen"], seconds: float) -> None:
        """Do nothing."""

    def dropped(self, why: Literal["full", "failed"]) -> None:
        """Do nothing."""

    def delivered(self, outcome: Literal["posted", "edited", "retracted", "postponed", "given_up"]) -> None:
        """Do nothing."""

    def failed(self, where: str) -> None:
        """Do nothing."""
