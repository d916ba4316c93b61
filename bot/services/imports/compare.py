"""Compare a batch of reviews with what the store holds, and say what would change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.domain.fact import Fact
from bot.domain.ports import Transaction
from bot.exchange.incoming import ReviewedClaim
from bot.services.imports.merge import MOST_REVIEWS, conflict, new_fact, same_review, with_review
from bot.services.imports.report import Outcome, Report
from bot.services.versions import KEPT

IMPORTED = "imported"
"""How a version is called that an import made."""


@dataclass(frozen=True, slots=True)
class Found:
    """An entry with the key of its claim and the slug of a fact of its own; or why it can't go in."""

    place: str
    entry: ReviewedClaim | None = None
    why: str = ""
    key: str = ""
    slug: str = ""


@dataclass(slots=True)
class Batch:
    """A batch as it is compared: the facts as they would be, and those that are new, with the keys of their claims."""

    guild_id: int | None
    report: Report
    today: date
    planned: dict[str, str]
    before: dict[str, Fact] = field(default_factory=dict)
    now: dict[str, Fact] = field(default_factory=dict)
    edited: set[str] = field(default_factory=set)
    by_review: dict[str, str] = field(default_factory=dict)
    by_claim: dict[str, str] = field(default_factory=dict)
    everywhere: set[str] = field(default_factory=set)
    new: dict[str, tuple[Fact, str]] = field(default_factory=dict)

    async def look_up(self, tx: Transaction, found: Sequence[Found]) -> None:
        """Read what the store holds of the reviews and of their claims."""
        names = [one.entry.review.identity for one in found if one.entry]
        keys = [one.key for one in found]
        self.by_review = await tx.imports.reviewed(self.guild_id, names)
        self.by_claim = self.planned | await tx.imports.claimed(self.guild_id, keys)
        if self.guild_id is not None:
            shared = await tx.imports.reviewed(None, names)
            claims = await tx.imports.claimed(None, keys)
            self.everywhere = {
                one.entry.review.identity
                for one in found
                if one.entry and (one.entry.review.identity in shared or one.key in claims)
            }
        slugs = {*self.by_review.values(), *(self.by_claim[key] for key in keys if key in self.by_claim)}
        facts = await tx.imports.load(sorted(slugs))
        self.before = {fact.slug: fact for fact in facts}
        self.now = dict(self.before)
        for fact in facts:
            if fact.version > 1 or not fact.reviews:
                history = await tx.facts.history(fact.slug)
                if not fact.reviews or any(version.act not in {IMPORTED, KEPT} for version in history):
                    self.edited.add(fact.slug)

    def add(self, found: Found) -> None:
        """Say what becomes of one entry."""
        if found.entry is None:
            self.report.add(Outcome.REJECTED, found.place, found.why)
            return
        self.report.remarks += bool(found.entry.remarks)
        name = found.entry.review.identity
        slug = self.by_review.get(name) or self.by_claim.get(found.key)
        if slug is None:
            if name in self.everywhere:
                self.report.add(Outcome.KNOWN, found.place)
                return
            fact = new_fact(found.entry, found.slug, guild_id=self.guild_id, today=self.today)
            self.new[fact.slug] = (fact, found.key)
            self.now[fact.slug] = fact
            self.by_claim[found.key] = fact.slug
            self.report.add(Outcome.NEW, found.place, slug=fact.slug)
        elif slug not in self.now:
            # Planned by an earlier batch of a dry run, and so not stored.
            self.report.add(Outcome.JOINED, found.place, slug=slug)
        else:
            self._meet(found, found.entry, self.now[slug])

    def changed(self) -> Iterator[tuple[Fact, Fact]]:
        """Yield the stored facts that would change: as they would be, and as they are."""
        for slug, before in self.before.items():
            if self.now[slug] != before:
                yield self.now[slug], before

    def _meet(self, found: Found, entry: ReviewedClaim, fact: Fact) -> None:
        """Say what a review does to a fact that holds it already, or that is about the same claim."""
        held = next((one for one in fact.reviews if one.identity == entry.review.identity), None)
        if fact.retired or (held is None and len(fact.reviews) >= MOST_REVIEWS):
            self.report.add(Outcome.SAME, found.place, slug=fact.slug)
            return
        after = with_review(fact, entry, edited=fact.slug in self.edited)
        if held is not None and same_review(held, entry.review) and _same(fact, after):
            self.report.add(Outcome.SAME, found.place, slug=fact.slug)
            return
        self._put(after)
        if held is None:
            self.report.add(Outcome.JOINED, found.place, slug=fact.slug)
        elif told := conflict(fact, after):
            self.report.add(Outcome.CONFLICTING, found.place, f"{fact.slug}: {told}.", slug=fact.slug)
        else:
            text = f"{fact.slug}: {entry.review.source.publisher} says {entry.review.label or 'something'} now."
            self.report.add(Outcome.CHANGED, found.place, text, slug=fact.slug)

    def _put(self, fact: Fact) -> None:
        self.now[fact.slug] = fact
        if fact.slug in self.new:
            self.new[fact.slug] = (fact, self.new[fact.slug][1])


def _same(fact: Fact, after: Fact) -> bool:
    """Tell whether nothing but the form of a review differs."""
    return all(
        getattr(fact, name) == getattr(after, name)
        for name in ("claim", "speaker", "claim_date", "language", "appearances", "phrasings", "verdict")
    )
