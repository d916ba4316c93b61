"""The house's rules for a fact, wherever it is written: what the types allow but the house doesn't."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.domain.fact import Fact

CLAIM_LIMIT = 300
"""Characters of a claim."""
CORRECTION_LIMIT = 280
"""Characters: a correction is read at a glance, under somebody's post."""
TRUE_STATEMENT_LIMIT = 1000
WORDING_LIMIT = 300
KIND_LIMIT = 40
MOST_WORDINGS = 40
"""Of phrasings, and of near misses; with the limits below, what fits into one of Discord's forms."""
MOST_CITATIONS = 10
CITATION_LIMITS = {"url": 450, "publisher": 100, "title": 300, "quote": 1000}
DETAIL_LIMIT = 300

_PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
_PLAIN_QUOTES = str.maketrans("‘’‚“”„«»", "'''" + '"' * 5)
_EDGES = " \t\n.,;:!…\"'"


def fault(fact: Fact) -> str | None:
    """Return what is wrong with a fact, without a full stop, or None where it is sound."""
    return next(faults(fact), None)


def faults(fact: Fact) -> Iterator[str]:
    """Yield everything that is wrong with a fact."""
    yield from _measured("claim", fact.claim, CLAIM_LIMIT)
    yield from _measured("correction", fact.correction, CORRECTION_LIMIT)
    if not fact.true_statement.strip():
        yield "true_statement is blank"
    yield from _dates(fact)
    if not fact.citations:
        yield "a fact needs a citation"
    yield from _said_twice(fact)


def draft_faults(fact: Fact) -> Iterator[str]:
    """Yield what is wrong with a draft, whose correction, true statement and citations are still to come."""
    yield from _measured("claim", fact.claim, CLAIM_LIMIT)
    yield from _dates(fact)
    if not fact.reviews:
        yield "a draft needs a review"
    yield from _said_twice(fact)


def claim_date_fault(day: str | None) -> str | None:
    """Return what is wrong with the date of a claim, which may be partial, or None where it is sound or not known."""
    if day is None or _PARTIAL_DATE.fullmatch(day):
        return None
    return f'claim_date is "{day}"; it looks like 2024, 2024-08 or 2024-08-31'


def excess(fact: Fact) -> Iterator[str]:
    """Yield what there is too much of in a fact that others than the house wrote."""
    for name, texts in (("phrasings", fact.phrasings), ("near misses", [miss.text for miss in fact.near_misses])):
        if len(texts) > MOST_WORDINGS:
            yield f"a fact has {MOST_WORDINGS} {name} at most, and this one {len(texts)}"
        if long := next((text for text in texts if len(text) > WORDING_LIMIT), None):
            yield f"one of the {name} has {len(long)} characters; {WORDING_LIMIT} at most"
    if len(fact.citations) > MOST_CITATIONS:
        yield f"a fact has {MOST_CITATIONS} citations at most, and this one {len(fact.citations)}"
    if len(fact.true_statement) > TRUE_STATEMENT_LIMIT:
        yield f"true_statement is {len(fact.true_statement)} characters; {TRUE_STATEMENT_LIMIT} at most"
    if long_kind := next((miss.kind for miss in fact.near_misses if len(miss.kind) > KIND_LIMIT), None):
        yield f"“{long_kind}” is too long for a kind of near miss; {KIND_LIMIT} characters at most"


def _measured(name: str, text: str, limit: int) -> Iterator[str]:
    if not text.strip():
        yield f"{name} is blank"
    if len(text) > limit:
        yield f"{name} is {len(text)} characters; {limit} at most"


def _dates(fact: Fact) -> Iterator[str]:
    if wrong := claim_date_fault(fact.claim_date):
        yield wrong
    if fact.review_by < fact.as_of:
        yield "review_by is before as_of"


def _said_twice(fact: Fact) -> Iterator[str]:
    seen: dict[str, str] = {}
    for text in (*fact.wordings(), *(miss.text for miss in fact.near_misses)):
        plain = plain_wording(text)
        if plain in seen:
            yield f'"{text}" says the same as "{seen[plain]}"'
        seen.setdefault(plain, text)


def folded(text: str) -> str:
    """Fold letter case and spaces alone: what is the same then was said in the same words."""
    return " ".join(text.casefold().split())


def plain_wording(text: str) -> str:
    """Fold case, spaces, quotation marks and the punctuation at the edges; "?" stays, for it changes the meaning."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN_QUOTES)
    return " ".join(folded.split()).strip(_EDGES)
