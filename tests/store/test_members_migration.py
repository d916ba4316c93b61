"""From the schema of moderation to that of members and back, with rows in every table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import IntegrityError

from bot.store import paths
from bot.store.database import open_database
from bot.store.engine import open_migration_engine
from tests.store.test_moderation_migration import _ITEM, _MATCH, _NOTE, AT, FIRST, _everything, _rows, _rules

_EVENT = "INSERT INTO audit_events (id, guild_id, at, by, act, item_id, automatic, undoes, detail)"

SECOND = (
    *(
        f"{_EVENT} VALUES ({number}, 1, '{AT}', {by}, '{act}', {item}, 0, {undoes}, '{{}}')"
        for number, by, act, item, undoes in (
            (20, 9, "approve", 11, "NULL"),
            (21, 9, "undo", 11, "20"),
            (22, "NULL", "repaired", "NULL", "NULL"),
        )
    ),
    f"{_EVENT} VALUES (97, 1, '{AT}', 9, 'assign', 10, 0, NULL, '{{}}')",
    "DELETE FROM audit_events WHERE id = 97",
    "INSERT INTO cards VALUES (1, 'items', 'moon', 2, 3, 'd')",
    (
        "INSERT INTO questions (id, guild_id, digest, text, asked, first_at, last_at) "
        f"VALUES (5, 1, 'aa', 'Is it?', 3, '{AT}', '{AT}')"
    ),
    "INSERT INTO fact_limits (guild_id, slug, channel_id, mode) VALUES (1, 'moon', 0, 'queue')",
    (
        "INSERT INTO fact_versions (id, slug, version, at, by, act, fact) "
        f"VALUES (1, 'moon', 3, '{AT}', 9, 'edited', '{{}}')"
    ),
    f"INSERT INTO fact_drafts (id, guild_id, by, at, fact) VALUES (1, 1, 9, '{AT}', '{{}}')",
)


def _to(connection: Connection, revision: str, *, back: bool = False) -> None:
    config = Config()
    config.set_main_option("script_location", str(paths.migrations()))
    config.attributes["connection"] = connection
    (command.downgrade if back else command.upgrade)(config, revision)


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Connection]:
    """A database of the second schema with rows in every table, and ids that were given out and deleted."""
    path = tmp_path / "second.db"
    path.touch()
    with open_migration_engine(path).connect() as connection, connection.begin():
        _to(connection, "0001")
        for sql in FIRST:
            connection.exec_driver_sql(sql)
        _to(connection, "0002")
        for sql in SECOND:
            connection.exec_driver_sql(sql)
        assert all(_everything(connection).values())
        yield connection


def _one(connection: Connection, sql: str) -> Any:
    return connection.exec_driver_sql(sql).scalar_one()


def test_every_row_is_kept(second: Connection) -> None:
    """With every column that it had."""
    before = _everything(second)
    _to(second, "0003")
    after = _everything(second)
    for table in before.keys() - {"questions"}:
        kept = [{name: row[name] for name in old} for old, row in zip(before[table], after[table], strict=True)]
        assert kept == before[table]
    assert "questions" not in after
    assert second.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_questions_become_requests(second: Connection) -> None:
    """Of members who weren't told apart."""
    _to(second, "0003")
    [request] = _rows(second, "SELECT * FROM requests")
    assert request == {
        "id": 5,
        "guild_id": 1,
        "digest": "aa",
        "text": "Is it?",
        "unnamed": 3,
        "first_at": AT,
        "last_at": AT,
        **dict.fromkeys(("answer", "slug", "answered_by", "answered_at")),
    }


def test_what_is_new_has_the_safe_defaults(second: Connection) -> None:
    """Nothing is to be edited, nobody's post is named, and what is over is kept for a year."""
    _to(second, "0003")
    assert {tuple(row.values()) for row in _rows(second, "SELECT rater_age_days, retention_days FROM policies")} == {
        (7, 365)
    }
    assert {
        tuple(row.values())
        for row in _rows(second, "SELECT revision, shown_revision, failed_edits, amendment, repair_id FROM notes")
    } == {(0, 0, 0, None, None)}
    assert {row["author"] for row in _rows(second, "SELECT author FROM review_items")} == {None}


@pytest.mark.parametrize("back", [False, True])
def test_ids_are_not_given_out_again(second: Connection, *, back: bool) -> None:
    """Not those of deleted rows either: they stand in buttons."""
    _to(second, "0003")
    if back:
        _to(second, "0002", back=True)
    numbers = {row["name"]: row["seq"] for row in _rows(second, "SELECT name, seq FROM sqlite_sequence")}
    assert numbers["notes"] == 99
    assert numbers["review_items"] == 98
    assert numbers["audit_events"] == 97


