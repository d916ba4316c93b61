"""Raters, as moderators deal with them: never by name, and never one by one on a board."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.audit import Act, NewAuditEvent
from bot.domain.member import Mark, Pseudonyms
from bot.domain.ports import Clock, Store, Transaction
from bot.domain.rating import WORTH, Rating
from bot.domain.sheet import row
from bot.notes.ratings.patterns import Pattern, find_patterns
from bot.services.wakeup import Bell


@dataclass(frozen=True, slots=True)
class Group:
    """Raters who always vote together, in a sentence without names; ``key`` finds them again."""

    key: str
    sentence: str


class Raters:
    """Says which raters vote together, and whose ratings don't count in a server."""

    def __init__(self, *, store: Store, clock: Clock, pseudonyms: Pseudonyms, bell: Bell) -> None:
        self._store = store
        self._clock = clock
        self._pseudonyms = pseudonyms
        self._bell = bell

    async def discount(self, guild_id: int, member_id: int, *, by: int) -> str:
        """Let none of a member's ratings count in a server, earlier and later ones, and say so."""
        count = await self._discount(guild_id, [self._pseudonyms.of(member_id)], by=by)
        return "From now on this member's ratings don't count here." if count else "They don't count already."

    async def readmit(self, guild_id: int, member_id: int, *, by: int) -> str:
        """Let a member's ratings count again, and say so."""
        async with self._store.transaction() as tx:
            name = self._pseudonyms.of(member_id)
            if not await tx.members.unmark(Mark.DISCOUNTED, name, guild_id=guild_id):
                return "This member's ratings count already."
            await tx.audit.add(NewAuditEvent(self._clock(), Act.RATINGS_READMITTED, guild_id, by=by))
        self._bell.ring_for(guild_id)
        return "This member's ratings count again."

    async def groups(self, guild_id: int) -> list[Group]:
        """Return the groups of raters who always vote together, those aside whose ratings don't count."""
        return [Group(_key(found), found.sentence) for found in await self._patterns(guild_id)]

    async def discount_group(self, guild_id: int, key: str, *, by: int) -> str:
        """Let none of a group's ratings count, if the group is still there, and say so."""
        found = next((one for one in await self._patterns(guild_id) if _key(one) == key), None)
        if found is None:
            return "This pattern is gone: the ratings changed, or it was dealt with. Look again with /ratings patterns."
        count = await self._discount(guild_id, found.raters, by=by)
        return f"The ratings of these {count} members don't count here any more."

    async def table(self, guild_id: int) -> bytes:
        """Return a server's ratings as CSV that ``footnote ratings score`` reads; raters are numbered anew."""
        async with self._store.reading() as tx:
            ratings = await counting(tx, guild_id)
        numbers = {rater: number for number, rater in enumerate(sorted({one.rater for one in ratings}), start=1)}
        lines = [("note", "rater", "rating", "reasons"), *(_cells(one, numbers[one.rater]) for one in ratings)]
        return "".join(map(row, lines)).encode()

    async def _patterns(self, guild_id: int) -> tuple[Pattern, ...]:
        async with self._store.reading() as tx:
            ratings = await counting(tx, guild_id)
        return await asyncio.to_thread(find_patterns, ratings)

    async def _discount(self, guild_id: int, raters: Collection[str], *, by: int) -> int:
        now = self._clock()
        async with self._store.transaction() as tx:
            marked = [await tx.members.mark(Mark.DISCOUNTED, one, guild_id=guild_id, at=now) for one in raters]
            if any(marked):
                detail = {"members": str(sum(marked))}
                await tx.audit.add(NewAuditEvent(now, Act.RATINGS_DISCOUNTED, guild_id, by=by, detail=detail))
        self._bell.ring_for(guild_id)
        return sum(marked)


async def counting(tx: Transaction, guild_id: int) -> list[Rating]:
    """Return the ratings of a server that count, by note and rater: those of discounted raters don't."""
    discounted = await tx.members.marked(Mark.DISCOUNTED, guild_id=guild_id)
    return [one for one in await tx.ratings.of_server(guild_id) if one.rater not in discounted]


def _key(pattern: Pattern) -> str:
    return hashlib.sha256(" ".join(pattern.raters).encode()).hexdigest()[:16]


def _cells(rating: Rating, number: int) -> tuple[object, ...]:
    reasons = " ".join(sorted(reason.value for reason in rating.reasons))
    return rating.note_id, number, f"{WORTH[rating.said]:g}", reasons
