"""What belongs to a server: its policy, what was done in it, its moderators' cards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from bot.domain.audit import Act, AuditEvent, NewAuditEvent
from bot.domain.card import CardKey, PostedCard
from bot.domain.policy import FactLimit, Policy


class PolicyRepository(Protocol):
    """One policy a server."""

    async def get(self, guild_id: int) -> Policy:
        """Return a server's policy; ``default_policy`` where none was saved."""
        ...

    async def save(self, policy: Policy, *, at: datetime) -> None:
        """Store a server's policy in place of the earlier one."""
        ...

    async def servers(self) -> list[int]:
        """Return the ids of the servers that have saved a policy."""
        ...

    async def limits(self, guild_id: int, slug: str | None = None) -> list[FactLimit]:
        """Return how far facts may go in a server, of one fact where it is named."""
        ...

    async def limit(self, limit: FactLimit) -> None:
        """Store how far a fact may go in a place, in place of what was said before; ``auto`` lifts the limit."""
        ...


class AuditRepository(Protocol):
    """What was done by whom. Events are added and read, never changed."""

    async def add(self, event: NewAuditEvent) -> AuditEvent | None:
        """Store an event, or return None where it undoes one that is undone already."""
        ...

    async def get(self, event_id: int) -> AuditEvent | None:
        """Return an event, or None where there is none."""
        ...

    async def find(
        self,
        guild_id: int | None,
        *,
        acts: Iterable[Act] | None = None,
        slug: str | None = None,
        item_id: int | None = None,
        note_id: int | None = None,
        since: datetime | None = None,
        before: int | None = None,
        standing: bool = False,
        copies: bool = True,
        limit: int | None = None,
    ) -> list[AuditEvent]:
        """Return a server's events (None: what the operator did to all servers' facts), newest first, as narrowed.

        ``before``: only those older than an event's id. ``standing``: without undone ones and without undos.
        ``copies`` false: without rulings that followed from one on the same words.
        """
        ...

    async def tally(self, guild_id: int, slug: str) -> dict[Act, int]:
        """Return how often moderators gave each ruling on a fact; without undone ones, and copies count once."""
        ...


class CardRepository(Protocol):
    """The messages that are kept up to date in moderators' channels."""

    async def all(self, guild_id: int) -> list[PostedCard]:
        """Return a server's cards."""
        ...

    async def of_messages(self, message_ids: Collection[int]) -> list[PostedCard]:
        """Return the cards that some messages show."""
        ...

    async def put(self, card: PostedCard) -> None:
        """Store a card in the place of the one with its key."""
        ...

    async def remove(self, key: CardKey) -> None:
        """Forget a card; the message is not touched."""
        ...


class WatermarkRepository(Protocol):
    """Until when every post of a server was looked at, so that what came during an outage can be caught up with."""

    async def get(self, guild_id: int) -> datetime | None:
        """Return a server's watermark, or None where Footnote is new to it."""
        ...

    async def put(self, marks: Mapping[int, datetime]) -> None:
        """Store watermarks by server; an earlier one than is stored changes nothing."""
        ...
