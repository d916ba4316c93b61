"""Fact packs: reviewed facts as a JSON file ("footnote-pack/1"), the source that a seed is built from."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from bot.domain.errors import PackError
from bot.domain.fact import Citation, Fact, NearMiss, Source, Verdict
from bot.domain.rules import fault
from bot.exchange.fields import Fields

FORMAT = "footnote-pack/1"

_PACK = ("format", "name", "title", "version", "licence", "provenance", "sources", "facts")
_SOURCE = ("publisher", "title", "url", "author", "published", "retrieved", "archive_url", "note")
_FACT = (
    *("slug", "claim", "verdict", "verdict_label", "correction", "true_statement", "speaker", "claim_date", "context"),
    *("language", "topics", "overlaps", "appearances", "as_of", "review_by", "phrasings", "near_misses", "citations"),
)

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_pack(path: Path) -> list[Fact]:
    """Return the facts of a pack's file, in the file's order.

    Raises:
        PackError: The file can't be read or is malformed; the message says where and how.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PackError(f"{path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise PackError(f"{path} is not UTF-8.") from error
    try:
        data = json.loads(text, object_pairs_hook=_object)
    except ValueError as error:
        raise PackError(f"{path} is not sound JSON: {error}.") from error
    return parse_pack(data)


def parse_pack(data: object) -> list[Fact]:
    """Return the facts of a pack's JSON, in its order.

    Raises:
        PackError: It is malformed; the message says where and how.
    """
    pack = Fields.of("pack", data)
    if pack.values.get("format") != FORMAT:
        raise pack.error(f'format must be "{FORMAT}"')
    pack.only(_PACK)
    for name in ("name", "title", "version", "licence", "provenance"):
        pack.text(name)
    listed = Fields.of("sources", pack.values.get("sources"))
    sources = {key: _source(key, value) for key, value in listed.values.items()}
    facts: dict[str, Fact] = {}
    for place, fields in enumerate(Fields("", pack.values).objects("facts")):
        fact = _fact(Fields(_place(place, fields), fields.values), sources)
        if fact.slug in facts:
            raise PackError(f"facts[{place}] ({fact.slug}): another fact has this slug.")
        facts[fact.slug] = fact
    return list(facts.values())


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'the name "{twice}" stands twice in one object')
    return found


def _place(place: int, fields: Fields) -> str:
    slug = fields.values.get("slug")
    return f"facts[{place}] ({slug})" if isinstance(slug, str) else f"facts[{place}]"


def _source(key: str, value: object) -> Source:
    fields = Fields.of(f"sources[{key}]", value)
    fields.only(_SOURCE)
    return Source(
        key=key,
        publisher=fields.text("publisher"),
        title=fields.text("title"),
        url=fields.url("url"),
        author=fields.optional_text("author"),
        published=fields.optional_day("published"),
        retrieved=fields.optional_day("retrieved"),
        archive_url=fields.optional_url("archive_url"),
        note=fields.optional_text("note"),
    )


def _fact(fields: Fields, sources: dict[str, Source]) -> Fact:
    fields.only(_FACT)
    fact = Fact(
        slug=fields.text("slug"),
        claim=fields.text("claim"),
        verdict=_verdict(fields),
        verdict_label=fields.optional_text("verdict_label"),
        correction=fields.text("correction"),
        true_statement=fields.text("true_statement"),
        speaker=fields.optional_text("speaker"),
        claim_date=fields.optional_text("claim_date"),
        context=fields.optional_text("context"),
        language=fields.text("language"),
        topics=fields.texts("topics"),
        overlaps=fields.texts("overlaps"),
        appearances=fields.optional_texts("appearances"),
        as_of=fields.day("as_of"),
        review_by=fields.day("review_by"),
        phrasings=fields.texts("phrasings"),
        near_misses=tuple(_near_miss(miss) for miss in fields.objects("near_misses")),
        citations=tuple(_citation(cited, sources) for cited in fields.objects("citations")),
    )
    _check(fact, fields)
    return fact


def _verdict(fields: Fields) -> Verdict:
    value = fields.text("verdict")
    if value not in set(Verdict):
        raise fields.error(f'the verdict "{value}" is unknown; known are {", ".join(Verdict)}')
    return Verdict(value)


def _near_miss(fields: Fields) -> NearMiss:
    fields.only(("text", "kind"))
    return NearMiss(text=fields.text("text"), kind=fields.text("kind"))


def _citation(fields: Fields, sources: dict[str, Source]) -> Citation:
    fields.only(("source", "quote"))
    key = fields.text("source")
    if key not in sources:
        raise fields.error(f'the source "{key}" is not among the sources')
    return Citation(source=sources[key], quote=fields.text("quote"))


def _check(fact: Fact, fields: Fields) -> None:
    """Refuse what the types allow but the house doesn't."""
    if not _SLUG.fullmatch(fact.slug):
        raise fields.error("the slug must be lower-case words joined by single hyphens")
    if (wrong := fault(fact)) is not None:
        raise fields.error(wrong)
    if not fact.phrasings:
        raise fields.error("a fact needs a phrasing")
