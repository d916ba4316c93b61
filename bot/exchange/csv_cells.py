"""Lists in a cell of a sheet, one entry a line, for people to read and write; what was written is read as it was.

An entry is said plainly ("text | kind") wherever that reads back as the same entry, and as one line of JSON elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from bot.exchange.sound_json import canonical, parse

FACT_COLUMNS = (
    *("slug", "claim", "verdict", "verdict_label", "correction", "true_statement", "speaker", "claim_date", "context"),
    *("language", "topics", "overlaps", "phrasings", "near_misses", "citations", "appearances", "as_of", "review_by"),
    "reviews",
)
"""Of a sheet of facts, in the order in which they are written."""

OTHER_KIND = "other"
"""The kind of a near miss where none is said."""

Entry = Mapping[str, Any]

_CITATION = ("url", "publisher", "title", "quote")
_REVIEW = ("url", "publisher", "title", "claim")
_DETAILS = ("verdict", "label", "author", "published", "retrieved", "archive_url", "note", "key", "rest")
_BAR = " | "
_BREAK = re.compile(r"\r\n|\r|\n")


def text_lines(texts: Iterable[str]) -> str:
    """Return texts, one a line; one that would be read as another stands in quotation marks, as JSON has it."""
    return "\n".join(text if read_texts(text) == [text] else canonical(text) for text in texts)


def read_texts(cell: str) -> list[str]:
    """Return the texts of a cell."""
    found = ((line, _json(line, '"')) for line in _lines(cell))
    return [said if isinstance(said, str) else line for line, said in found]


def near_miss_lines(misses: Iterable[Entry]) -> str:
    """Return near misses, one a line: "text | kind"."""
    return "\n".join(_line(miss, (miss["text"], miss["kind"]), _near_miss) for miss in misses)


def read_near_misses(cell: str) -> list[Entry]:
    """Return the near misses of a cell, whole or not."""
    return _entries(cell, _near_miss)


def citation_lines(citations: Iterable[Entry]) -> str:
    """Return citations, one a line: "url | publisher | title | quote | author=... | key=..."."""
    return "\n".join(_line(cited, _parts(cited, _CITATION), _citation) for cited in citations)


def read_citations(cell: str) -> list[Entry]:
    """Return the citations of a cell, whole or not."""
    return _entries(cell, _citation)


def review_lines(reviews: Iterable[Entry]) -> str:
    """Return reviews, one a line: "url | publisher | title | claim | verdict=false | label=...", and details."""
    return "\n".join(_line(review, _parts(review, _REVIEW), _review) for review in reviews)


def read_reviews(cell: str) -> list[Entry]:
    """Return the reviews of a cell, whole or not."""
    return _entries(cell, _review)


def _line(entry: Entry, parts: Iterable[str], plain: Callable[[str], Entry]) -> str:
    line = _BAR.join(parts)
    return line if _entries(line, plain) == [entry] else canonical(entry)


def _parts(entry: Entry, names: Iterable[str]) -> Iterator[str]:
    yield from (entry[name] for name in names)
    yield from (f"{name}={entry[name]}" for name in _DETAILS if name in entry)


def _entries(cell: str, plain: Callable[[str], Entry]) -> list[Entry]:
    found = ((line, _json(line, "{")) for line in _lines(cell))
    return [said if isinstance(said, dict) else plain(line) for line, said in found]


def _near_miss(line: str) -> Entry:
    text, bar, kind = line.rpartition("|")
    return {"text": text.strip(), "kind": kind.strip() or OTHER_KIND} if bar else {"text": line, "kind": OTHER_KIND}


def _citation(line: str) -> Entry:
    return _document(line, _CITATION)


def _review(line: str) -> Entry:
    return _document(line, _REVIEW)


def _document(line: str, names: tuple[str, ...]) -> Entry:
    """Read the four parts, of which the last may hold bars, and the details that stand behind it."""
    parts = [part.strip() for part in line.split("|", len(names) - 1)]
    details: dict[str, str] = {}
    while True:
        before, bar, detail = parts[-1].rpartition("|")
        name, sign, value = (piece.strip() for piece in detail.partition("="))
        if not (bar and sign and name in _DETAILS) or name in details:
            return dict(zip(names, parts, strict=False)) | details
        parts[-1] = before.strip()
        details[name] = value


def _lines(cell: str) -> Iterator[str]:
    return filter(None, (line.strip() for line in _BREAK.split(cell)))


def _json(line: str, begins: str) -> object:
    """Return what a line says as JSON, or None where it is none of the kind that begins so."""
    if not line.startswith(begins):
        return None
    try:
        return parse(line)
    except ValueError:
        return None
