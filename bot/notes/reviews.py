"""What publishers' own reviews let a note say: who rated the claim, in their words, and where."""

from __future__ import annotations

from bot.domain.fact import Fact, Review
from bot.notes.sanitise import plain, shorten

MOST_REVIEWS = 2
_PUBLISHER_LIMIT = 50
_LABEL_LIMIT = 75


def strongest(fact: Fact, most: int = MOST_REVIEWS) -> tuple[Review, ...]:
    """Return the reviews that a note names, strongest first, each of another publisher.

    One is stronger whose verdict is the fact's, then one that says its rating in words, then the newer one.
    """
    ranked = sorted(fact.reviews, key=lambda review: (review.source.publisher, review.identity))
    ranked.sort(key=lambda review: review.source.published.toordinal() if review.source.published else 0, reverse=True)
    ranked.sort(key=lambda review: (review.verdict is not fact.verdict, review.label is None))
    found: dict[str, Review] = {}
    for review in ranked:
        found.setdefault(review.source.publisher.casefold(), review)
    return tuple(found.values())[:most]


def said(fact: Fact) -> str:
    """Return what a note says: the fact's correction, or of a draft, what the publishers say of the claim."""
    return plain(fact.correction) if not fact.draft else " ".join(map(rated, strongest(fact)))


def rated(review: Review) -> str:
    """Return in a sentence how a publisher rated the claim."""
    publisher = shorten(_line(review.source.publisher), _PUBLISHER_LIMIT)
    label = shorten(_line(review.label or ""), _LABEL_LIMIT)
    if not label:
        return f"{publisher} reviewed this."
    return f"{publisher} rated this: {label}{'' if label.endswith(('.', '!', '?', '…')) else '.'}"


def _line(text: str) -> str:
    return " ".join(plain(text).split())
