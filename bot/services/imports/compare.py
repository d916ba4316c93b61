"""Compare a batch of reviews with what the store holds, and say what would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.domain.fact import Fact
from bot.domain.ports import Transaction
from bot.exchange.incoming import ReviewedClaim
from bot.services.imports.claims import key_of
from bot.services.imports.merge import MOST_REVIEWS, conflict, new_fact, same_review, with_review
from bot.services.imports.report import Line, Outcome
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
class Foreseen:
    """What a dry run would have stored by now: it goes on as if it were there.

    ``keys`` holds facts by the keys of their claims, ``everywhere`` the keys of those for all servers, ``changed`` the
    facts that would have changed, and ``reviews`` how many reviews the new ones would have.
    """

    keys: dict[str, str] = field(default_factory=dict)
    everywhere: set[str] = field(default_factory=set)
    changed: dict[str, Fact] = field(default_factory=dict)
    reviews: Counter[str] = field(default_factory=Counter)

    def add(self, batch: Batch) -> None:
        """Take up what a batch would have stored."""
        for fact, key in batch.new.values():
            self.give(fact.slug, key)
            self.reviews[fact.slug] = len(fact.reviews)
        for fact, before in batch.changed():
            self.changed[fact.slug] = fact
            if self.keys.get(old := key_of(before)) == fact.slug:
                del self.keys[old]
            self.give(fact.slug, key_of(fact))

    def give(self, slug: str, key: str) -> None:
        """Give a fact a key; of several with the same, the first by slug counts, as in the store."""
        self.keys[key] = min(slug, self.keys.get(key, slug))

    def still(self, key: str, slug: str) -> bool:
        """Tell whether a stored fact would still have a key."""
        return slug not in self.changed or key_of(self.changed[slug]) == key


@dataclass(slots=True)
class Batch:
    """A batch as it is compared: the facts as they would be, and those that are new, with the keys of their claims.

    ``lines`` says what becomes of each entry, ``remarks`` of how many something was left out.
    """

    guild_id: int | None
    today: date
    foreseen: Foreseen
    lines: list[Line] = field(default_factory=list)
    remarks: int = 0
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
        claimed = await tx.imports.claimed(self.guild_id, keys)
        stored = {key: slug for key, slug in claimed.items() if self.foreseen.still(key, slug)}
        foreseen = {key: self.foreseen.keys[key] for key in keys if key in self.foreseen.keys}
        self.by_claim = {key: min(slug, stored.get(key, slug)) for key, slug in (stored | foreseen).items()}
        if self.guild_id is not None:
            shared = await tx.imports.reviewed(None, names)
            claims = self.foreseen.everywhere | (await tx.imports.claimed(None, keys)).keys()
            self.everywhere = {
                one.entry.review.identity
                for one in found
                if one.entry and (one.entry.review.identity in shared or one.key in claims)
            }
        loaded = await tx.imports.load(sorted({*self.by_review.values(), *self.by_claim.values()}))
        facts = [self.foreseen.changed.get(fact.slug, fact) for fact in loaded]
        self.before = {fact.slug: fact for fact in facts}
        self.now = dict(self.before)
        acts = await tx.imports.acts([fact.slug for fact in facts if fact.version > 1])
        self.edited = {fact.slug for fact in facts if not fact.reviews or acts.get(fact.slug, set()) - {IMPORTED, KEPT}}

    def add(self, found: Found) -> None:
        """Say what becomes of one entry."""
        if found.entry is None:
            self._say(Outcome.REJECTED, found, found.why)
            return
        self.remarks += bool(found.entry.remarks)
        name = found.entry.review.identity
        slug = self.by_review.get(name)
        if slug is None and name in self.everywhere:
            self._say(Outcome.KNOWN, found)
            return
        slug = slug or self.by_claim.get(found.key)
        if slug is None:
            free = found.slug if found.slug not in self.now else f"{found.slug}-{found.key[:6]}"
            fact = new_fact(found.entry, free, guild_id=self.guild_id, today=self.today)
            self.new[fact.slug] = (fact, found.key)
            self.now[fact.slug] = fact
            self.by_claim[found.key] = fact.slug
            self._say(Outcome.NEW, found, slug=fact.slug)
        elif slug not in self.now:
            # A new one of an earlier batch of a dry run, and so not stored.
            self.foreseen.reviews[slug] += 1
            room = self.foreseen.reviews[slug] <= MOST_REVIEWS
            self._say(Outcome.JOINED if room else Outcome.SAME, found, slug=slug)
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
            self._say(Outcome.SAME, found, slug=fact.slug)
            return
        after = with_review(fact, entry, edited=fact.slug in self.edited)
        if held is not None and same_review(held, entry.review) and _same(fact, after):
            self._say(Outcome.SAME, found, slug=fact.slug)
            return
        self._put(after)
        if told := conflict(fact, after):
            self._say(Outcome.CONFLICTING, found, f"{fact.slug}: {told}.", slug=fact.slug)
        elif held is None:
            self._say(Outcome.JOINED, found, slug=fact.slug)
        else:
            text = f"{fact.slug}: {entry.review.source.publisher} says {entry.review.label or 'something'} now."
            self._say(Outcome.CHANGED, found, text, slug=fact.slug)

    def _say(self, outcome: Outcome, found: Found, text: str = "", *, slug: str | None = None) -> None:
        self.lines.append(Line(outcome, found.place, slug, text))

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
