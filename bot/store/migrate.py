"""Which revision a database is at, and how it gets to ours. Blocking: call it off the event loop."""

from __future__ import annotations

import itertools
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.domain.errors import StoreError, StoreTooNew
from bot.store import paths
from bot.store.engine import Mode, open_migration_engine, uri
from bot.store.errors import not_sound
from bot.store.files import place_new

# alembic keeps the migration that runs in module globals.
_one_at_a_time = threading.Lock()


def stored_revision(path: Path, mode: Mode, *, full: bool = False) -> str:
    """Check that a file is a sound Footnote database and return its alembic revision.

    Args:
        path: The file.
        mode: How it is opened.
        full: Check indexes and constraints, too, which takes several times as long.

    Raises:
        StoreCorrupt: It isn't.
        sqlite3.Error: It can't be read.
    """
    if path.stat().st_size == 0:
        raise not_sound(path, "is empty")
    with closing(sqlite3.connect(uri(path, mode), uri=True)) as connection:
        finding = connection.execute(f"PRAGMA {'integrity_check' if full else 'quick_check'}(1)").fetchone()[0]
        if finding != "ok":
            raise not_sound(path, "is damaged")
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"alembic_version", "facts"} <= tables:
            raise not_sound(path, "is a SQLite database, but not one of Footnote's")
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        raise not_sound(path, "doesn't say which version of Footnote wrote it")
    return str(row[0])


def is_current(path: Path, revision: str, migrations: Path | None = None) -> bool:
    """Tell whether a revision is ours; False means an older one that we can migrate.

    Raises:
        StoreTooNew: We don't know it.
    """
    script = ScriptDirectory.from_config(_config(migrations))
    if revision not in {known.revision for known in script.walk_revisions()}:
        raise StoreTooNew(
            f"{path} was written by a newer Footnote (revision {revision}) and was left as it is. "
            "Update Footnote, or use the backup that the newer one made beside the file."
        )
    return revision == script.get_current_head()


def migrate(path: Path, migrations: Path | None = None) -> Path | None:
    """Back an older database up beside itself, then bring it to our revision, whole or not at all.

    Returns:
        The backup, or None where another process has migrated the file meanwhile.

    Raises:
        StoreError: A migration failed; the file is as it was.
    """
    engine = open_migration_engine(path)
    with _one_at_a_time, engine.connect() as connection, connection.begin():
        # Read again under the write lock: of two processes that start at once, the second finds the work done.
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision is None or is_current(path, revision, migrations):
            return None
        backup = _back_up(path, revision)
        _upgrade(connection, migrations)
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise StoreError(f"{path} could not be brought up to date; it was left as it is. A copy: {backup}.")
    return backup


def create(path: Path, migrations: Path | None = None) -> None:
    """Build the schema in an empty file, or in an older database that nobody else uses; no copy is made."""
    engine = open_migration_engine(path)
    with _one_at_a_time, engine.connect() as connection, connection.begin():
        _upgrade(connection, migrations)


def _upgrade(connection: Connection, migrations: Path | None) -> None:
    config = _config(migrations)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config(migrations: Path | None) -> Config:
    config = Config()
    folder = str(migrations or paths.migrations())
    config.set_main_option("script_location", folder.replace("%", "%%"))
    return config


def _back_up(path: Path, revision: str) -> Path:
    def copy(target: Path) -> None:
        with closing(sqlite3.connect(uri(path, "rw"), uri=True)) as source, closing(sqlite3.connect(target)) as into:
            source.backup(into)

    for number in itertools.count(1):
        suffix = ".backup" if number == 1 else f".{number}.backup"
        target = path.with_name(f"{path.name}.{revision}{suffix}")
        if not target.exists() and place_new(target, copy):
            return target
    raise AssertionError("unreachable")
