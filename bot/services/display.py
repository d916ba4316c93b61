"""What the board needs from the room that draws its cards."""

from __future__ import annotations

from typing import Protocol

from bot.services.cards import Card


class Display(Protocol):
    """Shows cards where moderators read them."""

    async def show(self, card: Card, *, channel_id: int, message_id: int | None) -> int:
        """Post a card, or bring a posted one up to date, and return its message id.

        Raises:
            SourceGone: The message, or the channel, is gone.
            DeliveryRefused: Not allowed there.
            DeliveryDelayed: A passing fault.
        """
        ...

    async def remove(self, *, channel_id: int, message_id: int) -> None:
        """Delete a card; succeed where it is gone already or may not be deleted."""
        ...

    async def tell(self, guild_id: int, channel_id: int, sentence: str) -> None:
        """Post a sentence. Raises as ``show`` does."""
        ...