@pytest.mark.parametrize("back", [False, True])
def test_audit_events_still_refuse_changes(second: Connection, *, back: bool) -> None:
    """But for forgetting who it was."""
    _to(second, "0003")
    if back:
        _to(second, "0002", back=True)
    for change in ("act = 'dismiss'", 'detail = \'{"a": "b"}\'', "by = 10"):
        with pytest.raises(IntegrityError, match="an audit event is never changed"):
            second.exec_driver_sql(f"UPDATE audit_events SET {change} WHERE id = 20")
    second.exec_driver_sql("UPDATE audit_events SET by = NULL WHERE id = 20")
    assert _one(second, "SELECT by FROM audit_events WHERE id = 20") is None


def test_there_and_back_is_where_it_began(second: Connection) -> None:
    """Every row and every rule."""
    before, rules = _everything(second), _rules(second)
    _to(second, "0003")
    _to(second, "0002", back=True)
    assert _everything(second) == before
    assert _rules(second) == rules
    assert second.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_what_the_second_schema_had_no_word_for_is_said_in_its_words(second: Connection) -> None:
    """A collapsed note counts as posted, an item that ran out of time as one whose post is gone; members' part goes."""
    _to(second, "0003")
    for sql in (
        "UPDATE notes SET state = 'collapsed' WHERE id = 7",
        f"INSERT INTO note_events VALUES (9, 7, '{AT}', 'collapsed', 'appealed')",
        "UPDATE review_items SET ruling = 'expired' WHERE id = 12",
        f"{_EVENT} VALUES (30, 1, '{AT}', NULL, 'expired', 12, 0, NULL, '{{}}')",
        f"{_EVENT} VALUES (31, 1, '{AT}', NULL, 'author_left', 12, 0, NULL, '{{}}')",
        f"{_EVENT} VALUES (32, 1, '{AT}', 9, 'appeal_answered', NULL, 0, NULL, '{{}}')",
        f"INSERT INTO ratings VALUES (7, 'a', 1, 'helpful', '[]', '{AT}')",
        f"INSERT INTO member_marks (mark, guild_id, member, at) VALUES ('opted_out', 0, 'a', '{AT}')",
        f"INSERT INTO request_members (request_id, member, at) VALUES (5, 'a', '{AT}')",
        (
            "INSERT INTO requests (id, guild_id, digest, text, unnamed, first_at, last_at, answer, answered_at) "
            f"VALUES (6, 1, 'bb', 'Done?', 1, '{AT}', '{AT}', 'not_needed', '{AT}')"
        ),
        "INSERT INTO cards VALUES (1, 'appeal', '1', 2, 4, 'd')",
    ):
        second.exec_driver_sql(sql)
    _to(second, "0002", back=True)
    assert _one(second, "SELECT state FROM notes WHERE id = 7") == "posted"
    assert _one(second, "SELECT state FROM note_events WHERE id = 9") == "posted"
    assert _one(second, "SELECT ruling FROM review_items WHERE id = 12") == "source_gone"
    assert _rows(second, "SELECT id, act FROM audit_events WHERE id >= 30") == [
        {"id": 30, "act": "source_gone"},
        {"id": 31, "act": "source_gone"},
    ]
    assert _rows(second, "SELECT text, asked FROM questions") == [{"text": "Is it?", "asked": 4}]
    assert _one(second, "SELECT count(*) FROM cards") == 1
    assert not {"ratings", "appeals", "member_marks", "requests"} & set(inspect(second).get_table_names())


def test_both_schemas_take_new_rows_afterwards(second: Connection) -> None:
    """Of the kinds that are new, too."""
    _to(second, "0003")
    second.exec_driver_sql(f"{_ITEM} VALUES (NULL, {_MATCH}, 50, '', '[]', 'closed', 'author_left', NULL, '{AT}')")
    note = f"{_MATCH}, 51, 'note', 'pending', 'auto', '{AT}', NULL, 'collapsed', NULL, 0, NULL"
    second.exec_driver_sql(
        f"{_NOTE.replace('last_error)', 'last_error, revision, shown_revision, failed_edits)')} "
        f"VALUES (NULL, {note}, 0, 0, 0)"
    )
    assert _one(second, "SELECT max(id) FROM review_items") == 99
    assert _one(second, "SELECT max(id) FROM notes") == 100


async def test_a_file_of_the_second_schema_is_brought_up_to_date(tmp_path: Path, empty_seed: Path) -> None:
    """With a copy of what it was beside it."""
    path = tmp_path / "facts.db"
    path.touch()
    with open_migration_engine(path).connect() as connection, connection.begin():
        _to(connection, "0001")
        for sql in FIRST:
            connection.exec_driver_sql(sql)
        _to(connection, "0002")
        for sql in SECOND:
            connection.exec_driver_sql(sql)
    async with await open_database(path, seed=empty_seed):
        pass
    kept = tmp_path / "facts.db.0002.backup"
    assert (_asked(path, "SELECT version_num FROM alembic_version"), _asked(path, "PRAGMA foreign_key_check")) == (
        [("0005",)],
        [],
    )
    assert _asked(kept, "SELECT version_num FROM alembic_version") == [("0002",)]
    questions = _asked(kept, "SELECT text, asked FROM questions")
    assert questions
    assert _asked(path, "SELECT text, unnamed FROM requests") == questions


def _asked(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()
