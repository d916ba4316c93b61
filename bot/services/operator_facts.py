"""Change the facts for all servers: the operator's own acts, with versions and an entry in the log as everywhere."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.audit import Act
from bot.domain.fact import Fact
from bot.domain.ports import Clock, Store
from bot.services.compute import MatchingWorker
from bot.services.edit_facts import EditFacts, Saved
from bot.services.imports.claims import identity
from bot.services.own_facts import refused
from bot.services.versions import put_version


class OperateFacts:
    """Adds, edits and retires facts for all servers."""

    def __init__(self, *, store: Store, worker: MatchingWorker, edits: EditFacts, clock: Clock) -> None:
        self._store = store
        self._worker = worker
        self._edits = edits
        self._clock = clock

    async def add(self, fact: Fact) -> Saved:
        """Store a new fact under its slug."""
        fact = _identified(fact)
        if why := await self._worker.run(refused, fact):
            return Saved(done=False, message=f"Not saved: {why}")
        async with self._store.transaction() as tx:
            if await tx.facts.get(fact.slug) is not None:
                return Saved(
                    done=False, message=f"Not saved: there is a fact {fact.slug} already; choose another slug."
                )
            stored = await put_version(tx, fact, before=None, act=Act.FACT_ADDED, by=None, now=self._clock())
        assert stored is not None  # only a version that is in the way of another isn't stored
        return await self._edits.follow(stored)

    async def edit(self, before: Fact, fact: Fact) -> Saved:
        """Store a fact's next version, unless it was changed since ``before`` was read."""
        if why := await self._worker.run(refused, fact):
            return Saved(done=False, message=f"Not saved: {why}", fact=before)
        fact = replace(_identified(fact), slug=before.slug, retired=False, guild_id=None, overrides=None)
        if fact == replace(before, version=fact.version, failed_tests=fact.failed_tests):
            return Saved(done=False, message="Nothing was changed.", fact=before)
        return await self._put(fact, before, Act.FACT_EDITED)

    async def retire(self, slug: str) -> Saved:
        """Take a fact out of use."""
        async with self._store.reading() as tx:
            fact = await tx.facts.get(slug)
        if fact is None or fact.guild_id is not None:
            return Saved(done=False, message=f"There is no fact {slug} for all servers.")
        if fact.retired:
            return Saved(done=False, message="This fact is retired already.", fact=fact)
        return await self._put(replace(fact, retired=True), fact, Act.FACT_RETIRED)

    async def _put(self, fact: Fact, before: Fact, act: Act) -> Saved:
        async with self._store.transaction() as tx:
            stored = await put_version(tx, fact, before=before, act=act, by=None, now=self._clock())
        if stored is None:
            return Saved(done=False, message="Not saved: this fact was changed meanwhile.", fact=before, conflict=True)
        return await self._edits.follow(stored)


def _identified(fact: Fact) -> Fact:
    """Return a fact whose reviews are told from others: a text that was edited by hand doesn't say how."""
    reviews = (replace(one, identity=identity(one.source.url, one.claim)) for one in fact.reviews)
    return replace(fact, reviews=tuple(reviews))
