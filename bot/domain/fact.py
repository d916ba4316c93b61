"""A fact: the store's entry for a claim as reviewed (a ClaimReview, in schema.org's terms)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Verdict(StrEnum):
    """Our enum for schema.org's ``reviewRating``."""

    FALSE = "false"
    MISLEADING = "misleading"
    MISSING_CONTEXT = "missing_context"
    UNPROVEN = "unproven"
    DISPUTED = "disputed"
    TRUE = "true"
    UNRATED = "unrated"

    @property
    def contradicts(self) -> bool:
        """Whether it says that something is wrong with the claim, so that there is something to reply."""
        return self not in {Verdict.TRUE, Verdict.UNRATED}


class SourceState(StrEnum):
    """What a source's address answered when it was last looked at."""

    FINE = "fine"
    MOVED = "moved"
    GONE = "gone"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """What came of looking at a source's address.

    ``since`` is when its state was first seen, ``status`` the HTTP status if there was an answer, ``moved_to`` where it
    leads now, ``archive_url`` a copy that an archive holds.
    """

    state: SourceState
    at: datetime
    since: datetime
    status: int | None = None
    moved_to: str | None = None
    archive_url: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A published document that facts cite.

    ``note`` says what a reader must know of it, such as where our copy of a quote comes from. ``check`` is no part of
    what it is: two sources are the same, whenever they were looked at.
    """

    key: str
    publisher: str
    title: str
    url: str
    author: str | None = None
    published: date | None = None
    retrieved: date | None = None
    archive_url: str | None = None
    note: str | None = None
    check: SourceCheck | None = field(default=None, compare=False)

    @property
    def copy_url(self) -> str | None:
        """The address of an archive's copy, if one is known."""
        return self.archive_url or (self.check.archive_url if self.check else None)

    @property
    def dead(self) -> bool:
        """Whether it is gone, and no copy of it is known."""
        return self.check is not None and self.check.state is SourceState.GONE and self.copy_url is None


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote of a source."""

    source: Source
    quote: str


@dataclass(frozen=True, slots=True)
class Review:
    """What one publisher found of the claim: a ClaimReview, in schema.org's terms.

    ``identity`` is what tells it from others (see ``bot.services.imports.identity``). ``source`` is the page that it
    stands on, ``claim`` the claim in the publisher's wording, ``label`` the rating in the publisher's own words, and
    ``verdict`` what our table makes of them. ``rest`` is a JSON object of what else the ClaimReview says, for exports.
    """

    identity: str
    source: Source
    claim: str
    verdict: Verdict
    label: str | None = None
    rest: str = "{}"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Wording that must not match, with the kind of difference ("other person", "role swap", ...)."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Fact:
    """The claim as reviewed, with its wordings, verdict, correction and citations.

    ``claim_date`` is an ISO date that may be partial ("2024-08"). ``appearances`` are canonical URLs under which
    the claim was published. ``failed_tests`` lists what of the fact's own tests failed when they last ran; such a
    fact can't reply by itself. ``guild_id`` is the server that it belongs to, None where it is every server's;
    ``overrides`` the slug of the global fact in whose place it stands there. ``reviews`` are publishers' own; a fact
    that was imported from them alone is a draft: nobody wrote its ``correction`` and ``true_statement`` yet.
    """

    slug: str
    claim: str
    verdict: Verdict
    correction: str
    true_statement: str
    citations: tuple[Citation, ...]
    phrasings: tuple[str, ...]
    near_misses: tuple[NearMiss, ...]
    as_of: date
    review_by: date
    verdict_label: str | None = None
    speaker: str | None = None
    claim_date: str | None = None
    context: str | None = None
    language: str = "en"
    topics: tuple[str, ...] = ()
    overlaps: tuple[str, ...] = ()
    appearances: tuple[str, ...] = ()
    version: int = 1
    retired: bool = False
    failed_tests: tuple[str, ...] = field(default=())
    guild_id: int | None = None
    overrides: str | None = None
    reviews: tuple[Review, ...] = ()

    @property
    def draft(self) -> bool:
        """Whether its correction is still to be written."""
        return not self.correction.strip()

    def expired(self, today: date) -> bool:
        """Tell whether the fact's shelf life is over."""
        return today > self.review_by

    def wordings(self) -> tuple[str, ...]:
        """Return every wording that must match: the claim itself, then its phrasings."""
        return (self.claim, *self.phrasings)

    def sources(self) -> tuple[Source, ...]:
        """Return the sources, each once: the cited ones in order of first citation, then the pages of the reviews."""
        found = (*(citation.source for citation in self.citations), *(review.source for review in self.reviews))
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class FactVersion:
    """A fact as one of its versions had it; ``by`` is None where no moderator made it."""

    fact: Fact
    at: datetime
    by: int | None
    act: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A fact that a moderator is writing. ``base_version`` is the version it started from, None for a new fact."""

    id: int
    guild_id: int
    by: int
    at: datetime
    fact: Fact
    base_version: int | None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What the facts of a store that aren't retired add up to; it changes whenever one is added, edited or retired.

    ``newest`` is the row of the last one added (0 without any), ``versions`` the sum of their versions and
    ``characters`` that of the lengths of their claims, which tells another database in the same place.
    """

    count: int
    newest: int
    versions: int
    characters: int
