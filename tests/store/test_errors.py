from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.errors import StoreCorrupt, StoreError, StoreReadOnly
from bot.store.database import open_database
from bot.store.errors import translated, translated_files
from tests.builders import a_fact


def _full(connection: sqlite3.Connection, _path: Path) -> None:
    connection.execute("PRAGMA max_page_count = 3")
    connection.execute("INSERT INTO t VALUES (zeroblob(100000))")


def _locked(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")


def _readonly(connection: sqlite3.Connection, _path: Path) -> None:
    connection.execute("PRAGMA query_only = ON")
    connection.execute("INSERT INTO t VALUES (1)")


def _damaged(connection: sqlite3.Connection, path: Path) -> None:
    connection.close()
    path.write_bytes(b"no database" * 1000)
    with closing(sqlite3.connect(path)) as again:
        again.execute("SELECT * FROM t")


def _twice(connection: sqlite3.Connection, _path: Path) -> None:
    connection.execute("INSERT INTO t VALUES (1), (1)")


def _nonsense(connection: sqlite3.Connection, _path: Path) -> None:
    connection.execute("SELECT colour FROM t")


@pytest.mark.parametrize(
    ("mishap", "kind", "words"),
    [
        (_full, StoreError, "full"),
        (_locked, StoreError, "locked by another program"),
        (_readonly, StoreReadOnly, "writable"),
        (_damaged, StoreCorrupt, "backup"),
        (_twice, StoreError, "contradicts"),
        (_nonsense, StoreError, "colour"),
    ],
)
def test_sqlites_errors_become_ours(
    tmp_path: Path, mishap: Callable[[sqlite3.Connection, Path], None], kind: type[StoreError], words: str
) -> None:
    """Each real fault of SQLite turns into a sentence that names the file."""
    path = tmp_path / "t.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE t (x UNIQUE)")
        with pytest.raises(kind, match=words) as caught, translated(path):
            mishap(connection, path)
    assert type(caught.value) is kind
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.EROFS, StoreReadOnly, "writable"),
        (errno.EACCES, StoreReadOnly, "writable"),
        (errno.ENOSPC, StoreError, "full"),
        (errno.EIO, StoreError, "could not be written"),
    ],
)
def test_file_errors_become_ours(tmp_path: Path, number: int, kind: type[StoreError], words: str) -> None:
    """So do the file system's."""
    with pytest.raises(kind, match=words), translated_files(tmp_path / "t.db"):
        raise OSError(number, os.strerror(number))


async def test_an_error_carries_no_words_of_a_post(tmp_path: Path, empty_seed: Path) -> None:
    """Logs hold errors and their causes; what people wrote must not be in them."""
    async with await open_database(tmp_path / "t.db", seed=empty_seed) as store:
        fact = a_fact(claim="xylophone")
        async with store.transaction() as tx:
            await tx.facts.add(fact)
        with pytest.raises(StoreError) as caught:
            async with store.transaction() as tx:
                await tx.facts.add(fact)
    assert "xylophone" not in f"{caught.value} {caught.value.__cause__}"
