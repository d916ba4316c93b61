"""A wall on which moderators' cards are hung, and the board that keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from bot.domain.card import PostedCard
from bot.domain.errors import DeliveryDelayed, DeliveryRefused, SourceGone
from bot.domain.policy import Mode
from bot.services.cards import Card
from tests.builders import an_item
from tests.services.conftest import GUILD, Clock, House

QUEUE, LOG = 900, 901


@dataclass
class Wall:
    """A display that hangs cards on a wall: ``hung`` is what is there, by message id, with its channel.

    ``gone``, ``refused``, ``delayed`` and ``broken`` are the channels that can't be used now, and how.
    """

    hung: dict[int, tuple[int, Card]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    delayed: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    said: list[tuple[int, int, str]] = field(default_factory=list)
    tries: int = 0
    posted: int = 0

    async def show(self, card: Card, *, channel_id: int, message_id: int | None) -> int:
        self.tries += 1
        self._check(channel_id)
        if message_id is None:
            self.posted += 1
            message_id = 7000 + self.posted
        elif message_id not in self.hung:
            raise SourceGone("The message is gone.")
        self.hung[message_id] = (channel_id, card)
        return message_id

    async def remove(self, *, channel_id: int, message_id: int) -> None:
        self.hung.pop(message_id, None)

    async def tell(self, guild_id: int, channel_id: int, sentence: str) -> None:
        self._check(channel_id)
        self.said.append((guild_id, channel_id, sentence))

    def cards(self, channel_id: int = QUEUE) -> list[Card]:
        """Return what hangs in a channel, the oldest message first."""
        return [card for _, (place, card) in sorted(self.hung.items()) if place == channel_id]

    def _check(self, channel_id: int) -> None:
        if channel_id in self.gone:
            raise SourceGone("The channel is gone.")
        if channel_id in self.refused:
            raise DeliveryRefused(f"Footnote may not write in <#{channel_id}>.")
        if channel_id in self.delayed:
            raise DeliveryDelayed("Discord answered 503.")
        if channel_id in self.broken:
            raise RuntimeError("A card that can't be drawn.")


class Board:
    """A house with moderators' channels, and the board that keeps the cards there."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.wall = Wall()
        self.keeper = house.services.cards(self.wall)

    @property
    def clock(self) -> Clock:
        """The house's clock."""
        return self.house.clock

    async def refresh(self) -> None:
        """Bring every card up to date."""
        await self.keeper.refresh()

    async def restart(self) -> None:
        """Be another process on the same store, which repairs first."""
        self.keeper = self.house.services.cards(self.wall)
        await self.keeper.repair()

    async def channels(self, guild_id: int = GUILD, **over: Any) -> None:
        """Change which channels a server's moderators use."""
        await self.house.policies.change(guild_id, lambda policy: replace(policy, **over))

    async def kept(self, guild_id: int = GUILD) -> list[PostedCard]:
        """Return the cards that the store knows of."""
        async with self.house.store.transaction() as tx:
            return await tx.cards.all(guild_id)

    async def waiting(self, count: int, guild_id: int = GUILD) -> None:
        """Let items wait on so many facts, the first one longest."""
        async with self.house.store.transaction() as tx:
            for number in range(count):
                new = an_item(guild_id=guild_id, message_id=guild_id * 1000 + number, slug=f"fact-{number:02}")
                await tx.reviews.add(new)


async def hang(house: House) -> Board:
    """Return the board of a server whose moderators see everything first."""
    board = Board(house)
    await house.mode(Mode.QUEUE, queue_channel=QUEUE, log_channel=LOG)
    return board


T = TypeVar("T")


def only(cards: list[Card], kind: type[T]) -> T:
    """Return the one card that hangs, which is of a kind."""
    [card] = cards
    assert isinstance(card, kind)
    return card
