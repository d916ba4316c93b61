"""Facts that moderators are writing. A draft may be as incomplete as it likes; only saving it asks for more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.fact import Draft, Fact
from bot.domain.ports import Clock, Store, Transaction
from bot.services.own_facts import blank_fact, own_version, visible
from bot.services.versions import with_free_slug

KEPT_FOR = timedelta(days=1)
"""How long a draft waits for its moderator."""


@dataclass(frozen=True, slots=True)
class Start:
    """What a change begins with, and the stored version in whose place it will stand, if there is one."""

    fact: Fact
    before: Fact | None


async def start_from(tx: Transaction, guild_id: int, slug: str) -> Start | None:
    """Return what changing a fact in a server begins with, or None where the server sees no such fact.

    A global fact is the operator's: what changes is the server's own version of it, which may have to be made first.
    """
    fact = visible(await tx.facts.get(slug), guild_id)
    if fact is None or (fact.retired and fact.guild_id is None):
        return None
    if fact.guild_id is None:
        before = next((one for one in await tx.facts.own(guild_id) if one.overrides == slug), None)
        if before is None:
            return Start(await with_free_slug(tx, own_version(fact, guild_id)), None)
        if before.retired:
            renewed = own_version(fact, guild_id)
            return Start(replace(renewed, slug=before.slug), before)
        fact = before
    return Start(replace(fact, retired=False, failed_tests=()), fact)


class Drafts:
    """Begins, changes and discards drafts; each belongs to one server, and no other sees it."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def begin(self, guild_id: int, by: int, *, slug: str | None = None, claim: str = "") -> Draft | None:
        """Begin a draft: of a new fact, or of a change to the one that is named.

        Args:
            guild_id: The server.
            by: The moderator.
            slug: The fact to change; of a global one the server gets a version of its own.
            claim: What a new fact is about.

        Returns:
            The draft, or None where the server sees no such fact.
        """
        now = self._clock()
        async with self._store.transaction() as tx:
            await tx.drafts.purge(before=now - KEPT_FOR)
            if slug is None:
                blank = await with_free_slug(tx, blank_fact(guild_id, claim, today=now.date()))
                start: Start | None = Start(blank, None)
            else:
                start = await start_from(tx, guild_id, slug)
            if start is None:
                return None
            version = None if start.before is None else start.before.version
            return await tx.drafts.add(guild_id=guild_id, by=by, at=now, fact=start.fact, base_version=version)

    async def get(self, draft_id: int, guild_id: int) -> Draft | None:
        """Return a server's draft, or None where it is gone: saved, discarded or too old."""
        async with self._store.transaction() as tx:
            return await self._get(tx, draft_id, guild_id)

    async def change(self, draft_id: int, guild_id: int, change: Callable[[Fact], Fact]) -> Draft | None:
        """Apply a change to what is written so far, and return the draft, or None where it is gone."""
        async with self._store.transaction() as tx:
            draft = await self._get(tx, draft_id, guild_id)
            if draft is None:
                return None
            await tx.drafts.put(draft_id, change(draft.fact))
            return await tx.drafts.get(draft_id)

    async def discard(self, draft_id: int, guild_id: int) -> bool:
        """Delete a draft, or return False where it is gone."""
        async with self._store.transaction() as tx:
            return await self._get(tx, draft_id, guild_id) is not None and await tx.drafts.remove(draft_id)

    async def renew(self, draft_id: int, guild_id: int) -> Draft | None:
        """Let a draft start from the fact as it is now, what is written kept; None where either is gone."""
        async with self._store.transaction() as tx:
            draft = await self._get(tx, draft_id, guild_id)
            if draft is None:
                return None
            slug = draft.fact.overrides or draft.fact.slug
            start = await start_from(tx, guild_id, slug)
            if start is None or start.before is None:
                return None
            fact = replace(draft.fact, slug=start.before.slug)
            await tx.drafts.remove(draft_id)
            version = start.before.version
            return await tx.drafts.add(guild_id=guild_id, by=draft.by, at=draft.at, fact=fact, base_version=version)

    async def _get(self, tx: Transaction, draft_id: int, guild_id: int) -> Draft | None:
        await tx.drafts.purge(before=self._clock() - KEPT_FOR)
        draft = await tx.drafts.get(draft_id)
        return draft if draft is not None and draft.guild_id == guild_id else None
