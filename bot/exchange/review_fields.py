"""Values of schema.org's fields, whatever shape they were written in."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.exchange.nodes import types
from bot.exchange.text import plain, web_address

_DEPTH = 4
_MOST = 200
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:[.,]\d{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating: the publisher's words for it, its number, and the ends of its scale."""

    label: str | None = None
    value: float | None = None
    best: float | None = None
    worst: float | None = None


def text_of(value: Any, depth: int = _DEPTH) -> str | None:
    """Return the first text that isn't blank in a value: a text, a list, or texts by language."""
    if isinstance(value, str):
        return plain(value) or None
    if not isinstance(value, list | dict) or not depth:
        return None
    items = value[:_MOST] if isinstance(value, list) else _told(value)
    return next((text for item in items if (text := text_of(item, depth - 1))), None)


def first_text(node: dict[str, Any], *names: str) -> str | None:
    """Return the text of the first of some fields that has one."""
    return next((text for name in names if (text := text_of(node.get(name)))), None)


def first_object(value: Any) -> dict[str, Any]:
    """Return an object, or the first one of a list, or an empty one."""
    if isinstance(value, list):
        value = next((item for item in value[:_MOST] if isinstance(item, dict)), None)
    return value if isinstance(value, dict) else {}


def people(value: Any) -> Iterator[tuple[str, bool]]:
    """Yield the names of people and organizations, and whether each is a person's."""
    for item in value[:_MOST] if isinstance(value, list) else [value]:
        name = text_of(item.get("name")) if isinstance(item, dict) else text_of(item)
        if name and web_address(name) is None:
            yield name, "Person" in types(item)


def links(value: Any, depth: int = _DEPTH) -> Iterator[str]:
    """Yield the web addresses in a value: texts, objects that have one, or a list of these."""
    if isinstance(value, str):
        url = web_address(value)
        if url is not None:
            yield url
    elif isinstance(value, list) and depth:
        for item in value[:_MOST]:
            yield from links(item, depth - 1)
    elif isinstance(value, dict) and depth:
        found = (url for name in ("url", "@id", "@value", "contentUrl") for url in links(value.get(name), depth - 1))
        first = next(found, None)
        if first is not None:
            yield first


def number(value: Any) -> float | None:
    """Return a number, also of a text, or None."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value.strip().replace(",", "."))
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None


def rating(value: Any) -> Rating:
    """Return a ``reviewRating``; a mere text is its label, and so is a text where its number should be."""
    if isinstance(value, str):
        return Rating(label=text_of(value))
    node = first_object(value)
    told = number(node.get("ratingValue"))
    label = first_text(node, "alternateName", "name") or (first_text(node, "ratingValue") if told is None else None)
    return Rating(label, told, number(node.get("bestRating")), number(node.get("worstRating")))


def _told(value: dict[str, Any]) -> list[Any]:
    """Return the texts of an object: its value, or those by language, in an order that writing doesn't change."""
    if "@value" in value:
        return [value["@value"]]
    return [value[name] for name in sorted(value)[:_MOST] if name[:1] != "@"]
