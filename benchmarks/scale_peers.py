"""The peers of ``benchmarks.scale`` on the same wordings: SQLite FTS5 and BM25 by the package bm25s."""

from __future__ import annotations

import importlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.scale_store import wordings
from benchmarks.times import Times, memory
from bot.matching.normalise import normalise
from bot.matching.words import STOP, words

CANDIDATES = 12
_NEW = "Zeppelins carried all the mail across Patagonia until 1987."
_SHARES = (0.5, 0.9, 0.99)


def fts5(database: Path, peer: Path, posts: list[str]) -> dict[str, Any]:
    """Measure SQLite FTS5 with its Porter stemmer, asked for any of a post's content words."""
    values: dict[str, Any] = {}
    if not peer.exists():
        start = time.perf_counter()
        _build(peer, wordings(database))
        values["fts5_build_s"] = round(time.perf_counter() - start, 1)
    with closing(sqlite3.connect(peer, isolation_level=None)) as file:
        times = _timed(lambda text: _ask(file, text), posts)
        start = time.perf_counter()
        row = file.execute("INSERT INTO wordings (text) VALUES (?)", (_NEW,)).lastrowid
        assert any(found == row for found, _ in _ask(file, _NEW))
        values["fts5_added_to_found_ms"] = round((time.perf_counter() - start) * 1000, 1)
        file.execute("DELETE FROM wordings WHERE rowid = ?", (row,))
    size = round(peer.stat().st_size / 1e6)
    return {**values, **_named("fts5", times), "fts5_disk_mb": size, "fts5_resident_mb": memory()["resident_mb"]}


def bm25(database: Path, posts: list[str]) -> dict[str, Any]:
    """Measure BM25 in memory by the package bm25s, on the stems that Footnote uses; it must be built anew to grow."""
    index = importlib.import_module("bm25s").BM25()
    start = time.perf_counter()
    index.index([_stems(text) for text in wordings(database)], show_progress=False)
    built = time.perf_counter() - start

    def ask(text: str) -> object:
        return index.retrieve([_stems(text)], k=CANDIDATES, show_progress=False)

    times = _timed(ask, posts)
    return {**_named("bm25s", times), "bm25s_build_s": round(built, 1), "bm25s_resident_mb": memory()["resident_mb"]}


def _timed(ask: Callable[[str], object], posts: list[str]) -> Times:
    times = Times()
    for text in posts:
        if any(word.lower() not in STOP for word in words(text).raw):
            times.of(ask, text)
    return times


def _named(name: str, times: Times) -> dict[str, float]:
    return {f"{name}_p{share:.0%}_ms": times.at(share) for share in _SHARES}


def _build(path: Path, texts: Iterator[str]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("CREATE VIRTUAL TABLE wordings USING fts5(text, tokenize='porter unicode61')")
        file.execute("BEGIN")
        file.executemany("INSERT INTO wordings (text) VALUES (?)", ((text,) for text in texts))
        file.execute("COMMIT")
        file.execute("INSERT INTO wordings (wordings) VALUES ('optimize')")


def _ask(file: sqlite3.Connection, text: str) -> list[Any]:
    content = {word.lower() for word in words(text).raw} - STOP
    query = " OR ".join(f'"{word}"' for word in content)
    statement = "SELECT rowid, rank FROM wordings WHERE wordings MATCH ? ORDER BY rank LIMIT ?"
    return file.execute(statement, (query, CANDIDATES)).fetchall() if query else []


def _stems(text: str) -> list[str]:
    return list(words(normalise(text)).stems)
