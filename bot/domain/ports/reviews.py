"""The review queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.outstanding import Outstanding
from bot.domain.review import ItemGroup, NewReviewItem, ReviewItem, Ruling, Wanted


class ReviewRepository(Protocol):
    """The review queue."""

    async def add(self, item: NewReviewItem) -> ReviewItem | None:
        """Store an open item, or return None where this message and slug have one, open or closed."""
        ...

    async def get(self, item_id: int) -> ReviewItem | None:
        """Return an item, or None where there is none."""
        ...

    async def find(
        self, guild_id: int, wanted: Wanted | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[ReviewItem]:
        """Return a server's items, those at hand unless others are wanted: escalated ones first, then the oldest."""
        ...

    async def count(self, guild_id: int, wanted: Wanted | None = None) -> int:
        """Return how many items ``find`` would return without a limit."""
        ...

    async def groups(self, guild_id: int | None = None) -> list[ItemGroup]:
        """Return what is at hand by fact, of one server or of all: escalated ones first, then the oldest."""
        ...

    async def at_hand(self) -> Outstanding:
        """Return how many items of all servers are at hand, and when the oldest came."""
        ...

    async def ruled(self, guild_id: int, *, since: datetime) -> list[ReviewItem]:
        """Return a server's items that were closed since a time, oldest first."""
        ...

    async def for_message(self, message_id: int) -> list[ReviewItem]:
        """Return every item of a message, open or closed, oldest first."""
        ...

    async def for_channel(self, channel_id: int) -> list[ReviewItem]:
        """Return every item of a channel, open or closed, oldest first."""
        ...

    async def reword(self, item_id: int, post_text: str) -> None:
        """Put a post's new words in place of the old ones, where the item isn't closed."""
        ...

    async def close(self, item_id: int, *, ruling: Ruling, by: int | None, at: datetime) -> bool:
        """Close an item and set the ruling, or return False and change nothing where it is closed already.

        The post's words and its author go: ``post_text`` and the evidence's ``matched_words`` are emptied.
        """
        ...

    async def reopen(self, item_id: int, *, post_text: str, author: str | None = None) -> bool:
        """Open a closed item again, with the post's words as they are now; False where it isn't closed."""
        ...

    async def assign(self, item_ids: Sequence[int], *, to: int | None, until: datetime | None) -> None:
        """Say whose some items are, and how long; those that are closed stay as they are."""
        ...

    async def escalate(self, item_id: int) -> bool:
        """Escalate an item, or return False where it is escalated or closed already."""
        ...

    async def snooze(self, item_ids: Sequence[int], *, until: datetime) -> int:
        """Put items that aren't closed away until a time, and return how many that were."""
        ...

    async def stale(self, guild_id: int, *, before: datetime) -> list[ReviewItem]:
        """Return a server's items that aren't closed and came before a time, oldest first."""
        ...

    async def wake(self, now: datetime) -> int:
        """Open the items whose time to sleep is over, and return how many there were."""
        ...
