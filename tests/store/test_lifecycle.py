from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.errors import SeedMissing, StoreCorrupt, StoreError, StoreTooNew
from bot.store.lifecycle import inspect, prepare
from bot.store.seed import describe, describe_facts
from tests.store.conftest import FACTS, names_in


def _break_in_the_middle(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes(8192) + content[middle + 8192 :]


def test_a_first_start_copies_the_seed(tmp_path: Path, seed: Path) -> None:
    """The database is there at once, with the seed's facts and nothing else beside it."""
    path = tmp_path / "new folder" / "50% #1?.db"
    prepare(path, seed)
    assert describe(path) == describe_facts(FACTS)
    assert names_in(path.parent) == {path.name}


def test_a_later_start_leaves_the_database_alone(tmp_path: Path, seed: Path, empty_seed: Path) -> None:
    """The seed is for the first start only."""
    path = tmp_path / "facts.db"
    prepare(path, seed)
    before = path.read_bytes()
    prepare(path, empty_seed)
    prepare(path, tmp_path / "no seed")
    assert path.read_bytes() == before
    assert names_in(tmp_path) == {path.name}


def test_a_missing_seed_is_named(tmp_path: Path) -> None:
    """The sentence says which file is missing, and nothing is made."""
    with pytest.raises(SeedMissing, match=r"lost\.seed"):
        prepare(tmp_path / "facts.db", tmp_path / "lost.seed")
    assert names_in(tmp_path) == set()


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"Dear diary, this is no database at all. " * 200,
        lambda content: content[: len(content) // 2],
        lambda content: content[:100],
        _break_in_the_middle,
    ],
    ids=["empty", "text", "truncated", "header only", "overwritten"],
)
def test_a_damaged_file_is_refused_and_kept(tmp_path: Path, seed: Path, damage: Callable[[bytes], bytes]) -> None:
    """The sentence names the file and says what to do; the file stays as it is, for whoever can rescue it."""
    path = tmp_path / "facts.db"
    path.write_bytes(damage(seed.read_bytes()))
    before = path.read_bytes()
    with pytest.raises(StoreCorrupt, match=r"facts\.db.*backup"):
        prepare(path, seed)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "schema", ["CREATE TABLE songs (title)", "CREATE TABLE facts (x); CREATE TABLE alembic_version (version_num)"]
)
def test_somebody_elses_database_is_refused(tmp_path: Path, seed: Path, schema: str) -> None:
    """A sound SQLite file of another program is not ours to change."""
    path = tmp_path / "facts.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(schema)
    before = path.read_bytes()
    with pytest.raises(StoreCorrupt, match="Footnote"):
        prepare(path, seed)
    assert path.read_bytes() == before


def test_a_folder_is_no_database(tmp_path: Path, seed: Path) -> None:
    """The sentence says so."""
    with pytest.raises(StoreError, match="is a folder"):
        prepare(tmp_path, seed)


def test_an_older_database_is_backed_up_and_migrated(tmp_path: Path, seed: Path, next_migrations: Path) -> None:
    """Rebuilding a table loses nothing that hangs on it; the backup is the old database, whole."""
    path = tmp_path / "facts.db"
    prepare(path, seed)
    prepare(path, seed, migrations=next_migrations)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*), count(colour) FROM facts").fetchone() == (2, 0)
        assert connection.execute("SELECT count(*) FROM phrasings").fetchone() == (4,)
    assert describe(tmp_path / "facts.db.0005.backup") == describe_facts(FACTS)
    assert names_in(tmp_path) == {"facts.db", "facts.db.0005.backup"}


def test_backups_are_never_overwritten(tmp_path: Path, seed: Path, next_migrations: Path) -> None:
    """Where a backup's name is taken, a number is added."""
    path = tmp_path / "facts.db"
    for name in ("facts.db.0005.backup", "facts.db.0005.2.backup"):
        (tmp_path / name).write_text("precious")
    prepare(path, seed)
    prepare(path, seed, migrations=next_migrations)
    assert (tmp_path / "facts.db.0005.backup").read_text() == "precious"
    assert (tmp_path / "facts.db.0005.2.backup").read_text() == "precious"
    assert describe(tmp_path / "facts.db.0005.3.backup") == describe_facts(FACTS)


def test_a_failed_migration_changes_nothing(tmp_path: Path, seed: Path, next_migrations: Path) -> None:
    """A migration that fails half-way leaves the database as it was, and the next start can try again."""
    path = tmp_path / "facts.db"
    prepare(path, seed)
    step = next_migrations / "versions" / "0006_next.py"
    sound = step.read_text()
    step.write_text(sound + '    op.execute("DELETE FROM nowhere")\n')
    with pytest.raises(StoreError, match="nowhere"):
        prepare(path, seed, migrations=next_migrations)
    prepare(path, seed)
    assert describe(path) == describe_facts(FACTS)
    step.write_text(sound)
    prepare(path, seed, migrations=next_migrations)


def test_a_newer_database_is_refused_and_untouched(tmp_path: Path, seed: Path, next_migrations: Path) -> None:
    """An older program does not guess what a newer one meant."""
    path = tmp_path / "facts.db"
    prepare(path, seed)
    prepare(path, seed, migrations=next_migrations)
    before = path.read_bytes()
    with pytest.raises(StoreTooNew, match=r"facts\.db.*newer"):
        prepare(path, seed)
    with pytest.raises(StoreTooNew, match=r"facts\.db.*newer"):
        inspect(path)
    assert path.read_bytes() == before
