"""Packs from others: a sound head is asked for, and each fact stands or falls alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from bot.domain.errors import ImportRefused, PackError
from bot.domain.fact import Fact, Source
from bot.exchange.checks import fact_fault
from bot.exchange.fields import Fields
from bot.exchange.incoming import ReadPack, Rejected
from bot.exchange.pack import listed_sources, read_head
from bot.exchange.pack_facts import Sources, place_of, read_fact, read_source
from bot.exchange.sentences import sentence
from bot.exchange.signing import check
from bot.exchange.sound_json import parse

LARGEST = 64 * 1024 * 1024
"""Bytes of a pack."""
MOST_FACTS = 200_000
"""Of a pack; each that can't go in is told of, so they must not be more than anyone could look at."""


def read_shared(stream: BinaryIO, *, limit: int = LARGEST) -> ReadPack:
    """Read a pack that comes from others. A broken signature refuses nothing here: whoever asked decides.

    Raises:
        ImportRefused: It is no sound pack as a whole; the message says how.
    """
    data = _parsed(stream, limit)
    try:
        head, pack = read_head(data)
        sources = dict(_read(listed_sources(pack)))
        listed = pack.values.get("facts")
        if not isinstance(listed, list):
            raise pack.error("facts must be a list")
        if len(listed) > MOST_FACTS:
            raise pack.error(f"it holds {len(listed)} facts; {MOST_FACTS} at most")
    except PackError as error:
        raise ImportRefused(str(error)) from None
    signature, key = check(pack.values)
    facts, rejected = _facts(listed, sources)
    return ReadPack(replace(head, key=key), signature, facts, rejected)


def _facts(listed: list[object], sources: Sources) -> tuple[tuple[Fact, ...], tuple[Rejected, ...]]:
    facts: dict[str, Fact] = {}
    rejected: list[Rejected] = []
    for number, value in enumerate(listed):
        try:
            fact = _fact(value, sources, facts)
        except PackError as error:
            rejected.append(Rejected(place_of(number, value), str(error)))
        else:
            facts[fact.slug] = fact
    return tuple(facts.values()), tuple(rejected)


def _parsed(stream: BinaryIO, limit: int) -> Any:
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise ImportRefused(f"The file is larger than {limit // 1024**2} MB.")
    try:
        return parse(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ImportRefused("The file is not UTF-8.") from None
    except ValueError as error:
        raise ImportRefused(sentence(f"The file is not sound JSON: {error}")) from None


def _read(listed: Mapping[str, object]) -> Iterator[tuple[str, Source | PackError]]:
    for key, value in listed.items():
        try:
            yield key, read_source(key, value)
        except PackError as error:
            yield key, error


def _fact(value: object, sources: Sources, before: Mapping[str, Fact]) -> Fact:
    fields = Fields("", Fields.of("a fact", value).values)
    fact = read_fact(fields, sources)
    if (wrong := fact_fault(fact)) is not None:
        raise fields.error(wrong)
    if fact.slug in before:
        raise fields.error("another fact has this slug")
    return fact
