"""What matching is measured against: SQLite's full-text search over the same wordings."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from bot.domain.errors import FootnoteError
from bot.domain.fact import Fact
from bot.matching.words import STOP

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

    def search(self, text: str) -> list[str]:
        """Return the facts of the five wordings that fit best, best first."""
        found = dict.fromkeys(word for word in _WORD.findall(text.lower()) if word not in STOP)
        if not found:
            return []
        # The words are \w alone: no quotation mark is among them.
        query = " OR ".join(f'"{word}"' for word in found)
        sql = "SELECT fact FROM wording WHERE wording MATCH ? ORDER BY rank LIMIT ?"
        return [fact for (fact,) in self._connection.execute(sql, (query, _HITS))]


@contextmanager
def full_text(facts: Iterable[Fact]) -> Iterator[FullText]:
    """Open the peer, and close it."""
    connection = sqlite3.connect(":memory:")
    try:
        yield FullText(connection, facts)
    finally:
        connection.close()
