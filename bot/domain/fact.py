"""A fact: the store's entry for a claim as reviewed (a ClaimReview, in schema.org's terms)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Verdict(StrEnum):
    """Our enum for schema.org's ``reviewRating``."""

    FALSE = "false"
    MISLEADING = "misleading"
    MISSING_CONTEXT = "missing_context"
    UNPROVEN = "unproven"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Source:
    """A published document that facts cite.

    ``note`` says what a reader must know of it, such as where our copy of a quote comes from.
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


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote of a source."""

    source: Source
    quote: str


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
    fact can't reply by itself. ``guild_id`` is the server that the fact belongs to, None where it is every server's;
    ``overrides`` the slug of the global fact in whose place it stands there.
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

    def expired(self, today: date) -> bool:
        """Tell whether the fact's shelf life is over."""
        return today > self.review_by

    def wordings(self) -> tuple[str, ...]:
        """Return every wording that must match: the claim itself, then its phrasings."""
        return (self.claim, *self.phrasings)

    def sources(self) -> tuple[Source, ...]:
        """Return the cited sources, each once, in order of first citation."""
        return tuple({citation.source.key: citation.source for citation in self.citations}.values())


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
