"""What an import begins with: reviews, packs, and a store that they go into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from bot.domain.audit import Act, AuditEvent
from bot.domain.fact import Fact, FactVersion, Review, Source, Verdict
from bot.domain.pack import Pack, Signature
from bot.domain.ports import Store
from bot.exchange.incoming import ReadPack, ReviewedClaim
from bot.services.compute import MatchingWorker
from bot.services.facts import FactLibrary
from bot.services.imports.report import Line, Report
from bot.services.imports.reviews import Entry
from bot.services.imports.take_in import TakeIn
from bot.services.versions import put_version
from bot.services.wakeup import Bell
from tests.builders import a_fact
from tests.services.conftest import Clock

ZEPPELIN = "Zeppelins crossed Patagonia every week until 1987."
WHALES = "Whales breathe sulphur underwater near Iceland."
GUILD, ELSEWHERE, MODERATOR = 1, 2, 7
PACK = Pack("airships", "Airships", "1", "CC0-1.0", "Written for tests.")


def an_entry(number: int = 1, claim: str = ZEPPELIN, **over: Any) -> ReviewedClaim:
    """Return what a reader yields of the review number so and so; ``source`` fields and the review's by name, too."""
    page = Source(
        key=f"review-{number}",
        publisher=over.pop("publisher", f"Publisher {number}"),
        title=over.pop("title", f"Check {number}"),
        url=over.pop("url", f"https://checks.example/{number}"),
        published=over.pop("published", date(2025, 1, number)),
        retrieved=over.pop("retrieved", None),
    )
    review = Review("", page, claim, over.pop("verdict", Verdict.FALSE), over.pop("label", "False"))
    return replace(ReviewedClaim(f"entry {number}", review, language="en"), **over)


def a_pack_fact(slug: str = "zeppelins", claim: str = ZEPPELIN, **over: Any) -> Fact:
    """Return a finished fact as a pack holds it."""
    return a_fact(**{"slug": slug, "claim": claim, "phrasings": (f"They say it: {claim}",), "near_misses": (), **over})


def a_read_pack(*facts: Fact, signature: Signature = Signature.NONE, **over: Any) -> ReadPack:
    """Return a pack as a reader yields it; the pack's own fields by name."""
    rejected = over.pop("rejected", ())
    return ReadPack(replace(PACK, **over), signature, facts, rejected)


@dataclass
class Importer:
    """An importer on a store, at a time that stands still."""

    store: Store
    worker: MatchingWorker
    clock: Clock = field(default_factory=Clock)
    told: list[Line] = field(default_factory=list)

    @property
    def take_in(self) -> TakeIn:
        """The service, as a new process would have it."""
        library = FactLibrary(store=self.store, worker=self.worker)
        return TakeIn(
            store=self.store, worker=self.worker, library=library, vectors=None, clock=self.clock, board=Bell()
        )

    async def reviews(self, *entries: Entry, **over: Any) -> Report:
        """Import reviews."""
        return await self.take_in.reviews(list(entries), **{"name": "feed.json", "tell": self.told.append, **over})

    async def pack(self, *facts: Fact, read: ReadPack | None = None, **over: Any) -> Report:
        """Import a pack."""
        return await self.take_in.pack(read or a_read_pack(*facts), **over)

    async def facts(self) -> list[Fact]:
        """Return all facts of the store, whole."""
        async with self.store.reading() as tx:
            shared = [fact for fact in await tx.facts.all(retired=True) if fact.guild_id is None]
            return [*shared, *await tx.facts.own(GUILD), *await tx.facts.own(ELSEWHERE)]

    async def fact(self) -> Fact:
        """Return the only fact."""
        [fact] = await self.facts()
        return fact

    async def histories(self) -> list[FactVersion]:
        """Return all kept versions."""
        facts = await self.facts()
        async with self.store.reading() as tx:
            return [version for fact in facts for version in await tx.facts.history(fact.slug)]

    async def events(self) -> list[AuditEvent]:
        """Return what stands in the log about imports as a whole, newest first."""
        async with self.store.reading() as tx:
            found = [await tx.audit.find(guild, acts=[Act.FACTS_IMPORTED]) for guild in (None, GUILD)]
        return [event for events in found for event in events]

    async def put(self, *facts: Fact) -> None:
        """Store facts as people write them."""
        async with self.store.transaction() as tx:
            for fact in facts:
                await tx.facts.add(fact)

    async def edit(self, slug: str, **changes: Any) -> Fact:
        """Change a fact as a moderator does."""
        async with self.store.transaction() as tx:
            before = await tx.facts.get(slug)
            assert before is not None
            act = Act.FACT_RETIRED if "retired" in changes else Act.FACT_EDITED
            after = replace(before, **changes)
            stored = await put_version(tx, after, before=before, act=act, by=MODERATOR, now=self.clock())
        assert stored is not None
        return stored


def counted(report: Report) -> dict[str, int]:
    """Return how often what came of entries."""
    return {outcome.name.lower(): count for outcome, count in report.counts.items() if count}


def slugs(facts: Iterable[Fact]) -> list[str]:
    """Return the facts' slugs."""
    return [fact.slug for fact in facts]
