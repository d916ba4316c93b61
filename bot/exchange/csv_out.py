"""Facts written as a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from bot.domain.fact import Fact, Source
from bot.domain.sheet import row
from bot.domain.slugs import web_source
from bot.exchange.csv_cells import (
    FACT_COLUMNS,
    Entry,
    citation_lines,
    near_miss_lines,
    review_lines,
    text_lines,
)

HEAD = row(FACT_COLUMNS)
"""The first line of a sheet: the names of its columns."""


def write_csv(facts: Iterable[Fact]) -> Iterator[str]:
    """Yield the lines of a sheet, the names of its columns first and then one fact each.

    What a pack holds of a fact is in it. A spreadsheet shows it right if the file begins with a byte order mark.
    """
    yield HEAD
    yield from map(csv_row, facts)


def csv_row(fact: Fact) -> str:
    """Return a fact as a line of a sheet."""
    cells = _cells(fact)
    return row(cells[name] for name in FACT_COLUMNS)


def _cells(fact: Fact) -> dict[str, object]:
    cited = ({**_source(cited.source), "quote": cited.quote} for cited in fact.citations)
    misses = ({"text": miss.text, "kind": miss.kind} for miss in fact.near_misses)
    lists = ("topics", "overlaps", "phrasings", "appearances")
    plain = (name for name in FACT_COLUMNS if name not in {*lists, "near_misses", "citations", "reviews"})
    return {
        **{name: getattr(fact, name) for name in plain},
        **{name: text_lines(getattr(fact, name)) for name in lists},
        "near_misses": near_miss_lines(misses),
        "citations": citation_lines(cited),
        "reviews": review_lines(_reviews(fact)),
    }


def _reviews(fact: Fact) -> Iterator[Entry]:
    for review in fact.reviews:
        details = {"label": review.label, "rest": None if review.rest == "{}" else review.rest}
        given = {name: text for name, text in details.items() if text is not None}
        yield {**_source(review.source), "claim": review.claim, "verdict": review.verdict.value, **given}


def _source(source: Source) -> Entry:
    """Return what is known of a source; its key goes without saying where it is made of its address and names."""
    usual = web_source(source.url, source.publisher, source.title).key
    details = {
        "author": source.author,
        "published": _day(source.published),
        "retrieved": _day(source.retrieved),
        "archive_url": source.archive_url,
        "note": source.note,
        "key": None if source.key == usual else source.key,
    }
    given = {name: text for name, text in details.items() if text is not None}
    return {"url": source.url, "publisher": source.publisher, "title": source.title, **given}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
