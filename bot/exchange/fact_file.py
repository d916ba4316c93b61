"""One fact as a JSON text that a person edits: as in a pack, but with each source beside its quote."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.errors import PackError
from bot.domain.fact import Fact
from bot.domain.pack import Pack
from bot.domain.slugs import web_source
from bot.exchange.checks import fact_fault
from bot.exchange.fields import Fields
from bot.exchange.pack_facts import read_fact as read_pack_fact
from bot.exchange.pack_facts import read_source
from bot.exchange.pack_out import write_pack
from bot.exchange.sentences import sentence
from bot.exchange.sound_json import parse

_HEAD = Pack(name="fact", title="A fact", version="1", licence="none", provenance="An editor.")
_HELD = ("citations", "reviews")


def fact_text(fact: Fact) -> str:
    """Return a fact as a text to edit."""
    pack = json.loads(write_pack(_HEAD, [fact], None))
    [values] = pack["facts"]
    for name in _HELD:
        for held in values.get(name, ()):
            held["source"] = {"key": held["source"], **pack["sources"][held["source"]]}
    return json.dumps(values, ensure_ascii=False, indent=1) + "\n"


def read_fact(text: str) -> Fact:
    """Return the fact in a text.

    Raises:
        PackError: It is malformed; the message says where and how.
    """
    try:
        values = parse(text)
    except ValueError as error:
        raise PackError(f"The fact is not sound JSON: {error}.") from error
    if not isinstance(values, dict):
        raise PackError("The fact must be an object: { ... }.")
    sources: dict[str, Any] = {}
    values = {name: _without_sources(value, sources) if name in _HELD else value for name, value in values.items()}
    fact = read_pack_fact(Fields("", values), {key: read_source(key, value) for key, value in sources.items()})
    if wrong := fact_fault(fact):
        raise PackError(sentence(wrong))
    return fact


def _without_sources(held: Any, sources: dict[str, Any]) -> Any:
    """Return citations or reviews with the names of their sources, which go into ``sources``."""
    if not isinstance(held, list):
        return held
    return [_named(one, sources) for one in held]


def _named(one: Any, sources: dict[str, Any]) -> Any:
    if not isinstance(one, dict) or not isinstance(one.get("source"), dict):
        return one
    source = dict(one["source"])
    key = source.pop("key", None)
    if not isinstance(key, str):
        key = web_source(*(str(source.get(name)) for name in ("url", "publisher", "title"))).key
    sources[key] = source
    return {**one, "source": key}
