"""Databases with rows in every table, and all that is in one, to compare."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.store.engine import open_migration_engine
from tests.store.test_imports_migration import THIRD
from tests.store.test_members_migration import SECOND, _to
from tests.store.test_moderation_migration import AT, FIRST

_FOURTH = (
    "INSERT INTO claim_reviews VALUES (5, 0, 6, 'k', 'C', 'false', 'Wrong', 'R')",
    f"INSERT INTO source_checks VALUES (6, 'fine', '{AT}', '{AT}', 200, NULL, NULL)",
    f"INSERT INTO packs VALUES (1, 1, 'p', 'P', '1', 'L', 'V', NULL, '{AT}')",
    "INSERT INTO pack_facts VALUES (1, 'moon', 'moon', '{}')",
)
_FIFTH = (f"INSERT INTO watermarks VALUES (1, '{AT}')",)
STEPS = {"0001": FIRST, "0002": SECOND, "0003": THIRD, "0004": _FOURTH, "0005": _FIFTH}


def fill(path: Path, revision: str = "0005") -> None:
    """Make a database of a revision with rows in every table."""
    path.touch()
    with open_migration_engine(path).connect() as connection, connection.begin():
        for step, rows in STEPS.items():
            _to(connection, step)
            for sql in rows:
                connection.exec_driver_sql(sql)
            if step == revision:
                return


def everything(path: Path, *, without: frozenset[str] = frozenset()) -> dict[str, list[Any]]:
    """Return all rows of all tables of a database that nobody has open for writing, its log included."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr) for name in sorted({*names} - without)
        }


def in_log(path: Path, *statements: str) -> None:
    """Change a database as a program does that dies at once: the changes are in its log alone."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        for sql in statements:
            connection.execute(sql)
        kept = {name: path.with_name(f"{name}.kept") for name in (path.name, f"{path.name}-wal")}
        for name, copy in kept.items():
            shutil.copyfile(path.with_name(name), copy)
    for name, copy in kept.items():
        copy.replace(path.with_name(name))
