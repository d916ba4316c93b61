"""Sheets from others: of facts, as ``csv_out`` writes them, or of publishers' reviews."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from typing import BinaryIO
from urllib.parse import urlsplit

from bot.domain.errors import ImportRefused, PackError
from bot.domain.fact import Review
from bot.domain.slugs import web_source
from bot.exchange.checks import reviewed_fault
from bot.exchange.csv_cells import FACT_COLUMNS, read_texts
from bot.exchange.csv_facts import fact_of
from bot.exchange.csv_rows import Row, read_rows
from bot.exchange.dates import day
from bot.exchange.fields import Fields
from bot.exchange.incoming import Rejected, ReviewedClaim, SheetFact
from bot.exchange.languages import language_code
from bot.exchange.sentences import sentence, shown
from bot.exchange.verdicts import verdict_of

REVIEW_COLUMNS = (
    *("claim", "url", "rating", "label", "publisher", "published", "title", "language", "speaker", "claim_date"),
    "appearances",
)

_FACT_NEEDS = ("claim", "verdict", "correction", "true_statement", "citations")
_REVIEW_NEEDS = ("claim", "url")
_TITLE = 300
_NAMED = 3


def read_csv(stream: BinaryIO, *, today: date) -> Iterator[ReviewedClaim | SheetFact | Rejected]:
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
    return map(_review, rows)


def reviewed_claim(row: Row) -> ReviewedClaim:
    """Return the review of a row.

    Raises:
        PackError: It can't go in; the message says why.
    """
    cells = {name: text.strip() for name, text in row.cells.items()}
    fields = Fields("", {**cells, "appearances": read_texts(cells.get("appearances", ""))})
    language = fields.optional_text("language")
    found = ReviewedClaim(
        place=row.place,
        review=_review_of(fields),
        language=language_code(language),
        speaker=fields.optional_text("speaker"),
        claim_date=fields.optional_text("claim_date"),
        appearances=fields.texts("appearances"),
    )
    if (wrong := reviewed_fault(found)) is not None:
        raise fields.error(wrong)
    return found


def _review_of(fields: Fields) -> Review:
    claim, url = fields.text("claim"), fields.url("url")
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    publisher = fields.optional_text("publisher") or host
    source = web_source(url, publisher, fields.optional_text("title") or shown(claim, _TITLE))
    label = fields.optional_text("label") or fields.optional_text("rating")
    source = replace(source, published=_published(fields))
    return Review("", source, claim, verdict_of(label, publisher=publisher, host=host), label)


def _published(fields: Fields) -> date | None:
    text = fields.optional_text("published")
    if text is None:
        return None
    if (found := day(text)) is None:
        raise fields.error(f'published is "{shown(text)}"; a date looks like 2024-08-31')
    return found


def _fact(row: Row | Rejected, today: date) -> SheetFact | Rejected:
    if isinstance(row, Rejected):
        return row
    try:
        return SheetFact(row.place, fact_of(row.cells, today))
    except PackError as error:
        return Rejected(row.place, str(error))


def _review(row: Row | Rejected) -> ReviewedClaim | Rejected:
    if isinstance(row, Rejected):
        return row
    try:
        return reviewed_claim(row)
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
