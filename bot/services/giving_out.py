"""Facts as files: a pack, ClaimReviews or a sheet."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Literal

from bot.domain.fact import Fact
from bot.exchange.claim_reviews_of import claim_reviews
from bot.exchange.csv_out import HEAD, csv_row

FormName = Literal["pack", "claimreview", "csv"]
SUFFIX: dict[FormName, str] = {"pack": "json", "claimreview": "jsonld", "csv": "csv"}


async def as_claim_reviews(facts: AsyncIterator[Fact]) -> AsyncIterator[str]:
    """Yield a JSON-LD document of ClaimReviews, piece by piece: the publishers' own, and one for each finished fact."""
    between = "[\n"
    async for fact in facts:
        for review in claim_reviews(fact):
            yield between + json.dumps(review, ensure_ascii=False)
            between = ",\n"
    yield "[]\n" if between == "[\n" else "\n]\n"


async def as_csv(facts: AsyncIterator[Fact]) -> AsyncIterator[str]:
    """Yield a sheet of facts, line by line."""
    yield HEAD
    async for fact in facts:
        yield csv_row(fact)
