"""Fact packs: facts as one JSON file ("footnote-pack/1"). Here: its head, and the strict reading of our own packs."""

from __future__ import annotations

from pathlib import Path

from bot.domain.errors import PackError
from bot.domain.fact import Fact
from bot.domain.pack import Pack
from bot.domain.rules import fault
from bot.domain.slugs import SLUG
from bot.exchange.fields import Fields
from bot.exchange.pack_facts import place_of, read_fact, read_source
from bot.exchange.sound_json import parse

FORMAT = "footnote-pack/1"

_PACK = ("format", "name", "title", "version", "licence", "provenance", "signature", "sources", "facts")
_LIMITS = {"name": 60, "title": 300, "version": 40, "licence": 100, "provenance": 1000}


def read_pack(path: Path) -> list[Fact]:
    """Return the facts of a pack's file, in the file's order (see ``read_whole_pack``)."""
    return read_whole_pack(path)[1]


def read_whole_pack(path: Path) -> tuple[Pack, list[Fact]]:
    """Return what a pack's file says of itself, and its facts in the file's order.

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
        data = parse(text)
    except ValueError as error:
        raise PackError(f"{path} is not sound JSON: {error}.") from error
    return read_head(data)[0], parse_pack(data)


def parse_pack(data: object) -> list[Fact]:
    """Return the facts of a pack's JSON, in its order. Each must be whole and have a phrasing.

    Raises:
        PackError: It is malformed; the message says where and how.
    """
    _, pack = read_head(data)
    sources = {key: read_source(key, value) for key, value in listed_sources(pack).items()}
    facts: dict[str, Fact] = {}
    for number, fields in enumerate(Fields("", pack.values).objects("facts")):
        placed = Fields(place_of(number, fields.values), fields.values)
        fact = read_fact(placed, sources)
        _check(fact, placed)
        if fact.slug in facts:
            raise placed.error("another fact has this slug")
        facts[fact.slug] = fact
    return list(facts.values())


def read_head(data: object) -> tuple[Pack, Fields]:
    """Return what a pack says of itself, without its key, and its fields.

    Raises:
        PackError: It is no pack, or malformed.
    """
    pack = Fields.of("pack", data)
    if pack.values.get("format") != FORMAT:
        raise pack.error(f'format must be "{FORMAT}"')
    pack.only(_PACK)
    for name, limit in _LIMITS.items():
        if (size := len(pack.text(name))) > limit:
            raise pack.error(f"{name} is {size} characters; {limit} at most")
    if not SLUG.fullmatch(pack.text("name")):
        raise pack.error("name must be lower-case words joined by single hyphens")
    return Pack(**{name: pack.text(name) for name in _LIMITS}), pack


def listed_sources(pack: Fields) -> dict[str, object]:
    """Return the sources by their keys, unread.

    Raises:
        PackError: They are no object.
    """
    return dict(Fields.of("sources", pack.values.get("sources")).values)


def _check(fact: Fact, fields: Fields) -> None:
    """Refuse what the types allow but the house doesn't."""
    if not SLUG.fullmatch(fact.slug):
        raise fields.error("the slug must be lower-case words joined by single hyphens")
    if (wrong := fault(fact)) is not None:
        raise fields.error(wrong)
    if not fact.phrasings:
        raise fields.error("a fact needs a phrasing")
