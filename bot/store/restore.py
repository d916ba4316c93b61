"""Bring a backup back in the place of the database, which is copied aside. Blocking: call it off the event loop."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from bot.domain.errors import StoreError
from bot.store.backup import Contents, stamp, verify
from bot.store.carry import carry_over, start_behind
from bot.store.engine import BUSY_TIMEOUT_MS, uri
from bot.store.errors import translated, translated_files
from bot.store.files import filled
from bot.store.instance import alone_on
from bot.store.key import key_path, load_key, raw_key
from bot.store.migrate import create
from bot.store.placing import Placing

Key = Literal["restored", "kept", "missing"]
"""The key of the members' pseudonyms: brought back from the backup, as it was, or not there at all."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done.

    ``revision`` is the backup's own, ``contents`` what the database holds now, ``kept`` the copy of the old one, and
    ``carried`` tells whether it could be asked what must not be forgotten (see ``bot.store.carry``).
    """

    revision: str
    contents: Contents
    kept: Path | None
    carried: bool
    key: Key


def restore(
    backup: Path, database: Path, *, at: datetime, index: Path | None = None, migrations: Path | None = None
) -> Restored:
    """Put a backup in the place of the database, while no Footnote has it open.

    An older backup is migrated first, in a copy of its own: where that fails, nothing was changed.

    Args:
        backup: The backup, with its key beside it, if any.
        database: The database, whether or not there is one, and whether or not it is sound.
        at: The time, in UTC, after which the copy of the old one is named.
        index: The folder of the matcher's index, which is deleted: it tells of the old facts.
        migrations: alembic's folder; None means the shipped one.

    Raises:
        StoreCorrupt: The backup is damaged.
        StoreTooNew: A newer Footnote wrote it.
        StoreReadOnly: The database's folder can't be written to.
        StoreError: Another program has the database open, or anything else, such as a full disk.
    """
    if database.exists() and backup.exists() and backup.samefile(database):
        raise StoreError(f"{backup} is the database itself. Name a backup of it.")
    revision = verify(backup, migrations=migrations).revision
    key = load_key(backup, create=False)
    with alone_on(database), translated_files(database), translated(database):
        kept = database.exists()
        aside = database.with_name(f"{database.name}.before-restore-{stamp(at)}.backup")
        with filled(database.resolve(), lambda temporary: _ready(backup, temporary, migrations)) as ready:
            placing = Placing(ready, database, aside, key, index)
            with ExitStack() as undo:
                placing.keep_logs(undo)
                with _opened(database) as present:
                    if present is not None:
                        carry_over(present, ready, opt_outs=key in {None, raw_key(database)})
                    contents = verify(ready, migrations=migrations)
                    if present is not None:
                        placing.over(present)  # the copy of a sound one needs no log
                    elif database.exists():
                        placing.instead(undo)
                    else:
                        placing.new(undo)
        return Restored(revision, contents, aside if kept else None, present is not None, _key(database, key))


def _ready(backup: Path, temporary: Path, migrations: Path | None) -> None:
    """Make a copy of a backup that can take the database's place: single, of our revision, checked."""
    shutil.copyfile(backup, temporary)
    with translated(backup):
        with closing(sqlite3.connect(temporary)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")
        create(temporary, migrations)
        start_behind(temporary)


@contextmanager
def _opened(database: Path) -> Iterator[sqlite3.Connection | None]:
    """Open the database for this process alone, its log written back; None where there is none or it is damaged.

    Raises:
        sqlite3.OperationalError: Another program has it open.
        StoreError: It is another program's.
    """
    if not database.exists():
        yield None
        return
    with ExitStack() as stack:
        wait = BUSY_TIMEOUT_MS / 1000
        connection = sqlite3.connect(uri(database, "rw"), uri=True, timeout=wait, isolation_level=None)
        stack.enter_context(closing(connection))
        if _sound(connection, database):
            yield connection
        else:
            stack.close()
            yield None


def _sound(connection: sqlite3.Connection, database: Path) -> bool:
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")  # the lock stays until the connection is closed
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            return False
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            return False
        raise
    if tables and not {"alembic_version", "facts"} <= tables:
        raise StoreError(f"{database} is another program's database and was left as it is. Set FOOTNOTE_DB.")
    return True


def _key(database: Path, key: bytes | None) -> Key:
    if key is not None:
        return "restored"
    return "kept" if key_path(database).exists() else "missing"
