"""What matching is measured against: SQLite's full-text search and BM25 over the same wordings."""

from __future__ import annotations

import importlib
import logging
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from bot.domain.errors import FootnoteError
from bot.domain.fact import Fact
from bot.matching.normalise import normalise
from bot.matching.words import STOP, words

_WORD = re.compile(r"\w+")
_HITS = 5


class FullText:
    """SQLite FTS5 with its Porter stemmer, in memory, asked for any of a message's content words."""

    name = "SQLite FTS5"

    def __init__(self, connection: sqlite3.Connection, facts: Iterable[Fact]) -> None:
        """Index every wording.

        Raises:
            FootnoteError: This SQLite has no FTS5.
        """
        self._connection = connection
        try:
            connection.execute("CREATE VIRTUAL TABLE wording USING fts5(fact UNINDEXED, text, tokenize='porter')")
        except sqlite3.OperationalError as error:
            raise FootnoteError(f"The peer can't be measured: this SQLite lacks FTS5 ({error}).") from error
        rows = ((fact.slug, wording) for fact in facts for wording in fact.wordings())
        connection.executemany("INSERT INTO wording VALUES (?, ?)", rows)

    def search(self, text: str, *, wordings: int = _HITS) -> list[str]:
        """Return the facts of the wordings that fit best, each once, best first."""
        found = dict.fromkeys(word for word in _WORD.findall(text.lower()) if word not in STOP)
        if not found:
            return []
        # The words are \w alone: no quotation mark is among them.
        query = " OR ".join(f'"{word}"' for word in found)
        sql = "SELECT fact FROM wording WHERE wording MATCH ? ORDER BY rank LIMIT ?"
        return list(dict.fromkeys(fact for (fact,) in self._connection.execute(sql, (query, wordings))))


class Bm25:
    """BM25 by the package bm25s, over each fact's wordings together, with the stemmer that Footnote uses."""

    name = "BM25 (bm25s)"

    def __init__(self, facts: Sequence[Fact]) -> None:
        """Index every fact.

        Raises:
            ImportError: The package isn't installed.
        """
        self._slugs = [fact.slug for fact in facts]
        self._index = importlib.import_module("bm25s").BM25()
        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to talk of every step
        texts = [list(words(normalise(" ".join(fact.wordings()))).stems) for fact in facts]
        self._index.index(texts, show_progress=False)

    def search(self, text: str, *, limit: int) -> list[str]:
        """Return the facts that fit best, best first."""
        stems = [list(words(normalise(text)).stems)]
        found, _ = self._index.retrieve(stems, k=min(limit, len(self._slugs)), show_progress=False)
        return [self._slugs[number] for number in found[0]]


@contextmanager
def full_text(facts: Iterable[Fact]) -> Iterator[FullText]:
    """Open the peer, and close it."""
    connection = sqlite3.connect(":memory:")
    try:
        yield FullText(connection, facts)
    finally:
        connection.close()
