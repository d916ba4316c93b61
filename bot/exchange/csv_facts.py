"""A fact as a row of a sheet says it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from bot.domain.fact import Fact, Source
from bot.domain.slugs import slug_of, web_source
from bot.exchange.checks import fact_fault
from bot.exchange.csv_cells import Entry, read_citations, read_near_misses, read_reviews, read_texts
from bot.exchange.fields import Fields
from bot.exchange.pack_facts import SOURCE, read_fact, read_source
from bot.exchange.sentences import shown
from bot.exchange.sound_json import parse

_SHELF_LIFE = timedelta(days=365)


def fact_of(cells: Mapping[str, str], today: date) -> Fact:
    """Return the fact of a row's cells; without dates it holds from today, for a year.

    Raises:
        PackError: It can't go in; the message says why.
    """
    sources: dict[str, Source] = {}
    fields = Fields("", _values(cells, today, sources))
    fact = read_fact(fields, sources)
    if (wrong := fact_fault(fact)) is not None:
        raise fields.error(wrong)
    return fact


def _values(cells: Mapping[str, str], today: date, sources: dict[str, Source]) -> Entry:
    """Return the fact as a pack has it, and put what it cites among the sources."""
    as_of = cells.get("as_of", today.isoformat()).strip()
    return {
        **cells,
        "slug": cells.get("slug", "").strip() or slug_of(cells.get("claim", ""), cells.get("claim", "")),
        "verdict": _word(cells.get("verdict")),
        "claim_date": cells.get("claim_date", "").strip() or None,
        "language": cells.get("language", "en").strip().casefold(),
        "as_of": as_of,
        "review_by": cells.get("review_by", _a_year_after(as_of)).strip(),
        **{name: read_texts(cells.get(name, "")) for name in ("topics", "overlaps", "phrasings", "appearances")},
        "near_misses": read_near_misses(cells.get("near_misses", "")),
        "citations": _cited("citations", read_citations(cells.get("citations", "")), sources),
        "reviews": _cited("reviews", read_reviews(cells.get("reviews", "")), sources),
    }


def _cited(name: str, entries: list[Entry], sources: dict[str, Source]) -> list[Entry]:
    """Return citations or reviews as a pack has them, and put what they cite among the sources."""
    cited: list[Entry] = []
    for number, entry in enumerate(entries):
        fields = Fields(f"{name}[{number}]", entry)
        source = _source(fields)
        if sources.setdefault(source.key, source) != source:
            raise fields.error(f'two sources have the key "{shown(source.key)}"')
        own = {part: value for part, value in entry.items() if part not in {*SOURCE, "key"}}
        if "verdict" in own:
            own["verdict"] = _word(own["verdict"])
        if isinstance(own.get("rest"), str):
            own["rest"] = _rest(fields)
        cited.append({**own, "source": source.key})
    return cited


def _source(fields: Fields) -> Source:
    usual = web_source(*(str(fields.values.get(name, "")) for name in ("url", "publisher", "title")))
    said = {name: value for name, value in fields.values.items() if name in SOURCE}
    return read_source(fields.optional_text("key") or usual.key, said, fields.place)


def _rest(fields: Fields) -> Any:
    try:
        return parse(fields.text("rest"))
    except ValueError as error:
        raise fields.error(f"rest is not sound JSON: {error}") from None


def _word(verdict: object) -> object:
    """Return a verdict as our words are written, for "Missing context" is meant as well as it is said."""
    return "_".join(verdict.casefold().split()) if isinstance(verdict, str) else verdict


def _a_year_after(day: str) -> str:
    with suppress(ValueError, OverflowError):
        return (date.fromisoformat(day) + _SHELF_LIFE).isoformat()
    return day
