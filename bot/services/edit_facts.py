"""Change facts: save drafts, retire, restore, add wordings. Every change is a new version, audited and tested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.domain.audit import Act
from bot.domain.fact import Draft, Fact, FactVersion, NearMiss
from bot.domain.ports import Clock, Store, Transaction
from bot.services.compute import MatchingWorker
from bot.services.drafts import Drafts, Start, start_from
from bot.services.facts import FactLibrary
from bot.services.own_facts import own, refused, visible
from bot.services.vectors import VectorSource, add_vectors
from bot.services.versions import UNTESTED, put_version
from bot.services.wakeup import Bell


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of a change, in words to show to the moderator, and the fact as it is stored now."""

    done: bool
    message: str
    fact: Fact | None = None
    conflict: bool = False
    """Whether the fact was changed by somebody else meanwhile."""


GONE = Saved(done=False, message="This draft is gone: it was saved or discarded, or is older than a day.")
NO_FACT = Saved(done=False, message="There is no such fact in this server.")
_NOT_YOURS = Saved(
    done=False,
    message="This fact is for all servers, so only the bot's operator can do that. “/facts edit” makes this server's "
    "own version of it, and “/settings limit” mutes it here.",
)
_CONFLICT = Saved(
    done=False,
    message="Not saved: this fact was changed meanwhile.",
    conflict=True,
)


