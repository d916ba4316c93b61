"""Take in publishers' reviews: compare each with what is there, and store what is new, batch by batch.

Every batch is one transaction. An import that is cut off is run again: what is in is recognised, the rest follows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

from bot.domain.audit import Act
from bot.domain.fact import Fact
from bot.domain.ports import Clock, Store, Transaction
from bot.domain.slugs import slug_of
from bot.exchange.incoming import Rejected, ReviewedClaim
from bot.matching.language import language_of
from bot.matching.magnet import refusal
from bot.matching.normalise import normalise
from bot.matching.words import words
from bot.services.imports.claims import claim_key, identity, key_of, source_key
from bot.services.imports.compare import IMPORTED, Batch, Foreseen, Found
from bot.services.imports.merge import UNKNOWN_LANGUAGE
from bot.services.imports.report import Report
from bot.services.versions import put_version

BATCH = 500
_TELLING = 8
"""Characters of a slug that tell facts apart whose claims begin alike: many do in a large feed."""
MOST_UNKEYED = 100_000
"""Facts that a dry run computes keys of: far more than people write by hand."""

Entry = ReviewedClaim | Rejected
Told = Callable[[int], None]
"""Is told how many entries are done."""


@dataclass(slots=True)
class _Run:
    """One import as it goes on: whom it is for, what it has met, and what came of it."""

    guild_id: int | None
    by: int | None
    report: Report
    today: date
    seen: set[str] = field(default_factory=set)
    foreseen: Foreseen = field(default_factory=Foreseen)


class ImportReviews:
    """Takes in reviews, for all servers or for one."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def take_in(
        self, entries: Iterable[Entry], report: Report, *, guild_id: int | None, by: int | None, told: Told
    ) -> None:
        """Take in entries as they are read; reading goes on beside the event loop.

        Args:
            entries: What a reader yields.
            report: Gets what becomes of each; where it says so, nothing is changed.
            guild_id: The server whose own facts they become; None for all servers' facts.
            by: The moderator; None for the operator.
            told: Is told how many are done.

        Raises:
            StoreError: The database can't be read or written. What was taken in before stays.
        """
        run = _Run(guild_id, by, report, self._clock().date())
        await (self._foresee_keys(run) if report.dry else self._key_others())
        left, done = iter(entries), 0
        while batch := await asyncio.to_thread(_prepared, left, run):
            if report.dry:
                async with self._store.reading() as tx:
                    plan = await _compared(tx, batch, run)
                run.foreseen.add(plan)
            else:
                async with self._store.transaction() as tx:
                    plan = await _compared(tx, batch, run)
                    untested = await self._store_batch(tx, plan, run)
                report.untested += untested
            # Only now: what is told is what was stored.
            for line in plan.lines:
                report.put(line)
            report.remarks += plan.remarks
            done += len(batch)
            told(done)

    async def _key_others(self) -> None:
        """Give keys to the claims of facts that weren't imported, so that reviews of the same claims join them."""
        while True:
            async with self._store.transaction() as tx:
                unkeyed = await tx.imports.unkeyed(limit=BATCH)
                if not unkeyed:
                    return
                facts = await tx.imports.load([slug for slug, _ in unkeyed])
                await tx.imports.put_keys({fact.slug: key_of(fact) for fact in facts})

    async def _foresee_keys(self, run: _Run) -> None:
        """Compute the same keys, and keep them for this run alone."""
        async with self._store.reading() as tx:
            slugs = [slug for slug, _ in await tx.imports.unkeyed(limit=MOST_UNKEYED)]
            found = {fact.slug: fact for fact in await tx.imports.load(slugs)}
        facts = [found[slug] for slug in slugs if found[slug].reviews or not found[slug].retired]
        keys = await asyncio.to_thread(lambda: {fact.slug: key_of(fact) for fact in facts})
        for fact in facts:
            if fact.guild_id == run.guild_id:
                run.foreseen.give(fact.slug, keys[fact.slug])
        run.foreseen.everywhere = {keys[it.slug] for it in facts if it.guild_id is None}

    async def _store_batch(self, tx: Transaction, plan: Batch, run: _Run) -> list[str]:
        """Store what a batch brings, and return the facts that have tests to pass now."""
        await tx.imports.add(await _with_free_slugs(tx, list(plan.new.values())))
        changed, untested = {}, []
        for fact, before in plan.changed():
            stored = await put_version(
                tx, fact, before=before, act=Act.FACT_EDITED, by=run.by, now=self._clock(), told=IMPORTED
            )
            if stored is not None:
                changed[stored.slug] = key_of(stored)
                untested += [] if stored.draft else [stored.slug]
        # A change takes the key away; the next batch finds the fact by it.
        await tx.imports.put_keys(changed)
        return untested


async def _compared(tx: Transaction, batch: Sequence[Found], run: _Run) -> Batch:
    plan = Batch(guild_id=run.guild_id, today=run.today, foreseen=run.foreseen)
    await plan.look_up(tx, [found for found in batch if found.entry is not None])
    for found in batch:
        plan.add(found)
    return plan


def _prepared(left: Iterator[Entry], run: _Run) -> list[Found]:
    """Read the next entries, and tell what each one is. Blocking."""
    return [_found(entry, run) for entry in islice(left, BATCH)]


def _found(entry: Entry, run: _Run) -> Found:
    if isinstance(entry, Rejected):
        return Found(entry.place, why=entry.why)
    review = entry.review
    name = identity(review.source.url, review.claim)
    if name in run.seen:
        return Found(entry.place, why="it is the same review as an earlier entry, which counts.")
    refused = refusal(words(normalise(review.claim)))
    if refused and not entry.appearances:
        return Found(entry.place, why=f"its claim can't be matched, since {refused}.")
    run.seen.add(name)
    source = replace(review.source, key=source_key(review.source))
    # Many publishers don't say it. A short claim stays without a language, and its matches wait for a moderator.
    language = entry.language or language_of(review.claim)
    entry = replace(entry, review=replace(review, identity=name, source=source), language=language)
    key = claim_key(review.claim, speaker=entry.speaker, language=language or UNKNOWN_LANGUAGE, alone=name)
    slug = slug_of(review.claim, f"{run.guild_id} {name}", telling=_TELLING)
    return Found(entry.place, entry=entry, key=key, slug=slug)


async def _with_free_slugs(tx: Transaction, new: Sequence[tuple[Fact, str]]) -> list[tuple[Fact, str]]:
    """Return new facts under slugs that no fact has: a clash is a matter of chance, and rare."""
    taken = await tx.imports.taken([fact.slug for fact, _ in new])
    if not taken:
        return list(new)
    return [(replace(fact, slug=f"{fact.slug}-{key[:6]}") if fact.slug in taken else fact, key) for fact, key in new]
