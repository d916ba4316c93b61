from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.pool import NullPool

from bot.store import paths
from bot.store.database import Database, open_database
from bot.store.engine import open_migration_engine
from bot.store.migrate import create
from bot.store.tables import metadata


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Connection]:
    """A database that the migrations built."""
    path = tmp_path / "migrated.db"
    path.touch()
    create(path)
    with open_migration_engine(path).connect() as connection, connection.begin():
        yield connection


def test_the_migrations_lead_to_the_schema(migrated: Connection) -> None:
    """What alembic compares is equal."""
    context = MigrationContext.configure(migrated, opts={"compare_type": True})
    assert compare_metadata(context, metadata) == []


def test_the_migrations_lead_to_the_same_rules(migrated: Connection, tmp_path: Path) -> None:
    """What alembic doesn't compare is equal too: checks, names, and whether ids are used again."""

    def rules(connection: Connection) -> dict[str, object]:
        found = inspect(connection)
        tables = connection.exec_driver_sql("SELECT name, sql LIKE '%AUTOINCREMENT%' FROM sqlite_master")
        again = {name: bool(never) for name, never in tables}
        return {
            table: (
                again[table],
                sorted((check["name"] or "", check["sqltext"]) for check in found.get_check_constraints(table)),
                found.get_pk_constraint(table),
                sorted(found.get_foreign_keys(table), key=str),
                sorted(found.get_unique_constraints(table), key=str),
            )
            for table in metadata.tables
        }

    engine = create_engine(f"sqlite:///{tmp_path / 'made.db'}", poolclass=NullPool)
    with engine.begin() as connection:
        metadata.create_all(connection)
        assert rules(migrated) == rules(connection)


def test_the_migrations_lead_back(migrated: Connection) -> None:
    """Downgrading to nothing leaves nothing, and upgrading again works."""
    config = Config()
    config.set_main_option("script_location", str(paths.migrations()))
    config.attributes["connection"] = migrated
    command.downgrade(config, "base")
    left = set(inspect(migrated).get_table_names()) - {"alembic_version", "sqlite_sequence"}
    assert left == set()
    command.upgrade(config, "head")
    assert compare_metadata(MigrationContext.configure(migrated), metadata) == []


def test_alembic_finds_the_migrations_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """The command line's configuration stands in pyproject.toml."""
    pyproject = paths.migrations().parent / "pyproject.toml"
    config = Config(toml_file=pyproject)
    assert Path(config.get_alembic_option("script_location") or "") == paths.migrations()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("foreign_keys", 1), ("journal_mode", "wal"), ("busy_timeout", 5000), ("synchronous", 2), ("secure_delete", 1)],
)
async def test_every_connection_is_told(tmp_path: Path, empty_seed: Path, pragma: str, value: object) -> None:
    """SQLite forgets most of its settings with each connection."""
    async with await open_database(tmp_path / "told.db", seed=empty_seed) as database:
        for _ in range(2):
            assert await _ask(database, f"PRAGMA {pragma}") == value


async def _ask(database: Database, sql: str) -> object:
    async with database._engine.connect() as connection:
        return (await connection.exec_driver_sql(sql)).scalar_one()


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT * FROM notes WHERE state = 'pending' AND due_at <= '2026'", "ix_notes_state_due_at"),
        (
            "SELECT * FROM notes WHERE guild_id = 1 AND channel_id = 2 AND slug = 'x' AND created_at > '2026'",
            "ix_notes_guild_id_channel_id_slug_created_at",
        ),
        (
            "SELECT * FROM review_items WHERE guild_id = 1 AND state = 'open' ORDER BY created_at",
            "ix_review_items_guild_id_state_created_at",
        ),
        ("SELECT * FROM notes WHERE source_message_id = 1", "source_message_id"),
        (
            "SELECT * FROM notes WHERE +notes.state = 'posted' AND shown_revision < revision AND due_at <= '2026'",
            "ix_notes_unedited",
        ),
        ("SELECT * FROM ratings WHERE guild_id = 1 AND rater = 'x' AND at >= '2026'", "ix_ratings_guild_id_rater_at"),
        ("SELECT * FROM note_standings WHERE guild_id = 1", "ix_note_standings_guild_id"),
        ("SELECT * FROM appeals WHERE guild_id = 1 AND outcome IS NULL", "ix_appeals_guild_id_outcome"),
        (
            "SELECT at FROM member_marks WHERE mark = 'x' AND guild_id = 0 AND member = 'y'",
            "sqlite_autoindex_member_marks_1",
        ),
    ],
)
def test_frequent_questions_have_an_index(migrated: Connection, query: str, index: str) -> None:
    """No scan of a table that grows with every post."""
    plan = " ".join(row[-1] for row in migrated.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}"))
    assert index in plan
    assert "SCAN" not in plan


def test_unknown_words_are_refused_by_the_database(migrated: Connection) -> None:
    """An enum's column takes the enum's names only, whoever writes."""
    driver = migrated.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    with pytest.raises(sqlite3.IntegrityError, match="ck_policies_mode"):
        driver.execute(
            "INSERT INTO policies (guild_id, mode, window_minutes, watched_channels, ignored_channels, ignored_roles, "
            "moderator_roles, approvals_needed, precision_floor, shift, shift_rulings, rater_age_days, retention_days, "
            "updated_at) "
            "VALUES (1, 'loud', 1, '[]', '[]', '[]', '[]', 5, 0.5, 0, 0, 7, 365, '2026')"
        )
