"""Restores a backup again and again, killed a step later each time, and prints what is left after each.

Run as a program: ``python -m tests.store.killing CASE WORK EVERY``. CASE holds ``facts.db`` as it was and
``backup.db``; WORK is made anew for each kill. A step is a line of the code that puts files in their place, or some
pages of the database.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import sqlite3
import sys
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from bot.domain.errors import StoreError
from bot.store import files, key, placing, restore
from bot.store.lifecycle import prepare
from bot.store.restore import restore as bring_back
from tests.store.full import everything

TRACED = {module.__file__ for module in (files, key, placing, restore)}
AT = datetime(2026, 3, 1, tzinfo=UTC)


def main(case: Path, work: Path, every: int) -> None:
    """Kill it at each step, until it gets to its end."""
    setattr(placing, "copy_pages", copy_slowly)  # noqa: B010 - mypy knows that the name is another module's
    for number in itertools.count(1, every):
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(case, work)
        pid = os.fork()
        if pid == 0:
            kill_at(number)
            bring_back(work / "backup.db", work / "facts.db", at=AT, index=work / "facts.db.index")
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(json.dumps({"killed": os.WIFSIGNALED(status), **found(case, work)}) + "\n")
        if not os.WIFSIGNALED(status):
            return


def copy_slowly(source: sqlite3.Connection, into: sqlite3.Connection) -> None:
    """Copy as the program does, with so little memory that pages reach the disk before the end."""
    into.execute("PRAGMA cache_size=5")
    source.backup(into, pages=5, progress=step)


def step(*_progress: int) -> None:
    """Be a line that is counted."""


def kill_at(number: int) -> None:
    """Kill this process at one of the steps that it takes from now on."""
    steps = itertools.count(1)

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        if frame.f_code.co_filename not in TRACED and frame.f_code is not step.__code__:
            return None
        if event == "line" and next(steps) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)


def found(case: Path, work: Path) -> dict[str, object]:
    """Say what a next start finds, and whether restoring once more then ends well."""
    database, aside = work / "facts.db", work / "facts.db.before-restore-20260301T000000Z.backup"
    log, kept_log = case / "facts.db-wal", work / f"{aside.name}-wal"
    said: dict[str, object] = {"start": "ok", "in the middle": Path(f"{database}-journal").exists()}
    # Before SQLite opens either, and deletes a log that it can't read.
    said["log"] = kept_log.exists() and ("as it was" if kept_log.read_bytes() == log.read_bytes() else "changed")
    said["aside"] = aside.exists() and which(aside, case)
    key_file = work / "facts.db.key"
    said["key"] = which_key(key_file, case) if key_file.exists() else None
    try:
        prepare(database, work / "no seed")
        said["found"] = which(database, case)
    except StoreError as error:
        said |= {"start": str(error), "found": None}
    again = bring_back(work / "backup.db", database, at=AT.replace(day=2), index=work / "facts.db.index")
    said["again"] = which(database, case), which_key(key_file, case), again.key
    said["index"] = (work / "facts.db.index").exists()
    return said


def which(database: Path, case: Path) -> str:
    """Tell whether a database is the old one or the backup, whole."""
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database)) as connection:
        if connection.execute("PRAGMA integrity_check").fetchone() == ("ok",):
            held = everything(database, without=frozenset({"watermarks", "sqlite_sequence"}))
            for name in ("old", "backup"):
                if (case / f"{name}.json").exists() and held == from_json(case / f"{name}.json"):
                    return name
    damaged = case / "facts.db"
    return "as it was" if damaged.exists() and damaged.read_bytes() == database.read_bytes() else "neither"


def from_json(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Read what ``everything`` gave; a database of tests holds no bytes but in ``vectors``."""
    read: dict[str, list[list[object]]] = json.loads(file.read_text())
    return {
        name: [tuple(bytes.fromhex(one["hex"]) if isinstance(one, dict) else one for one in row) for row in rows]
        for name, rows in read.items()
    }


def which_key(key_file: Path, case: Path) -> str:
    """Tell whose key it is."""
    content = key_file.read_bytes()
    return "backup" if content == (case / "backup.db.key").read_bytes() else "old"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
