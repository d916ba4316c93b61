"""Putting one database in the place of another. Blocking: call it off the event loop.

A sound database is written over through SQLite, in one transaction: killed at any point, it is the old one or the new
one, and its log is always its own. A damaged one, which SQLite can't write to, is replaced as a file.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.domain.errors import StoreError
from bot.store.backup import copy_pages
from bot.store.files import Fill, filled, place_new, sync_folder
from bot.store.key import key_path, raw_key, store_key

_LOGS = ("-wal", "-journal")


@dataclass(frozen=True, slots=True)
class Placing:
    """The ways to put a copy that is ready in its place; whatever fails before it is there is undone.

    Args:
        ready: The copy, a single file beside the database.
        database: The place.
        aside: Where what is there now is kept.
        key: The key that belongs to the copy; None leaves the present one.
        index: The folder of the matcher's index, if any.
    """

    ready: Path
    database: Path
    aside: Path
    key: bytes | None
    index: Path | None

    def over(self, present: sqlite3.Connection) -> None:
        """Write over a sound database, which nobody else has open."""
        with ExitStack() as undo:
            self._keep(self.aside, lambda temporary: _copy(present, temporary), undo)
            self._clear(undo)
            with closing(sqlite3.connect(self.ready)) as ready:
                copy_pages(ready, present)
            undo.pop_all()
        self._store_key()

    def keep_logs(self, undo: ExitStack) -> None:
        """Copy the logs of a database aside before SQLite opens it: of one that is damaged it might delete them."""
        for suffix in _LOGS:
            log = _beside(self.database.resolve(), suffix)
            if log.exists() and log.stat().st_size:
                self._keep(_beside(self.aside, suffix), partial(_copy_file, log), undo)

    def instead(self, undo: ExitStack) -> None:
        """Replace a damaged database, which is copied aside as it is.

        Args:
            undo: What takes back the copies of its logs.
        """
        self._keep(self.aside, lambda temporary: _copy_file(self.database, temporary), undo)
        self._clear(undo)
        self._swap(undo)

    def new(self, undo: ExitStack) -> None:
        """Put a database where there is none, and take away the logs of one that is gone.

        Args:
            undo: What takes back the copies of these logs.
        """
        self._clear(undo)
        if not place_new(self.database.resolve(), _leave_empty):
            raise StoreError(f"{self.database} was made just now by another program. Close it, and try again.")
        self._swap(undo)

    def _swap(self, undo: ExitStack) -> None:
        real = self.database.resolve()
        others = [_beside(real, suffix) for suffix in (*_LOGS, "-shm")]
        if any(file.exists() for file in others):
            # SQLite would take an old log for the new database's. An empty file in between is refused at a start.
            with filled(real, _leave_empty) as empty:
                empty.replace(real)
        undo.pop_all()
        for file in others:
            file.unlink(missing_ok=True)
        self.ready.replace(real)
        sync_folder(real.parent)
        self._store_key()

    def _keep(self, name: Path, fill: Fill, undo: ExitStack) -> None:
        if not place_new(name, fill):
            raise StoreError(f"{name} is there already: another restore made it just now. Try again.")
        undo.callback(name.unlink)

    def _clear(self, undo: ExitStack) -> None:
        """Take away what tells of the old database: the index, and a key that isn't the new one's.

        Killed in between, there is no key, with which no bot starts. With a wrong one no opt-out would be honoured.
        """
        if self.index is not None and self.index.exists():
            shutil.rmtree(self.index)
        there = raw_key(self.database)
        if self.key is None or there in {None, self.key}:
            return
        self._keep(key_path(self.aside), partial(_copy_file, key_path(self.database)), undo)
        undo.callback(store_key, self.database, there)
        key_path(self.database).unlink()

    def _store_key(self) -> None:
        try:
            stored = self.key is None or store_key(self.database, self.key)
        except OSError:
            stored = False
        if not stored and raw_key(self.database) != self.key:
            raise StoreError(
                f"{self.database} was restored, but its key wasn't. Copy the backup's key to {key_path(self.database)}."
            )


def _copy(source: sqlite3.Connection, temporary: Path) -> None:
    with closing(sqlite3.connect(temporary)) as into:
        copy_pages(source, into)


def _copy_file(source: Path, temporary: Path) -> None:
    shutil.copyfile(source, temporary)


def _leave_empty(_temporary: Path) -> None:
    pass


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(f"{path.name}{suffix}")
