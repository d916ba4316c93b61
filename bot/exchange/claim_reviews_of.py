"""A fact as ClaimReviews: those of its publishers as they are, and our own where somebody wrote a correction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.domain.fact import Fact, Review, Source
from bot.exchange.claim_review_out import claim_review_json

AUTHOR = "Footnote"
"""Who reviewed a claim that has a correction of our own: its sources didn't, they only say what is so."""


def claim_reviews(fact: Fact) -> Iterator[dict[str, Any]]:
    """Yield the ClaimReviews of a fact, each as a JSON-LD object."""
    for review in (*fact.reviews, *_own(fact)):
        yield claim_review_json(
            review,
            language=fact.language,
            speaker=fact.speaker,
            claim_date=fact.claim_date,
            appearances=fact.appearances,
        )


def _own(fact: Fact) -> Iterator[Review]:
    if fact.draft or not fact.citations:
        return
    first = fact.citations[0].source
    cited = [
        {
            "@type": "CreativeWork",
            "name": one.source.title,
            "url": one.source.url,
            "publisher": {"@type": "Organization", "name": one.source.publisher},
            "text": one.quote,
        }
        for one in fact.citations
    ]
    rest = {"reviewBody": fact.correction, "citation": cited}
    yield Review(
        identity="",
        source=Source(key="own", publisher=AUTHOR, title="", url=first.url, published=fact.as_of),
        claim=fact.claim,
        verdict=fact.verdict,
        label=fact.verdict_label or fact.verdict.value.replace("_", " ").capitalize(),
        rest=json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    )
