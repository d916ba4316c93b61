"""A review written as schema.org's ClaimReview, in JSON-LD as search engines read it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.fact import Review
from bot.exchange.nodes import types
from bot.exchange.text import escaped, plain

REST_LIMIT = 8000
"""Characters of what a ClaimReview says beyond our fields."""

_DEPTH = 50
_MISSING = object()


def claim_review_json(
    review: Review,
    *,
    language: str | None = None,
    speaker: str | None = None,
    claim_date: str | None = None,
    appearances: Iterable[str] = (),
) -> dict[str, Any]:
    """Return a ClaimReview with everything that is known of it; what was read with it and isn't ours goes in again.

    Args:
        review: The review.
        language: The code of its language.
        speaker: Who made the claim.
        claim_date: When it was made, an ISO date that may be partial.
        appearances: Web addresses where it was made.
    """
    told = written(review, language, speaker, claim_date, appearances)
    return {"@context": "https://schema.org", **_joined(told, json.loads(review.rest))}


def written(
    review: Review, language: str | None, speaker: str | None, claim_date: str | None, appearances: Iterable[str]
) -> dict[str, Any]:
    """Return what our fields alone tell of a ClaimReview."""
    source = review.source
    publisher = {"@type": "Organization", "name": escaped(source.publisher)}
    author = {"@type": "Person", "name": escaped(source.author)} if source.author else publisher
    item = _item(speaker, claim_date, appearances)
    told = {
        "@type": "ClaimReview",
        "claimReviewed": escaped(review.claim),
        "url": source.url,
        "headline": escaped(source.title),
        "author": author,
        "publisher": publisher if source.author else None,
        "datePublished": source.published.isoformat() if source.published else None,
        "inLanguage": language,
        "reviewRating": {"@type": "Rating", "alternateName": escaped(review.label)} if review.label else None,
        "itemReviewed": {"@type": "Claim", **item} if item else None,
    }
    return {name: value for name, value in told.items() if value}


def left_over(original: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a ClaimReview isn't told by another one: joined to that, it gives the whole again."""
    return _left_over(original, written, _DEPTH)


def rest_json(rest: Mapping[str, Any]) -> str:
    """Return an object as JSON, always in the same way; signs that no text may hold are left out."""
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text if text.isascii() else text.encode("utf-8", "ignore").decode("utf-8")


def _item(speaker: str | None, claim_date: str | None, appearances: Iterable[str]) -> dict[str, Any]:
    item = {
        "author": {"name": escaped(speaker)} if speaker else None,
        "datePublished": claim_date,
        "appearance": [{"@type": "CreativeWork", "url": url} for url in appearances],
    }
    return {name: value for name, value in item.items() if value}


def _left_over(original: Mapping[str, Any], written: Mapping[str, Any], depth: int) -> dict[str, Any]:
    rest = {}
    for name, value in original.items():
        told = written.get(name, _MISSING)
        if value is None or _same(value, told):
            continue
        if isinstance(value, dict) and isinstance(told, dict) and depth and not _apart(value, told):
            value = _left_over(value, told, depth - 1)  # noqa: PLW2901 -- what is left of it
            if not value:
                continue
        rest[name] = value
    return rest


def _same(value: object, told: object) -> bool:
    if isinstance(value, str) and isinstance(told, str):
        return value == told or plain(value) == plain(told)
    return value == told and type(value) is type(told)


def _joined(written: Mapping[str, Any], rest: Mapping[str, Any]) -> dict[str, Any]:
    joined = dict(written)
    for name, value in rest.items():
        told = joined.get(name)
        if isinstance(told, dict) and isinstance(value, dict) and not _apart(value, told):
            joined[name] = _joined(told, value)
        else:
            joined[name] = value
    return joined


def _apart(value: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    """Tell whether one is a person and the other isn't: then they share no name."""
    kinds = types(value)
    return bool(kinds) and ("Person" in kinds) != ("Person" in types(told))
