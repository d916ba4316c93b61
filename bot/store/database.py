"""The open database, as the services see it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.ports import Transaction
from bot.store import lifecycle, paths
from bot.store.engine import open_engine, open_reading_pool
from bot.store.errors import translated
from bot.store.reader import SqlFactReader
from bot.store.repositories.appeals import SqlAppeals
from bot.store.repositories.audit import SqlAudit
from bot.store.repositories.cards import SqlCards
from bot.store.repositories.drafts import SqlDrafts
from bot.store.repositories.facts import SqlFacts
from bot.store.repositories.imports import SqlImports
from bot.store.repositories.members import SqlMembers
from bot.store.repositories.notes import SqlNotes
from bot.store.repositories.policies import SqlPolicies
from bot.store.repositories.ratings import SqlRatings
from bot.store.repositories.requests import SqlRequests
from bot.store.repositories.reviews import SqlReviews
from bot.store.repositories.sources import SqlSources
from bot.store.repositories.watermarks import SqlWatermarks


class SqlTransaction:
    """The repositories, on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.facts = SqlFacts(connection)
        self.notes = SqlNotes(connection)
        self.reviews = SqlReviews(connection)
        self.policies = SqlPolicies(connection)
        self.audit = SqlAudit(connection)
        self.cards = SqlCards(connection)
        self.drafts = SqlDrafts(connection)
        self.ratings = SqlRatings(connection)
        self.appeals = SqlAppeals(connection)
        self.requests = SqlRequests(connection)
        self.members = SqlMembers(connection)
        self.imports = SqlImports(connection)
        self.sources = SqlSources(connection)
        self.watermarks = SqlWatermarks(connection)


class Database:
    """A SQLite database that implements the port ``Store``. Close it, or use it as a context manager."""

    def __init__(self, engine: AsyncEngine, readers: AsyncEngine, reader: SqlFactReader, path: Path) -> None:
        self._engine = engine
        self._readers = readers
        self._path = path
        self.reader = reader

    @property
    def path(self) -> Path:
        """The database file."""
        return self._path

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Run a block in one transaction: committed where it ends well, undone where it raises.

        A transaction holds the database's one write lock from its start, so it must be short, must not wait for the
        network and must not be opened inside another.

        Raises:
            StoreReadOnly: The database can't be written to.
            StoreCorrupt: The file was damaged.
            StoreError: Disk full, locked for longer than five seconds, or a change that contradicts what is stored.
        """
        with translated(self._path):
            async with self._engine.begin() as connection:
                yield SqlTransaction(connection)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """Run a block that only reads: it sees what was committed before it, and no writer waits for it.

        Raises:
            StoreCorrupt: The file was damaged.
            StoreError: The database can't be read, or the block tried to change it.
        """
        with translated(self._path):
            async with self._readers.begin() as connection:
                yield SqlTransaction(connection)

    async def scrub(self) -> bool:
        """Write the log back into the database and empty it: SQLite overwrites what is deleted in the database alone.

        Returns:
            False where another program reads the database at the time, so that the log couldn't be emptied.

        Raises:
            StoreError: The database can't be written.
        """
        with translated(self._path):
            async with self._engine.connect() as connection:
                # Not a transaction of ours, which would keep the checkpoint from beginning.
                driver = (await connection.get_raw_connection()).driver_connection
                assert driver is not None
                found = await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                busy, *_ = await found.fetchone()
                return not busy

    async def sweep(self, before: datetime) -> None:
        """Delete the copies of the database that migrations left before a time: they hold what was erased since.

        Raises:
            StoreError: A copy can't be deleted.
        """
        await asyncio.to_thread(lifecycle.remove_backups, self._path, before=before)

    async def close(self) -> None:
        """Close every connection. Closing twice is harmless."""
        await asyncio.to_thread(self.reader.close)
        await self._readers.dispose()
        await self._engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def open_database(path: Path, *, seed: Path | None = None, readonly: bool = False) -> Database:
    """Open the database, after making it from the seed or migrating it where that is needed.

    Args:
        path: The file.
        seed: What a first start copies; None means the shipped one.
        readonly: Open an existing, current file without ever writing to it or beside it. Works on a read-only disk.

    Raises:
        SeedMissing: There is neither a database nor a seed.
        StoreCorrupt: The file is not a sound Footnote database.
        StoreTooNew: A newer Footnote wrote it.
        StoreReadOnly: It can't be written to; or it needs a migration and was to be opened read-only.
        StoreError: Anything else, such as a full disk.
    """
    if readonly:
        await asyncio.to_thread(lifecycle.inspect, path)
    else:
        await asyncio.to_thread(lifecycle.prepare, path, seed or paths.seed())
    return Database(
        open_engine(path, readonly=readonly),
        open_reading_pool(path, readonly=readonly),
        SqlFactReader(path, readonly=readonly),
        path,
    )
