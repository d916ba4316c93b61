"""Tables of ratings, a row each: note, rater, rating and optionally reasons."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.output import whole
from bot.domain.errors import UsageError
from bot.domain.rating import WORTH, Helpfulness, Rating, Reason

_COLUMNS = ("note", "rater", "rating")
_REASONS = "reasons"
_WORDS: Mapping[float, Helpfulness] = {worth: said for said, worth in WORTH.items()}
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""Tables tell no times; the order of the rows says which rating of a pair is the latest."""

_MOST_DIGITS = 1000
"""Python refuses to read much longer numbers; whoever writes them gets them sorted as words."""


@dataclass(frozen=True, slots=True)
class Table:
    """The ratings of a table, one a pair. A note's id is its place in ``notes``, which holds the names in order."""

    ratings: tuple[Rating, ...]
    notes: tuple[str, ...]
    reasons_known: bool


@dataclass(frozen=True, slots=True)
class _Row:
    said: Helpfulness
    reasons: frozenset[Reason]


def read_table(path: str) -> Table:
    """Read a table of ratings from a file, or from standard input for ``-``; later rows of a pair win.

    Raises:
        UsageError: It can't be read, has no ratings, or a line isn't a rating.
    """
    name = "standard input" if path == "-" else path
    lines = csv.reader(io.StringIO(_text(path, name), newline=""), strict=True)
    try:
        columns = _header(next(lines, []), name)
        pairs: dict[tuple[str, str], _Row] = {}
        for cells in lines:
            if cells:
                note, rater, row = _rating(cells, columns, f"{name}, line {lines.line_num}")
                pairs[note, rater] = row
    except csv.Error as error:
        raise UsageError(f"{name}, line {lines.line_num}: not CSV ({error}).") from error
    if not pairs:
        raise UsageError(f"{name} holds no ratings.")
    notes = tuple(in_order({note for note, _ in pairs}))
    places = {note: place for place, note in enumerate(notes)}
    ratings = tuple(
        Rating(places[note], 0, rater, row.said, row.reasons, _NO_TIME) for (note, rater), row in pairs.items()
    )
    return Table(ratings, notes, _REASONS in columns)


def in_order(names: set[str]) -> list[str]:
    """Return names sorted as numbers if all are whole numbers, else as words."""
    if all(_is_number(name) for name in names):
        return sorted(names, key=lambda name: (int(name), name))
    return sorted(names)


def _is_number(name: str) -> bool:
    return name.isascii() and name.removeprefix("-").isdecimal() and len(name) < _MOST_DIGITS


def _text(path: str, name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{name} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise UsageError(f"{name} can't be read: it is not UTF-8.") from error


def _header(cells: list[str], name: str) -> Mapping[str, int]:
    """Return where each column stands."""
    titles = [cell.strip().lower() for cell in cells]
    if not any(titles):
        raise UsageError(f"{name} holds no ratings.")
    lacking = [column for column in _COLUMNS if column not in titles]
    if lacking:
        raise UsageError(f"{name}, line 1: the first line must name the columns {', '.join(_COLUMNS)}.")
    twice = [column for column in (*_COLUMNS, _REASONS) if titles.count(column) > 1]
    if twice:
        raise UsageError(f"{name}, line 1: the column {twice[0]} is there twice.")
    return {title: place for place, title in enumerate(titles)}


def _rating(cells: list[str], columns: Mapping[str, int], where: str) -> tuple[str, str, _Row]:
    if len(cells) != len(columns):
        raise UsageError(f"{where}: it has {len(cells)} cells, and the first line has {len(columns)}.")
    note, rater, rating = (whole(cells[columns[column]].strip()) for column in _COLUMNS)
    if not (note and rater):
        raise UsageError(f"{where}: the {'rater' if note else 'note'} is empty.")
    reasons = cells[columns[_REASONS]] if _REASONS in columns else ""
    return note, rater, _Row(_said(rating, where), frozenset(_reasons(reasons, where)))


def _said(text: str, where: str) -> Helpfulness:
    try:
        value = float(text) if text.isascii() and "_" not in text else -1.0
    except ValueError:
        value = -1.0
    if value not in _WORDS:
        raise UsageError(f"{where}: the rating must be 1, 0.5 or 0, and is {text!r}.")
    return _WORDS[value]


def _reasons(text: str, where: str) -> Iterator[Reason]:
    for code in text.replace(";", " ").split():
        try:
            yield Reason(code)
        except ValueError as error:
            raise UsageError(f"{where}: {code!r} is no reason; reasons are {', '.join(Reason)}.") from error
