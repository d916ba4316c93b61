"""Facts written as a pack."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from nacl.signing import SigningKey

from bot.domain.fact import Citation, Fact, Review, Source
from bot.domain.pack import Pack
from bot.exchange.pack import FORMAT
from bot.exchange.signing import sign


def write_pack(pack: Pack, facts: Iterable[Fact], key: SigningKey | None) -> str:
    """Return the file of a pack, signed where there is a key: the same text for the same facts in the same order.

    ``pack.key`` says nothing here. Where two sources have one key, the later one gets another: "atlas-2".
    """
    written = list(facts)
    keys = _keys(written)
    data = {
        "format": FORMAT,
        "name": pack.name,
        "title": pack.title,
        "version": pack.version,
        "licence": pack.licence,
        "provenance": pack.provenance,
        "sources": {name: _source(source) for source, name in sorted(keys.items(), key=lambda item: item[1])},
        "facts": [_fact(fact, keys) for fact in written],
    }
    return json.dumps(data if key is None else sign(data, key), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _keys(facts: Iterable[Fact]) -> dict[Source, str]:
    """Return the key of each source. Whatever can keep its own does, so that a pack changes little when it grows."""
    sources = dict.fromkeys(source for fact in facts for source in _cited(fact))
    first: dict[str, Source] = {}
    for source in sources:
        first.setdefault(source.key, source)
    keys = {source: key for key, source in first.items()}
    taken = set(first)
    for source in sources:
        if source not in keys:
            keys[source] = _free(source.key, taken)
            taken.add(keys[source])
    return keys


def _cited(fact: Fact) -> Iterable[Source]:
    return (*(cited.source for cited in fact.citations), *(review.source for review in fact.reviews))


def _free(key: str, taken: set[str]) -> str:
    number = 2
    while f"{key}-{number}" in taken:
        number += 1
    return f"{key}-{number}"


def _source(source: Source) -> dict[str, Any]:
    return _given(
        {
            "publisher": source.publisher,
            "title": source.title,
            "url": source.url,
            "author": source.author,
            "published": _day(source.published),
            "retrieved": _day(source.retrieved),
            "archive_url": source.archive_url,
            "note": source.note,
        }
    )


def _fact(fact: Fact, keys: Mapping[Source, str]) -> dict[str, Any]:
    return _given(
        {
            "slug": fact.slug,
            "claim": fact.claim,
            "verdict": fact.verdict.value,
            "verdict_label": fact.verdict_label,
            "correction": fact.correction,
            "true_statement": fact.true_statement,
            "speaker": fact.speaker,
            "claim_date": fact.claim_date,
            "context": fact.context,
            "language": fact.language,
            "topics": list(fact.topics),
            "overlaps": list(fact.overlaps),
            "appearances": list(fact.appearances) or None,
            "as_of": fact.as_of.isoformat(),
            "review_by": fact.review_by.isoformat(),
            "phrasings": list(fact.phrasings),
            "near_misses": [{"text": miss.text, "kind": miss.kind} for miss in fact.near_misses],
            "citations": [_citation(cited, keys) for cited in fact.citations],
            "reviews": [_review(review, keys) for review in fact.reviews] or None,
        }
    )


def _citation(cited: Citation, keys: Mapping[Source, str]) -> dict[str, Any]:
    return {"source": keys[cited.source], "quote": cited.quote}


def _review(review: Review, keys: Mapping[Source, str]) -> dict[str, Any]:
    return _given(
        {
            "source": keys[review.source],
            "claim": review.claim,
            "verdict": review.verdict.value,
            "label": review.label,
            "rest": json.loads(review.rest) or None,
        }
    )


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