class EditFacts:
    """Changes the facts of servers; global facts are the operator's, and of those a server gets its own version."""

    def __init__(
        self,
        *,
        store: Store,
        worker: MatchingWorker,
        library: FactLibrary,
        drafts: Drafts,
        vectors: VectorSource | None,
        clock: Clock,
        board: Bell,
    ) -> None:
        self._store = store
        self._worker = worker
        self._library = library
        self._drafts = drafts
        self._vectors = vectors
        self._clock = clock
        self._board = board

    async def save(self, draft_id: int, guild_id: int, *, by: int) -> Saved:
        """Make a draft the fact's next version; where it can't be, the draft stays as it is."""
        draft = await self._drafts.get(draft_id, guild_id)
        if draft is None:
            return GONE
        if why := await self._worker.run(refused, draft.fact):
            return Saved(done=False, message=f"Not saved: {why}")
        async with self._store.transaction() as tx:
            if await tx.drafts.get(draft_id) != draft:
                return GONE if await tx.drafts.get(draft_id) is None else _CONFLICT
            start = await _start_of(tx, draft)
            stored = None if start is None else await self._put(tx, start, by=by)
            if stored is None:
                return _CONFLICT
            await tx.drafts.remove(draft_id)
        return await self.follow(stored)

    async def resume_tests(self) -> int:
        """Run the tests that a process which died left undone, and return of how many facts."""
        async with self._store.transaction() as tx:
            untested = await tx.facts.failing(UNTESTED)
        if untested:
            await self._library.test(untested)
        return len(untested)

    async def retire(self, guild_id: int, slug: str, *, by: int) -> Saved:
        """Take a server's own fact out of use; what it overrides stands in its place again."""
        async with self._store.transaction() as tx:
            fact = visible(await tx.facts.get(slug), guild_id)
            if fact is None or own(fact, guild_id) is None:
                return NO_FACT if fact is None else _NOT_YOURS
            if fact.retired:
                return Saved(done=False, message="This fact is retired already.", fact=fact)
            retired = replace(fact, retired=True)
            stored = await put_version(tx, retired, before=fact, act=Act.FACT_RETIRED, by=by, now=self._clock())
        return _CONFLICT if stored is None else await self.follow(stored)

    async def restore(self, guild_id: int, slug: str, version: int, *, by: int) -> Saved:
        """Make an earlier version of a server's own fact the next one, in use."""
        async with self._store.transaction() as tx:
            fact = visible(await tx.facts.get(slug), guild_id)
            kept = await tx.facts.history(slug)
        if fact is None or own(fact, guild_id) is None:
            return NO_FACT if fact is None else _NOT_YOURS
        earlier = next((one.fact for one in kept if one.fact.version == version), None)
        if earlier is None:
            return Saved(done=False, message=f"No version {version} of this fact is kept.")
        again = replace(earlier, retired=False, version=fact.version, failed_tests=fact.failed_tests)
        if again == fact:
            return Saved(done=False, message=f"The fact is as in version {version} already.", fact=fact)
        return await self._amend(Start(again, fact), Act.FACT_RESTORED, by=by)

    async def add_phrasing(self, guild_id: int, slug: str, text: str, *, by: int) -> Saved:
        """Add a wording that must match; of a global fact, to the server's own version of it."""
        line = " ".join(text.split())
        return await self._add(guild_id, slug, lambda fact: replace(fact, phrasings=(*fact.phrasings, line)), by=by)

    async def add_near_miss(self, guild_id: int, slug: str, text: str, kind: str, *, by: int) -> Saved:
        """Add a wording that must not match; of a global fact, to the server's own version of it."""
        miss = NearMiss(" ".join(text.split()), " ".join(kind.split()))
        return await self._add(guild_id, slug, lambda fact: replace(fact, near_misses=(*fact.near_misses, miss)), by=by)

    async def history(self, slug: str, guild_id: int) -> list[FactVersion]:
        """Return the kept versions of a fact that a server sees, newest first; none where it was never changed."""
        async with self._store.reading() as tx:
            if visible(await tx.facts.get(slug), guild_id) is None:
                return []
            return await tx.facts.history(slug)

    async def _add(self, guild_id: int, slug: str, change: Callable[[Fact], Fact], *, by: int) -> Saved:
        async with self._store.transaction() as tx:
            start = await start_from(tx, guild_id, slug)
        if start is None or (start.before is not None and start.before.slug == slug and start.before.retired):
            return NO_FACT
        act = Act.FACT_ADDED if start.before is None else Act.FACT_EDITED
        return await self._amend(Start(change(start.fact), start.before), act, by=by)

    async def _amend(self, start: Start, act: Act, *, by: int) -> Saved:
        if why := await self._worker.run(refused, start.fact):
            return Saved(done=False, message=f"Not saved: {why}")
        async with self._store.transaction() as tx:
            stored = await put_version(tx, start.fact, before=start.before, act=act, by=by, now=self._clock())
        return _CONFLICT if stored is None else await self.follow(stored)

    async def _put(self, tx: Transaction, start: Start, *, by: int) -> Fact | None:
        act = Act.FACT_ADDED if start.before is None else Act.FACT_EDITED
        return await put_version(tx, start.fact, before=start.before, act=act, by=by, now=self._clock())

    async def follow(self, fact: Fact) -> Saved:
        """Let matching take up a stored version, run its tests where it can reply, and say how it stands."""
        if self._vectors is not None:
            async for _ in add_vectors(self._store, self._vectors, [fact.slug]):
                pass
        await self._worker.sync()
        if not fact.retired:
            await self._library.test([fact.slug])
            fact = await self._library.get(fact.slug) or fact
        self._board.ring_for(fact.guild_id or 0)
        return Saved(done=True, message=_outcome(fact), fact=fact)


async def _start_of(tx: Transaction, draft: Draft) -> Start | None:
    """Return what a draft is to stand for, or None where its fact was changed since it was begun."""
    fact = draft.fact
    if draft.base_version is not None:
        before = own(await tx.facts.get(fact.slug), draft.guild_id)
        return Start(fact, before) if before is not None and before.version == draft.base_version else None
    return Start(fact, None)


def _outcome(fact: Fact) -> str:
    if fact.retired:
        back = " What it overrode stands in its place again." if fact.overrides else ""
        return f"Retired: it answers nothing any more.{back}"
    count = len(fact.failed_tests)
    if not count:
        return f"Saved as version {fact.version}; its tests pass."
    fail = f"{count} of its tests fails" if count == 1 else f"{count} of its tests fail"
    return f"Saved as version {fact.version}. It is held back from replying by itself, for {fail}."
