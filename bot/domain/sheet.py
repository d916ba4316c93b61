"""Rows of a CSV file that a spreadsheet shows as they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet take a cell for a formula, at its beginning; the wide forms do so in some places."""
_GUARD = "'"


def row(values: Iterable[object]) -> str:
    """Return a line of values, of which none begins as a formula does; None is an empty cell."""
    line = io.StringIO()
    csv.writer(line).writerow([guarded("" if value is None else str(value)) for value in values])
    return line.getvalue()


def guarded(text: str) -> str:
    """Return a text with an apostrophe before it, if it begins as a formula does or looks guarded already."""
    return f"{_GUARD}{text}" if _needs(text) else text


def unguarded(cell: str) -> str:
    """Return the text that ``guarded`` made the cell of; where it was made by hand, it is the text as shown."""
    return cell.removeprefix(_GUARD) if _needs(cell) else cell


def _needs(text: str) -> bool:
    return text.lstrip(_GUARD).startswith(_FORMULA)
