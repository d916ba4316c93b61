"""What happens to the database file before it is used. Blocking: call it off the event loop."""

from __future__ import annotations

import re
import shutil
import sqlite3
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

from bot.domain.errors import SeedMissing, StoreError, StoreReadOnly
from bot.store.engine import BUSY_TIMEOUT_MS, uri
from bot.store.errors import translated, translated_files
from bot.store.files import leftovers, place_new
from bot.store.migrate import is_current, migrate, stored_revision

_PAUSE = 0.01
"""Seconds between two tries to switch the journal."""


def prepare(path: Path, seed: Path, *, migrations: Path | None = None) -> None:
    """Make sure that there is a sound, current, writable database at ``path``.

    A missing one starts as a copy of the seed; an older one is backed up to ``NAME.REVISION.backup`` and migrated.
    Nothing is ever overwritten or deleted.

    Args:
        path: The database.
        seed: The database that a first start copies.
        migrations: alembic's folder; None means the shipped one.

    Raises:
        SeedMissing: There is neither a database nor a seed.
        StoreCorrupt: The file is not a sound Footnote database.
        StoreTooNew: A newer Footnote wrote it.
        StoreReadOnly: The file, its folder or the disk can't be written to.
        StoreError: Anything else, such as a full disk or a lock that another program holds.
    """
    with translated_files(path), translated(path):
        if not path.exists():
            _refuse_left_log(path)
            _copy_seed(seed, path)
        _refuse_folder(path)
        revision = stored_revision(path, "rw")
        if not is_current(path, revision, migrations):
            migrate(path, migrations)
        _make_ready(path)


def inspect(path: Path, *, migrations: Path | None = None) -> None:
    """Make sure that the database at ``path`` can be read as it is, without touching it.

    Raises:
        StoreCorrupt: The file is not a sound Footnote database.
        StoreTooNew: A newer Footnote wrote it.
        StoreReadOnly: It needs a migration, or has changes to be recovered, and may not be written to.
        StoreError: There is no such file, or it can't be read.
    """
    with translated_files(path), translated(path):
        if not path.exists():
            raise StoreError(f"There is no database at {path}.")
        _refuse_folder(path)
        if not is_current(path, stored_revision(path, "ro"), migrations):
            raise StoreReadOnly(
                f"{path} was written by an older Footnote. Open it once where it can be written to; "
                "it is then brought up to date."
            )


def remove_backups(path: Path, *, before: datetime) -> int:
    """Delete the copies that migrations and restores made of a database before a time, and return how many there were.

    Only files that are named as ``migrate`` and ``restore`` name them are touched, and what they leave where they are
    killed: all of them hold what was erased since.

    Raises:
        StoreError: One can't be deleted.
    """
    name = re.escape(path.name)
    aside = rf"{name}\.before-restore-[0-9]{{8}}T[0-9]{{6}}Z\.backup(\.key|-wal|-journal)?"
    kept = rf"{name}\.[0-9]{{4}}(\.[0-9]+)?\.backup|{aside}"
    named, left = re.compile(kept), leftovers(rf"({name}|{kept})")
    count = 0
    with translated_files(path):
        for file in path.absolute().parent.iterdir():
            ours = named.fullmatch(file.name) or left.fullmatch(file.name)
            if ours and file.lstat().st_mtime < before.timestamp():
                file.unlink()
                count += 1
    return count


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise StoreError(f"{path} is a folder. Name a file for the database.")


def _refuse_left_log(path: Path) -> None:
    """Refuse to start anew beside the log of a database that is gone: SQLite would take it for the new one's."""
    log = path.with_name(f"{path.name}-wal")
    # The log first: of two first starts at once, the other may have made both meanwhile.
    if log.exists() and log.stat().st_size and not path.exists():
        raise StoreError(
            f"{path} is missing, and {log.name} is left of it. Bring a backup back with “footnote restore”, "
            f"or move {log.name} away to start anew."
        )


def _copy_seed(seed: Path, path: Path) -> None:
    if not seed.is_file():
        raise SeedMissing(
            f"There is no database at {path} yet, and the seed that it would start from is missing: {seed}. "
            "Install Footnote again, or build the seed."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    # Where another process was faster, its copy is as good as ours.
    place_new(path, lambda temporary: _copy(seed, temporary))


def _copy(seed: Path, target: Path) -> None:
    shutil.copyfile(seed, target)


def _make_ready(path: Path) -> None:
    """Switch to WAL and take the write lock once: what can't be written to is found out now, not at the first note."""
    wait = BUSY_TIMEOUT_MS / 1000
    with closing(sqlite3.connect(uri(path, "rw"), uri=True, timeout=wait, isolation_level=None)) as connection:
        _switch_to_wal(connection, wait)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")


def _switch_to_wal(connection: sqlite3.Connection, wait: float) -> None:
    """Switch, trying again for so many seconds: of two that switch at once, SQLite refuses one without waiting."""
    deadline = time.monotonic() + wait
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE)
        else:
            return
