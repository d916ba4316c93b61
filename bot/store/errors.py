"""The one place where the driver's and the file system's errors become ours."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.domain.errors import StoreCorrupt, StoreError, StoreReadOnly

_PRIMARY_CODE = 0xFF
"""SQLite's extended result codes carry the primary one in their low byte (sqlite.org/rescode.html)."""

_READ_ONLY_ERRNO = {errno.EROFS, errno.EACCES, errno.EPERM}
_FULL_ERRNO = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Run a block that works on the database at ``path``; raise its driver errors as ours.

    Raises:
        StoreReadOnly: It can't be written to.
        StoreCorrupt: It is not a sound database.
        StoreError: Anything else: disk full, locked by another program, a broken constraint.
    """
    try:
        yield
    except DBAPIError as error:
        raise _from_sqlite(error.orig, path) from error
    except sqlite3.Error as error:
        raise _from_sqlite(error, path) from error
    except PoolTimeoutError as error:
        raise _busy(path) from error


@contextmanager
def translated_files(path: Path) -> Iterator[None]:
    """Run a block that makes files beside ``path``; raise its file errors as ours.

    Raises:
        StoreReadOnly: The folder or the disk can't be written to.
        StoreError: Anything else, such as a full disk.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _READ_ONLY_ERRNO:
            raise _read_only(path) from error
        if error.errno in _FULL_ERRNO:
            raise _full(path) from error
        raise StoreError(f"{path} could not be written: {error.strerror}.") from error


def not_sound(path: Path, finding: str) -> StoreCorrupt:
    """Return the error for a file that is not a sound Footnote database; ``finding`` completes "PATH ..."."""
    return StoreCorrupt(
        f"{path} {finding}. Move it away or put a backup in its place, then start again; nothing was deleted."
    )


def _from_sqlite(error: BaseException | None, path: Path) -> StoreError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY_CODE
    folder_shut = path.parent.is_dir() and not os.access(path.parent, os.W_OK)
    if code == sqlite3.SQLITE_READONLY or (code == sqlite3.SQLITE_CANTOPEN and folder_shut):
        return _read_only(path)
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return not_sound(path, "is damaged or not a SQLite database")
    if code == sqlite3.SQLITE_FULL:
        return _full(path)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return _busy(path)
    if code == sqlite3.SQLITE_CONSTRAINT:
        return StoreError(f"The change contradicts what {path} holds, so nothing was changed ({error}).")
    return StoreError(f"{path} could not be read or written ({error}).")


def _read_only(path: Path) -> StoreReadOnly:
    return StoreReadOnly(
        f"{path} can't be written to. Make the file and its folder writable, or set another place for the database."
    )


def _full(path: Path) -> StoreError:
    return StoreError(f"The disk of {path} is full. Make room and start again; nothing was lost.")


def _busy(path: Path) -> StoreError:
    return StoreError(f"{path} is locked by another program. Close that one, or try again in a moment.")
