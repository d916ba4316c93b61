"""What a reader yields: entries that can go in, and those that can't, each with its place in the file."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.fact import Fact, Review
from bot.domain.pack import Pack, Signature


@dataclass(frozen=True, slots=True)
class ReviewedClaim:
    """One ClaimReview.

    ``place`` says where it stands, such as "entry 17". The review's ``identity`` is still empty. ``speaker``,
    ``claim_date`` (ISO, may be partial) and ``appearances`` (web addresses) are those of the claim; ``language`` is an
    ISO 639-1 code, None where nothing tells it. ``remarks`` are sentences about what was left out.
    """

    place: str
    review: Review
    language: str | None = None
    speaker: str | None = None
    claim_date: str | None = None
    appearances: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetFact:
    """A fact of a sheet, and where it stands there, such as "line 17"."""

    place: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Rejected:
    """An entry that can't go in, and why: a sentence without its place, such as "claimReviewed is missing."."""

    place: str
    why: str


@dataclass(frozen=True, slots=True)
class ReadPack:
    """A pack as it was read: its facts by their slugs in it, and those that can't go in."""

    pack: Pack
    signature: Signature
    facts: tuple[Fact, ...]
    rejected: tuple[Rejected, ...] = field(default=())
