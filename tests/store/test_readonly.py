from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.domain.errors import StoreError, StoreReadOnly
from bot.store.database import open_database
from bot.store.lifecycle import inspect, prepare
from bot.store.seed import build_seed
from tests.store.conftest import FACTS, names_in


async def test_reading_makes_no_files(tmp_path: Path, seed: Path) -> None:
    """A database that is closed can be read without a trace, and not be written to."""
    path = tmp_path / "facts.db"
    with pytest.raises(StoreError, match="no database"):
        await open_database(path, readonly=True)
    prepare(path, seed)
    async with await open_database(path, readonly=True) as database:
        async with database.transaction() as tx:
            assert await tx.facts.all() == FACTS
        with pytest.raises(StoreReadOnly):
            async with database.transaction() as tx:
                await tx.facts.set_failed_tests("other", ["x"])
        assert names_in(tmp_path) == {"facts.db"}


async def test_reading_sees_what_another_program_writes(tmp_path: Path, seed: Path) -> None:
    """A database that is in use is read as it is, changes in its log included."""
    path = tmp_path / "facts.db"
    async with await open_database(path, seed=seed) as writer:
        async with writer.transaction() as tx:
            await tx.facts.set_failed_tests("other", ["x"])
        async with await open_database(path, readonly=True) as reader, reader.transaction() as tx:
            fact = await tx.facts.get("other")
    assert fact is not None
    assert fact.failed_tests == ("x",)


async def test_an_older_database_is_not_migrated_by_reading(tmp_path: Path, seed: Path, next_migrations: Path) -> None:
    """The sentence says that it must be opened for writing once."""
    path = tmp_path / "facts.db"
    prepare(path, seed)
    with pytest.raises(StoreReadOnly, match="older"):
        inspect(path, migrations=next_migrations)


async def test_a_read_only_disk(seed: Path, shut: tuple[Path, Callable[[], None]]) -> None:
    """Reading works there, from a used database and from a seed; everything else is refused in a sentence."""
    folder, close = shut
    used = folder / "used.db"
    copy = folder / "copy.seed"
    prepare(used, seed)
    shutil.copyfile(seed, copy)
    close()
    for path in (used, copy):
        async with await open_database(path, readonly=True) as database, database.transaction() as tx:
            assert await tx.facts.all() == FACTS
        with pytest.raises(StoreReadOnly, match="writable"):
            await open_database(path)
    with pytest.raises(StoreReadOnly, match="writable"):
        await open_database(folder / "new.db", seed=copy)
    with pytest.raises(StoreReadOnly, match="writable"):
        build_seed(FACTS, {}, folder / "new.seed")
    assert names_in(folder) == {"used.db", "copy.seed"}
