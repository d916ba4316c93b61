"""Copies of the database, made while it is in use, and what is in one. Blocking: call it off the event loop.

A backup is a single file with a plain journal, which can be read on a read-only disk. The key of the members'
pseudonyms lies beside it, as it does beside a database (see ``bot.store.key``).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.errors import StoreCorrupt, StoreError
from bot.store.engine import BUSY_TIMEOUT_MS, Mode, uri
from bot.store.errors import translated, translated_files
from bot.store.files import place_new
from bot.store.key import key_path, load_key, store_key
from bot.store.migrate import is_current, stored_revision

_PAGES = 1024
"""Pages copied in one step, 4 MB."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds: its revision, when the file was written, rows by table, and whether its key is there."""

    revision: str
    made: datetime
    tables: Mapping[str, int]
    has_key: bool


def back_up(database: Path, target: Path, *, with_key: bool = True) -> Contents:
    """Copy a database to a new file while it is in use, and check the copy before the file appears.

    Args:
        database: The database, of this Footnote or an older one.
        target: A file that isn't there yet; only its owner can read it.
        with_key: Whether the key of the members' pseudonyms, where there is one, is copied to ``TARGET.key``.

    Raises:
        StoreCorrupt: The database is damaged.
        StoreTooNew: A newer Footnote wrote it.
        StoreReadOnly: The target can't be written.
        StoreError: There is no database, the target is taken, or anything else, such as a full disk. Nothing was made.
    """
    _refuse(database, target)
    key = load_key(database, create=False) if with_key else None
    with translated_files(target), ExitStack() as undo:
        if key is not None:
            if not store_key(target, key):
                raise _taken(key_path(target))
            undo.callback(key_path(target).unlink)
        # After the key: where there is a backup, it is complete.
        if not place_new(target, lambda temporary: _copy(database, temporary, target)):
            raise _taken(target)
        undo.pop_all()
    return _contents(target)


def verify(path: Path, *, migrations: Path | None = None) -> Contents:
    """Check every page of a backup and return what it holds. Changes nothing and makes no file.

    Raises:
        StoreCorrupt: It is damaged, or no backup of Footnote.
        StoreTooNew: A newer Footnote wrote it.
        StoreError: There is no such file, it can't be read, or it isn't complete by itself.
    """
    if path.is_dir():
        raise StoreError(f"{path} is a folder. Name a file in it.")
    if not path.is_file():
        raise StoreError(f"There is no file {path}.")
    _refuse_side_files(path)
    try:
        with translated_files(path), translated(path):
            is_current(path, stored_revision(path, "ro", full=True), migrations)
            return _contents(path)
    except StoreCorrupt as error:
        raise StoreCorrupt(
            f"{path} is damaged, or no backup of Footnote, and can't be restored. Use another one; nothing was changed."
        ) from error


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
    tables = [name for (name,) in connection.execute(names)]
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608


def copy_pages(source: sqlite3.Connection, into: sqlite3.Connection) -> None:
    """Copy one database over another in steps, as one transaction of the other."""

    def heard(*_progress: int) -> None:
        """Do nothing: Python hears Ctrl-C only where it is called."""

    source.backup(into, pages=_PAGES, progress=heard)


def stamp(at: datetime) -> str:
    """Return a time, in UTC, as it stands in the names of copies."""
    return at.strftime("%Y%m%dT%H%M%SZ")


def _refuse(database: Path, target: Path) -> None:
    if not database.is_file():
        raise StoreError(f"There is no database at {database}, and nothing to back up.")
    if not target.absolute().parent.is_dir():
        raise StoreError(f"There is no folder {target.absolute().parent}. Make it first.")
    for path in (target, key_path(target)):
        if path.exists() or path.is_symlink():
            raise _taken(path)


def _taken(path: Path) -> StoreError:
    return StoreError(f"{path} is there already, and a backup overwrites nothing. Name another file.")


def _refuse_side_files(path: Path) -> None:
    file = path.resolve()
    for log in (file.with_name(f"{file.name}{suffix}") for suffix in ("-wal", "-journal")):
        if log.exists() and log.stat().st_size:
            raise StoreError(
                f"{path} isn't complete without {log.name}: it is in use, or was when it was copied. "
                "“footnote backup” makes a copy that is."
            )


@contextmanager
def _of(database: Path) -> Iterator[None]:
    """Run a block that reads the database; raise what is wrong with it as ours, in words that fit."""
    try:
        with translated_files(database), translated(database):
            yield
    except StoreCorrupt as error:
        raise StoreCorrupt(
            f"{database} is damaged or not Footnote's, so no backup was made of it; earlier ones are as they were. "
            "“footnote restore FILE” brings one back."
        ) from error


def _mode(database: Path) -> Mode:
    """Return how to open the database: for writing where possible, since only so SQLite's locks are sure to be seen."""
    ids = os.access in os.supports_effective_ids
    writable = all(os.access(it, os.W_OK, effective_ids=ids) for it in (database, database.resolve().parent))
    return "rw" if writable else "ro"


def _copy(database: Path, temporary: Path, target: Path) -> None:
    mode, was = _mode(database), database.stat()
    with _of(database), closing(_connect(database, mode)) as source:
        # One read transaction, so that all steps copy the same moment. Without it SQLite would begin again whenever
        # somebody writes, and with a busy server never end. In WAL mode no writer waits for it.
        source.execute("BEGIN")
        held = counts(source)
        with translated(target), closing(sqlite3.connect(temporary, isolation_level=None)) as into:
            copy_pages(source, into)
            into.execute("PRAGMA locking_mode=EXCLUSIVE")  # no shared memory is needed on the way to a plain journal
            into.execute("PRAGMA journal_mode=DELETE")
        is_current(database, stored_revision(temporary, "ro", full=True))
        found = _contents(temporary)
    now = database.stat()
    # Where only reading was possible, the database may have been taken for one that nobody has open.
    moved = mode == "ro" and (now.st_mtime_ns, now.st_size) != (was.st_mtime_ns, was.st_size)
    if found.tables != held or moved:
        raise StoreError(f"{database} changed while it was copied, so no backup was made. Try again.")


def _contents(path: Path) -> Contents:
    made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    with translated(path), closing(_connect(path, "ro")) as connection:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise StoreCorrupt(f"{path} contradicts itself.")
        return Contents(revision, made, counts(connection), key_path(path).is_file())


def _connect(path: Path, mode: Mode) -> sqlite3.Connection:
    return sqlite3.connect(uri(path, mode), uri=True, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None)
