"""A large store for ``benchmarks.scale``: a database of plain facts, made from lines of claims."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from bot.store.migrate import create

_MIN_WORDS = 4
_FACT = {
    "verdict": "false",
    "language": "en",
    "topics": "[]",
    "overlaps": "[]",
    "as_of": "2026-01-01",
    "review_by": "2036-01-01",
    "version": 1,
    "retired": 0,
    "failed_tests": "[]",
}


def texts(path: Path, *, least_words: int = 1) -> Iterator[str]:
    """Return the texts of a gzip file of lines ``source TAB text``, each once."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        found = (line.rstrip("\n").partition("\t")[2] for line in file)
        yield from dict.fromkeys(text for text in found if len(text.split()) >= least_words)


def phrasings_of(claim: str) -> tuple[str, str]:
    """Return a claim and the same in slightly other words."""
    return claim, f"Apparently {claim}"


def build(path: Path, claims: Path, count: int) -> int:
    """Write a database of up to so many facts, two wordings each, and return how many there are."""
    path.touch()
    create(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("BEGIN")
        source = {"id": 1, "key": "pool", "publisher": "P", "title": "T", "url": "https://pool.example"}
        _insert(file, "sources", [source])
        numbered = list(enumerate(islice(texts(claims, least_words=_MIN_WORDS), count), start=1))
        _insert(file, "facts", (_fact(number, claim) for number, claim in numbered))
        _insert(
            file, "phrasings", ({"fact_id": n, "position": 0, "text": phrasings_of(claim)[1]} for n, claim in numbered)
        )
        _insert(
            file,
            "citations",
            ({"fact_id": n, "position": 0, "source_id": 1, "quote": f"No: {claim}"} for n, claim in numbered),
        )
        file.execute("COMMIT")
    return len(numbered)


def remove(path: Path, slug: str) -> None:
    """Take a fact out of a database that is open elsewhere."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA foreign_keys=ON")
        file.execute("DELETE FROM facts WHERE slug = ?", (slug,))


def build_peer(path: Path, claims: Path, count: int) -> None:
    """Write the same wordings into a full-text table of SQLite's own."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("CREATE VIRTUAL TABLE wordings USING fts5(text, tokenize='porter unicode61')")
        file.execute("BEGIN")
        wordings = (
            (text,) for claim in islice(texts(claims, least_words=_MIN_WORDS), count) for text in phrasings_of(claim)
        )
        file.executemany("INSERT INTO wordings (text) VALUES (?)", wordings)
        file.execute("COMMIT")
        file.execute("INSERT INTO wordings (wordings) VALUES ('optimize')")


def _fact(number: int, claim: str) -> dict[str, Any]:
    said = {"claim": claim, "correction": f"It is not so that {claim}", "true_statement": f"It is not so that {claim}"}
    return {"id": number, "slug": f"fact-{number}", **said, **_FACT}


def _insert(file: sqlite3.Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    iterator = iter(rows)
    first = next(iterator)
    names = ", ".join(first)
    marks = ", ".join(f":{name}" for name in first)
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names from above
    file.execute(statement, first)
    file.executemany(statement, iterator)
