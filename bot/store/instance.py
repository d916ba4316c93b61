"""One bot a database: a lock of the operating system that ends with its process. Blocking.

Two bots would send every note twice. The lock is on a file of its own, ``NAME.lock``: SQLite's locks come and go with
each transaction. The file stays behind and means nothing by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bot.domain.errors import StoreError
from bot.store.errors import translated_files

_WAIT = 0.5
"""Seconds for which the lock is tried: the doctor holds it for a moment to see whether it is free."""


def lock_path(database: Path) -> Path:
    """Return the file whose lock a bot holds: beside the database itself, whatever links lead to it."""
    file = database.resolve()
    return file.with_name(f"{file.name}.lock")


@contextmanager
def alone_on(database: Path) -> Iterator[None]:
    """Run a block as the only bot on a database, or while there is none.

    Raises:
        StoreReadOnly: The database's folder can't be written to.
        StoreError: A bot runs on the database.
    """
    path = lock_path(database)
    lock = FileLock(path, timeout=_WAIT)
    with translated_files(database):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout as error:
            raise StoreError(
                f"Another Footnote runs on {database}: stop it first, or set FOOTNOTE_DB to another file."
            ) from error
    try:
        yield
    finally:
        lock.release()


def is_taken(database: Path) -> bool:
    """Tell whether a bot runs on a database, without making a file. Where that can't be seen, none does."""
    path = lock_path(database)
    if not path.is_file():
        return False
    lock = FileLock(path, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False
