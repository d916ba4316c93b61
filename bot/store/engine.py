"""Engines: how a database file is opened, and what every connection to it is told first.

SQLAlchemy emits BEGIN itself here (``isolation_level=None`` keeps the driver from doing so, late and deferred).
Writers use BEGIN IMMEDIATE: two deferred transactions that both read and then write would deadlock, and SQLite
resolves that by failing one at once, without waiting for ``busy_timeout``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

Mode = Literal["rw", "rwc", "ro"]
"""SQLite's opening modes: an existing file, an existing or new one, read-only."""

BUSY_TIMEOUT_MS = 5000

_WAL_FORMAT = 2
"""Byte 18 of a file in WAL mode, the "file format write version" (sqlite.org/fileformat2.html)."""

_CONNECTIONS = 4
"""Few, so that waiting for one is a fair queue and not a scramble for SQLite's single write lock."""

_PRAGMAS = ("foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}")

_WRITER_PRAGMAS = (
    "journal_mode=WAL",
    # FULL, not NORMAL: NORMAL may lose the last commits when the power fails, and a lost "sending" or "posted" is
    # a note sent twice.
    "synchronous=FULL",
    # What was purged for privacy is overwritten, not left in free pages.
    "secure_delete=ON",
)

_MIGRATION_PRAGMAS = (
    # Batch migrations drop and rebuild tables; with foreign keys on, dropping one would delete its children.
    "foreign_keys=OFF",
    f"busy_timeout={BUSY_TIMEOUT_MS}",
)


def uri(path: Path, mode: Mode) -> str:
    """Return SQLite's URI for a file; a read-only one never makes side files in the file's folder.

    A closed WAL database would get new ``-wal`` and ``-shm`` files even from a reader, and can't be opened at all
    where they can't be made. It is opened ``immutable`` instead: without side files nobody else has it open.
    """
    base = path.absolute().as_uri()
    if mode != "ro":
        return f"{base}?mode={mode}"
    return f"{base}?mode=ro&immutable=1" if _closed_wal(path) else f"{base}?mode=ro"


def open_engine(path: Path, *, readonly: bool = False) -> AsyncEngine:
    """Return the program's engine for an existing database at head. Connects when first used."""
    if readonly:
        return _async_engine(path, "ro", _PRAGMAS, "BEGIN")
    return _async_engine(path, "rw", _PRAGMAS + _WRITER_PRAGMAS, "BEGIN IMMEDIATE")


def open_reading_pool(path: Path, *, readonly: bool) -> AsyncEngine:
    """Return an engine of the program that only reads: in WAL mode it waits for no writer and keeps none waiting.

    Where the program writes, it opens the file as the writing one does: a read-only connection might be told that a
    database in use is immutable.
    """
    return _async_engine(path, "ro" if readonly else "rw", (*_PRAGMAS, "query_only=ON"), "BEGIN")


def open_migration_engine(path: Path, mode: Mode = "rw") -> Engine:
    """Return a blocking engine for changing the schema: foreign keys off, one connection a use."""
    engine = create_engine(
        _url("sqlite", path, mode),
        connect_args={"isolation_level": None},
        hide_parameters=True,
        poolclass=NullPool,
    )
    _prepare_connections(engine, _MIGRATION_PRAGMAS, "BEGIN IMMEDIATE")
    return engine


def open_reading_engine(path: Path) -> Engine:
    """Return a blocking engine that only reads."""
    engine = create_engine(
        _url("sqlite", path, "ro"),
        connect_args={"isolation_level": None},
        hide_parameters=True,
        poolclass=NullPool,
    )
    _prepare_connections(engine, _PRAGMAS, "BEGIN")
    return engine


def open_sharing_engine(path: Path, *, readonly: bool) -> Engine:
    """Return a blocking engine that only reads, beside the program's own, of which it shares the way of opening.

    Where that one writes, a read-only connection won't do: it might be told that a database in use is immutable.
    """
    engine = create_engine(
        _url("sqlite", path, "ro" if readonly else "rw"),
        connect_args={"isolation_level": None},
        hide_parameters=True,
        pool_size=_CONNECTIONS,
        max_overflow=0,
    )
    _prepare_connections(engine, (*_PRAGMAS, "query_only=ON"), "BEGIN")
    return engine


def _async_engine(path: Path, mode: Mode, pragmas: tuple[str, ...], begin: str) -> AsyncEngine:
    engine = create_async_engine(
        _url("sqlite+aiosqlite", path, mode),
        connect_args={"isolation_level": None},
        hide_parameters=True,  # an error's text must not carry the words of a post
        pool_size=_CONNECTIONS,
        max_overflow=0,
    )
    _prepare_connections(engine.sync_engine, pragmas, begin)
    return engine


def _url(driver: str, path: Path, mode: Mode) -> URL:
    file, _, query = uri(path, mode).partition("?")
    options = dict(pair.split("=") for pair in query.split("&"))
    return URL.create(driver, database=file, query={**options, "uri": "true"})


def _closed_wal(path: Path) -> bool:
    try:
        file = path.resolve()  # SQLite follows links, and keeps the side files there
        log, index = (file.with_name(file.name + suffix) for suffix in ("-wal", "-shm"))
        if index.exists() or (log.exists() and log.stat().st_size):
            return False
        with file.open("rb") as content:
            return content.read(19)[18:] == bytes([_WAL_FORMAT])
    except OSError:
        return False


def _prepare_connections(engine: Engine, pragmas: tuple[str, ...], begin: str) -> None:
    def tell(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", tell)
    event.listen(engine, "begin", start)
