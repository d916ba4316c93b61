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

_PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_PLAIN_QUOTES = str.maketrans("‘’‚“”„«»", "'''" + '"' * 5)
_EDGES = " \t\n.,;:!…\"'"


def fault(fact: Fact) -> str | None:
    """Return what is wrong with a fact, without a full stop, or None where it is sound."""
    return next(faults(fact), None)


def faults(fact: Fact) -> Iterator[str]:
    """Yield everything that is wrong with a fact."""
    for name, text, limit in (("claim", fact.claim, CLAIM_LIMIT), ("correction", fact.correction, CORRECTION_LIMIT)):
        if not text.strip():
            yield f"{name} is blank"
        if len(text) > limit:
            yield f"{name} is {len(text)} characters; {limit} at most"
    if not fact.true_statement.strip():
        yield "true_statement is blank"
    if fact.claim_date is not None and not _PARTIAL_DATE.fullmatch(fact.claim_date):
        yield f'claim_date is "{fact.claim_date}"; it looks like 2024, 2024-08 or 2024-08-31'
    if fact.review_by < fact.as_of:
        yield "review_by is before as_of"
    if not fact.citations:
        yield "a fact needs a citation"
    yield from _said_twice(fact)


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
