"""What importing facts asks of the database, and what is known of their sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.fact import Fact, Source, SourceCheck
from bot.domain.pack import Subscription


class ImportRepository(Protocol):
    """Finds what is there already, many facts at a time. ``guild_id`` None means the facts for all servers."""

    async def reviewed(self, guild_id: int | None, identities: Sequence[str]) -> dict[str, str]:
        """Return the slugs of the facts that hold reviews, retired ones too, by the reviews' identities."""
        ...

    async def claimed(self, guild_id: int | None, keys: Sequence[str]) -> dict[str, str]:
        """Return the slugs of the facts whose claims have a key, by key; the first by slug where several have the same.

        A retired fact is found only where it holds reviews.
        """
        ...

    async def taken(self, slugs: Sequence[str]) -> set[str]:
        """Return those of the slugs that facts have already."""
        ...

    async def load(self, slugs: Sequence[str]) -> list[Fact]:
        """Return the named facts in any order, retired ones too."""
        ...

    async def acts(self, slugs: Sequence[str]) -> dict[str, set[str]]:
        """Return how the kept versions of facts are called, by slug; a fact without any is not in the answer."""
        ...

    async def add(self, facts: Iterable[tuple[Fact, str]]) -> None:
        """Store new facts, each with the key of its claim.

        A source whose key stands for another document already is stored under another key.

        Raises:
            StoreError: A slug is taken.
        """
        ...

    async def unkeyed(self, *, limit: int) -> list[tuple[str, str]]:
        """Return slug and claim of facts whose claims have no key yet: those that weren't imported, or were edited.

        The oldest come first.
        """
        ...

    async def put_keys(self, keys: Mapping[str, str]) -> None:
        """Store the keys of facts' claims, by slug."""
        ...

    async def export(self, guild_id: int | None, *, after: str, limit: int) -> list[Fact]:
        """Return facts that aren't retired, ordered by slug, after one (exclusive)."""
        ...

    async def subscriptions(self, guild_id: int | None) -> list[Subscription]:
        """Return the packs that were taken in, ordered by name, without their facts."""
        ...

    async def subscription(self, guild_id: int | None, name: str) -> Subscription | None:
        """Return one of them with its facts, or None."""
        ...

    async def put_subscription(self, subscription: Subscription) -> None:
        """Store what was taken in, in place of the one of the same name."""
        ...

    async def unsubscribe(self, guild_id: int | None, name: str) -> bool:
        """Forget a pack, not its facts; return False where there is none."""
        ...


class SourceRepository(Protocol):
    """The sources of facts in use, and what came of looking at their addresses."""

    async def due(self, *, before: datetime, limit: int) -> list[Source]:
        """Return sources that facts which aren't retired cite, and that weren't looked at since; the longest ago first.

        Those of facts with a correction come before those of drafts.
        """
        ...

    async def record(self, checks: Mapping[str, SourceCheck]) -> None:
        """Store what came of it, by the sources' keys; a source that is gone from the store is passed over."""
        ...

    async def troubled(self, *, limit: int) -> list[Source]:
        """Return those that moved or are gone, ordered by key."""
        ...
