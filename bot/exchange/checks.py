"""How much an entry from others may hold. What is more than that was not written for people to read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from bot.domain.fact import Fact, Review, Source
from bot.domain.rules import CITATION_LIMITS, DETAIL_LIMIT, claim_date_fault, draft_faults, excess, faults
from bot.domain.slugs import SLUG
from bot.exchange.fields import is_address
from bot.exchange.incoming import ReviewedClaim

SLUG_LIMIT = 100
ADDRESS_LIMIT = 2000
REVIEW_LIMIT = 1000
"""Characters of the claim, the title and the label of a publisher's review."""
REST_LIMIT = 20_000
MOST_REVIEWS = 50
MOST_APPEARANCES = 100
MOST_TOPICS = 40
"""And of overlaps."""

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SOURCE_LIMITS = {"author": DETAIL_LIMIT, "archive_url": ADDRESS_LIMIT, "note": DETAIL_LIMIT, "key": DETAIL_LIMIT}
_CITED_LIMITS = _SOURCE_LIMITS | {name: limit for name, limit in CITATION_LIMITS.items() if name != "quote"}
_REVIEWED_LIMITS = _SOURCE_LIMITS | {"url": ADDRESS_LIMIT, "publisher": DETAIL_LIMIT, "title": REVIEW_LIMIT}


def fact_fault(fact: Fact) -> str | None:
    """Return what is wrong with a fact from others, without a full stop, or None where it is sound."""
    rules = draft_faults if fact.draft and fact.reviews else faults
    # What costs the most to check comes last, when nothing is large any more.
    return next(chain(_slug(fact), excess(fact), _details(fact), _lists(fact), _sources(fact), rules(fact)), None)


def reviewed_fault(found: ReviewedClaim) -> str | None:
    """Return what is wrong with a publisher's review, without a full stop, or None where it is sound."""
    language = () if found.language is None else _language(found.language)
    speaker = _long("speaker", found.speaker, DETAIL_LIMIT)
    return next(chain(_review(found.review), language, speaker, _claim_date(found), _appearances(found)), None)


def _slug(fact: Fact) -> Iterator[str]:
    if len(fact.slug) > SLUG_LIMIT or not SLUG.fullmatch(fact.slug):
        yield f"the slug must be lower-case words joined by single hyphens, of {SLUG_LIMIT} characters at most"


def _details(fact: Fact) -> Iterator[str]:
    details = {"verdict_label": fact.verdict_label, "speaker": fact.speaker, "context": fact.context}
    for name, text in details.items():
        yield from _long(name, text, DETAIL_LIMIT)
    yield from _language(fact.language)


def _language(code: str) -> Iterator[str]:
    if not _LANGUAGE.fullmatch(code):
        yield 'the language must be two or three lower-case letters, such as "en"'


def _claim_date(found: ReviewedClaim) -> Iterator[str]:
    if wrong := claim_date_fault(found.claim_date):
        yield wrong


def _lists(fact: Fact) -> Iterator[str]:
    yield from _texts("topics", fact.topics, MOST_TOPICS, DETAIL_LIMIT)
    yield from _texts("overlaps", fact.overlaps, MOST_TOPICS, SLUG_LIMIT)
    yield from _appearances(fact)


def _appearances(found: Fact | ReviewedClaim) -> Iterator[str]:
    yield from _texts("appearances", found.appearances, MOST_APPEARANCES, ADDRESS_LIMIT)
    for place, address in enumerate(found.appearances):
        if not is_address(address):
            yield f"appearances[{place}] is no web address; one starts with https://"


def _texts(name: str, texts: Sequence[str], most: int, limit: int) -> Iterator[str]:
    if len(texts) > most:
        yield f"there are {most} {name} at most, and here {len(texts)}"
    for place, text in enumerate(texts):
        yield from _long(f"{name}[{place}]", text, limit)


def _sources(fact: Fact) -> Iterator[str]:
    for place, cited in enumerate(fact.citations):
        yield from _long(f"citations[{place}]: quote", cited.quote, CITATION_LIMITS["quote"])
        yield from _source(f"citations[{place}]", cited.source, _CITED_LIMITS)
    if len(fact.reviews) > MOST_REVIEWS:
        yield f"a fact has {MOST_REVIEWS} reviews at most, and this one {len(fact.reviews)}"
    for place, review in enumerate(fact.reviews):
        yield from (f"reviews[{place}]: {wrong}" for wrong in _review(review))


def _review(review: Review) -> Iterator[str]:
    yield from _long("claim", review.claim, REVIEW_LIMIT)
    yield from _long("label", review.label, REVIEW_LIMIT)
    yield from _long("rest", review.rest, REST_LIMIT)
    yield from _source("the source", review.source, _REVIEWED_LIMITS)


def _source(place: str, source: Source, limits: dict[str, int]) -> Iterator[str]:
    for name, limit in limits.items():
        yield from _long(f"{place}: {name}", getattr(source, name), limit)


def _long(name: str, text: str | None, limit: int) -> Iterator[str]:
    if text is not None and len(text) > limit:
        yield f"{name} is {len(text)} characters; {limit} at most"
