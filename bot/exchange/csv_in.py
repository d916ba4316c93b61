"""Sheets from others: of facts, as ``csv_out`` writes them, or of publishers' reviews."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from typing import BinaryIO
from urllib.parse import urlsplit

from bot.domain.errors import ImportRefused, PackError
from bot.domain.fact import Review, Verdict
from bot.domain.slugs import web_source
from bot.exchange.checks import reviewed_fault
from bot.exchange.csv_cells import FACT_COLUMNS, read_texts
from bot.exchange.csv_facts import fact_of
from bot.exchange.csv_rows import Row, read_rows
from bot.exchange.fields import Fields
from bot.exchange.incoming import Rejected, ReviewedClaim, SheetFact
from bot.exchange.sentences import sentence, shown

REVIEW_COLUMNS = (
    *("claim", "url", "rating", "label", "publisher", "published", "title", "language", "speaker", "claim_date"),
    "appearances",
)

_FACT_NEEDS = ("claim", "verdict", "correction", "true_statement", "citations")
_REVIEW_NEEDS = ("claim", "url")
_TITLE = 300
_NAMED = 3

Judge = Callable[[str | None, str, str], Verdict]
"""What makes a verdict of a publisher's label, the publisher's name and the host of its page."""


def read_csv(stream: BinaryIO, *, today: date, judge: Judge) -> Iterator[ReviewedClaim | SheetFact | Rejected]:
    """Return the rows of a sheet, which are read one by one. One that has "correction" is a sheet of facts.

    Two facts may have one slug: rows are forgotten as soon as they are read.

    Raises:
        ImportRefused: It is no such sheet.
    """
    columns, rows = read_rows(stream, {*FACT_COLUMNS, *REVIEW_COLUMNS})
    if "correction" in columns:
        _check(columns, FACT_COLUMNS, _FACT_NEEDS)
        return map(partial(_fact, today=today), rows)
    if not {"rating", "label"}.intersection(columns):
        facts, reviews = ", ".join(_FACT_NEEDS), ", ".join((*_REVIEW_NEEDS, "rating"))
        raise ImportRefused(f"The first line must name the columns of facts ({facts}) or of reviews ({reviews}).")
    _check(columns, REVIEW_COLUMNS, _REVIEW_NEEDS)
    return map(partial(_review, judge=judge), rows)


def reviewed_claim(row: Row, judge: Judge) -> ReviewedClaim:
    """Return the review of a row.

    Raises:
        PackError: It can't go in; the message says why.
    """
    cells = {name: text.strip() for name, text in row.cells.items()}
    fields = Fields("", {**cells, "appearances": read_texts(cells.get("appearances", ""))})
    language = fields.optional_text("language")
    found = ReviewedClaim(
        place=row.place,
        review=_review_of(fields, judge),
        language=None if language is None else language.casefold(),
        speaker=fields.optional_text("speaker"),
        claim_date=fields.optional_text("claim_date"),
        appearances=fields.texts("appearances"),
    )
    if (wrong := reviewed_fault(found)) is not None:
        raise fields.error(wrong)
    return found


def _review_of(fields: Fields, judge: Judge) -> Review:
    claim, url = fields.text("claim"), fields.url("url")
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    publisher = fields.optional_text("publisher") or host
    source = web_source(url, publisher, fields.optional_text("title") or shown(claim, _TITLE))
    label = fields.optional_text("label") or fields.optional_text("rating")
    source = replace(source, published=fields.optional_day("published"))
    return Review("", source, claim, judge(label, publisher, host), label)


def _fact(row: Row | Rejected, today: date) -> SheetFact | Rejected:
    if isinstance(row, Rejected):
        return row
    try:
        return SheetFact(row.place, fact_of(row.cells, today))
    except PackError as error:
        return Rejected(row.place, str(error))


def _review(row: Row | Rejected, judge: Judge) -> ReviewedClaim | Rejected:
    if isinstance(row, Rejected):
        return row
    try:
        return reviewed_claim(row, judge)
    except PackError as error:
        return Rejected(row.place, str(error))


def _check(columns: tuple[str, ...], known: tuple[str, ...], needed: tuple[str, ...]) -> None:
    if unknown := [f'"{shown(name)}"' for name in columns if name not in known]:
        more = ", ..." if len(unknown) > _NAMED else ""
        raise ImportRefused(
            sentence(f"There is no column {', '.join(unknown[:_NAMED])}{more}; known are {', '.join(sorted(known))}")
        )
    if twice := [name for name in known if columns.count(name) > 1]:
        raise ImportRefused(f'The column "{twice[0]}" stands twice.')
    if missing := [f'"{name}"' for name in needed if name not in columns]:
        raise ImportRefused(f"The first line lacks the column {', '.join(missing)}.")
