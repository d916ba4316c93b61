"""Rows of a CSV file from others, one at a time: neither a large file nor a malformed one takes much memory."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TextIO

from bot.domain.errors import ImportRefused
from bot.domain.sheet import unguarded
from bot.exchange.incoming import Rejected
from bot.exchange.sentences import sentence

ROW_LIMIT = 1_000_000
"""Characters of a row, with its line breaks."""

_MOST_COLUMNS = 100
_DELIMITERS = ",;\t"
_UNDECODED = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Row:
    """A row's place, such as "line 17" (where it begins), and its cells by their columns; an empty cell is left out."""

    place: str
    cells: dict[str, str]


class _TooLong(Exception):
    """A row takes more characters than it may."""


class _Text(io.TextIOWrapper):
    """A stream as text, which stays open: it is the caller's."""

    def close(self) -> None:
        """Leave the stream open, also when this is collected."""


class _Lines:
    """The lines of a text, counted. A row that grows too long ends at the next line, so that the reader finds back."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._size = 0
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(ROW_LIMIT + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self._size += len(line)
        if self._size > ROW_LIMIT:
            while line and not line.endswith(("\n", "\r")):
                line = self._text.readline(ROW_LIMIT)
            raise _TooLong
        return line

    def begin(self) -> None:
        """Begin another row."""
        self._size = 0


def read_rows(stream: BinaryIO, known: Collection[str]) -> tuple[tuple[str, ...], Iterator[Row | Rejected]]:
    """Return the columns of a file and its rows, which are read one by one. ``known`` tells its separator.

    Raises:
        ImportRefused: Its first line names no columns.
    """
    csv.field_size_limit(ROW_LIMIT)  # the process's own, and no row may be longer
    lines = _Lines(_Text(stream, encoding="utf-8-sig", errors="surrogateescape", newline=""))
    try:
        first = next(lines, "")
    except _TooLong:
        raise ImportRefused("The first line is too long to name columns.") from None
    if "\0" in first or _UNDECODED.search(first):
        raise ImportRefused("The file is not UTF-8.")
    delimiter, columns = max(
        ((delimiter, _columns(first, delimiter)) for delimiter in _DELIMITERS),
        key=lambda found: len(set(known).intersection(found[1])),
    )
    if len(columns) > _MOST_COLUMNS:
        raise ImportRefused(f"The first line has {len(columns)} columns; {_MOST_COLUMNS} at most.")
    return columns, _rows(lines, columns, delimiter)


def _columns(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        names = next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return ()
    return tuple("_".join(name.casefold().split()) for name in names)


def _rows(lines: _Lines, columns: tuple[str, ...], delimiter: str) -> Iterator[Row | Rejected]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin()
        place = f"line {lines.number + 1}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _TooLong:
            yield Rejected(
                place, f"the row has more than {ROW_LIMIT} characters, as if a quotation mark were not closed."
            )
        except csv.Error as error:
            yield Rejected(place, sentence(f"the row is not sound CSV: {error}"))
        else:
            if any(cells):
                yield _row(place, cells, columns)


def _row(place: str, cells: list[str], columns: tuple[str, ...]) -> Row | Rejected:
    if len(cells) != len(columns):
        return Rejected(place, f"the row has {len(cells)} cells, and the first line {len(columns)}.")
    if any(_UNDECODED.search(cell) for cell in cells):
        return Rejected(place, "the row is not UTF-8.")
    texts = (unguarded(cell) for cell in cells)
    return Row(place, {name: text for name, text in zip(columns, texts, strict=True) if text.strip()})
