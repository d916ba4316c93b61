"""From the first schema to that of moderation and back, with rows in every table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

from bot.store import paths
from bot.store.engine import open_migration_engine

AT = "2026-03-01 12:00:00.000000"
_DECIDED = (
    "guild_id, channel_id, slug, fact_version, relation, confidence, threshold, rule_version, evidence, created_at"
)
_MATCH = f"1, 2, 'moon', 3, 'repeats', 0.8, 0.9, 'rules/1', '{{}}', '{AT}'"
_ITEM = f"INSERT INTO review_items (id, {_DECIDED}, message_id, post_text, reasons, state, ruling, ruled_by, ruled_at)"
_NOTE = (
    f"INSERT INTO notes (id, {_DECIDED}, source_message_id, kind, first_state, provenance, due_at, links_to, state, "
    "message_id, attempts, last_error)"
)

FIRST = (
    (
        "INSERT INTO facts VALUES (5, NULL, 'moon', 'C', 'false', NULL, 'K', 'T', NULL, NULL, NULL, 'en', '[]', '[]', "
        "'2026-01-01', '2027-01-01', 3, 0, '[]')"
    ),
    "INSERT INTO phrasings VALUES (5, 0, 'P')",
    "INSERT INTO near_misses VALUES (5, 0, 'N', 'other')",
    "INSERT INTO appearances VALUES (5, 0, 'https://a.example')",
    "INSERT INTO sources VALUES (6, 'key', 'P', 'T', 'https://s.example', NULL, NULL, NULL, NULL, NULL)",
    "INSERT INTO citations VALUES (5, 0, 6, 'Q')",
    "INSERT INTO vectors VALUES ('m', 'aa', x'00ff')",
    f"INSERT INTO policies VALUES (0, 'auto', NULL, 5, '[]', '[]', '[]', '{AT}')",
    f"INSERT INTO policies VALUES (1, 'shadow', 0.93, 60, '[2]', '[3]', '[4]', '{AT}')",
    f"{_NOTE} VALUES (7, {_MATCH}, 20, 'note', 'pending', 'auto', '{AT}', NULL, 'posted', 900, 1, NULL)",
    f"{_NOTE} VALUES (8, {_MATCH}, 21, 'link', 'shadow', 'moderator', '{AT}', 7, 'dropped', NULL, 2, 'late')",
    f"{_NOTE} VALUES (99, {_MATCH}, 22, 'note', 'pending', 'requested', '{AT}', NULL, 'pending', NULL, 0, NULL)",
    "DELETE FROM notes WHERE id = 99",
    f"INSERT INTO note_events VALUES (1, 7, '{AT}', 'posted', 'sent')",
    f"INSERT INTO note_events VALUES (2, 8, '{AT}', 'dropped', 'late')",
    f"{_ITEM} VALUES (10, {_MATCH}, 30, 'words', '[]', 'open', NULL, NULL, NULL)",
    f"{_ITEM} VALUES (11, {_MATCH}, 31, '', '[\"r\"]', 'closed', 'wrong_match', 9, '{AT}')",
    f"{_ITEM} VALUES (12, {_MATCH}, 32, '', '[]', 'closed', 'source_gone', NULL, '{AT}')",
    f"{_ITEM} VALUES (98, {_MATCH}, 33, 'words', '[]', 'open', NULL, NULL, NULL)",
    "DELETE FROM review_items WHERE id = 98",
    f"INSERT INTO review_events VALUES (4, 12, '{AT}', 'source_gone', NULL)",
    "INSERT INTO review_events VALUES (3, 11, '2026-03-02 00:00:00.000000', 'wrong_match', 9)",
)


def _migrate(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(paths.migrations()))
    config.attributes["connection"] = connection
    (command.downgrade if revision == "0001" and _has(connection, "audit_events") else command.upgrade)(
        config, revision
    )


def _has(connection: Connection, table: str) -> bool:
    return table in inspect(connection).get_table_names()


def _rows(connection: Connection, sql: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.exec_driver_sql(sql).mappings()]


def _everything(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    names = set(inspect(connection).get_table_names()) - {"alembic_version", "sqlite_sequence"}
    return {name: _rows(connection, f"SELECT * FROM {name} ORDER BY rowid") for name in sorted(names)}


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Connection]:
    """A database of the first schema with rows in every table, and two ids that were given out and deleted."""
    path = tmp_path / "first.db"
    path.touch()
    with open_migration_engine(path).connect() as connection, connection.begin():
        _migrate(connection, "0001")
        for sql in FIRST:
            connection.exec_driver_sql(sql)
        assert all(_everything(connection).values())
        yield connection


def test_every_row_is_kept(first: Connection) -> None:
    """With every column that it had."""
    before = _everything(first)
    _migrate(first, "0002")
    after = _everything(first)
    for table in before.keys() - {"review_events"}:
        kept = [{name: row[name] for name in old} for old, row in zip(before[table], after[table], strict=True)]
        assert kept == before[table]
    assert "review_events" not in after
    assert first.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_what_is_new_has_the_safe_defaults(first: Connection) -> None:
    """The console, which has nobody to disturb, needs no approvals."""
    _migrate(first, "0002")
    assert _rows(
        first,
        "SELECT guild_id, moderator_roles, queue_channel, quiet_zone, approvals_needed, precision_floor, stopped_at, "
        "shift, shift_rulings FROM policies ORDER BY guild_id",
    ) == [
        {
            "guild_id": guild_id,
            "moderator_roles": "[]",
            "queue_channel": None,
            "quiet_zone": None,
            "approvals_needed": needed,
            "precision_floor": 0.75,
            "stopped_at": None,
            "shift": 0.0,
            "shift_rulings": 0,
        }
        for guild_id, needed in ((0, 0), (1, 5))
    ]


def test_rulings_become_audit_events(first: Connection) -> None:
    """In the order in which they were given, with what their items say of the match."""
    _migrate(first, "0002")
    match = {"guild_id": 1, "slug": "moon", "fact_version": 3, "rule_version": "rules/1", "confidence": 0.8}
    rest = {"note_id": None, "automatic": 0, "undoes": None, "detail": "{}"}
    assert _rows(first, "SELECT * FROM audit_events ORDER BY id") == [
        {"id": 1, "at": "2026-03-02 00:00:00.000000", "by": 9, "act": "wrong_match", "item_id": 11, **match, **rest},
        {"id": 2, "at": AT, "by": None, "act": "source_gone", "item_id": 12, **match, **rest},
    ]


@pytest.mark.parametrize("there", ["0002", "back"])
def test_ids_are_not_given_out_again(first: Connection, there: str) -> None:
    """Not those of deleted rows either: they stand in buttons."""
    _migrate(first, "0002")
    if there == "back":
        _migrate(first, "0001")
    first.exec_driver_sql(f"{_ITEM} VALUES (NULL, {_MATCH}, 40, 'w', '[]', 'open', NULL, NULL, NULL)")
    first.exec_driver_sql(
        f"{_NOTE} VALUES (NULL, {_MATCH}, 41, 'note', 'pending', 'auto', '{AT}', NULL, 'pending', NULL, 0, NULL)"
    )
    assert first.exec_driver_sql("SELECT max(id) FROM review_items").scalar_one() == 99
    assert first.exec_driver_sql("SELECT max(id) FROM notes").scalar_one() == 100


@pytest.mark.parametrize("there", ["0002", "back"])
def test_foreign_keys_refer_to_the_new_tables(first: Connection, there: str) -> None:
    """A note takes its events along and leaves the links to it behind."""
    _migrate(first, "0002")
    if there == "back":
        _migrate(first, "0001")
    driver = first.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    for sql in ("COMMIT", "PRAGMA foreign_keys = ON", "BEGIN"):
        driver.execute(sql)
    for sql in (
        f"INSERT INTO note_events VALUES (9, 404, '{AT}', 'posted', 'sent')",
        "UPDATE notes SET links_to = 404",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            driver.execute(sql)
    driver.execute("DELETE FROM notes WHERE id = 7")
    assert _rows(first, "SELECT note_id FROM note_events") == [{"note_id": 8}]
    assert _rows(first, "SELECT id, links_to FROM notes") == [{"id": 8, "links_to": None}]


def test_there_and_back_is_where_it_began(first: Connection) -> None:
    """Every row and every rule is as it was; only the rulings' own numbers are new."""
    before, rules = _everything(first), _rules(first)
    _migrate(first, "0002")
    _migrate(first, "0001")
    after = _everything(first)
    events = [{**row, "id": number} for number, row in enumerate(before.pop("review_events"), 1)]
    assert after.pop("review_events") == events
    assert after == before
    assert _rules(first) == rules
    assert first.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def _rules(connection: Connection) -> set[tuple[str, ...]]:
    """Return what each table asks of its rows, however its columns are ordered."""
    found = inspect(connection)
    return {
        (table, kind, str(rule))
        for table in found.get_table_names()
        for kind, rules in (
            ("check", found.get_check_constraints(table)),
            ("foreign key", found.get_foreign_keys(table)),
            ("index", found.get_indexes(table)),
            ("unique", found.get_unique_constraints(table)),
            ("column", [{**column, "type": str(column["type"])} for column in found.get_columns(table)]),
        )
        for rule in rules
    }


def test_what_the_first_schema_had_no_word_for_is_said_in_its_words(first: Connection) -> None:
    """An edit was an approval, what is no claim was dismissed, and whatever waits is open; an undone ruling is gone."""
    _migrate(first, "0002")
    for sql in (
        "UPDATE review_items SET state = 'snoozed', snoozed_until = '2026-04-01' WHERE id = 10",
        f"{_ITEM} VALUES (13, {_MATCH}, 34, 'words', '[]', 'escalated', NULL, NULL, NULL)",
        f"{_ITEM} VALUES (14, {_MATCH}, 35, '', '[]', 'closed', 'edit', 9, '{AT}')",
        f"{_ITEM} VALUES (15, {_MATCH}, 36, '', '[]', 'closed', 'not_a_claim', 9, '{AT}')",
        *(
            "INSERT INTO audit_events (guild_id, at, by, act, item_id, automatic, undoes, detail) "
            f"VALUES (1, '{AT}', 9, '{act}', {item_id}, 0, {undoes}, '{{}}')"
            for act, item_id, undoes in (
                ("edit", 14, "NULL"),
                ("not_a_claim", 15, "NULL"),
                ("dismiss", 13, "NULL"),
                ("undo", 13, "5"),
                ("approve", "NULL", "NULL"),
                ("approve", 404, "NULL"),
                ("setting", "NULL", "NULL"),
            )
        ),
        "UPDATE notes SET ruling = 'approve', wording = 'Other words.' WHERE id = 7",
    ):
        first.exec_driver_sql(sql)
    _migrate(first, "0001")
    assert _rows(first, "SELECT id, state, ruling, post_text FROM review_items WHERE id IN (10, 13, 14, 15)") == [
        {"id": 10, "state": "open", "ruling": None, "post_text": "words"},
        {"id": 13, "state": "open", "ruling": None, "post_text": "words"},
        {"id": 14, "state": "closed", "ruling": "approve", "post_text": ""},
        {"id": 15, "state": "closed", "ruling": "dismiss", "post_text": ""},
    ]
    assert [(row["item_id"], row["ruling"]) for row in _rows(first, "SELECT * FROM review_events ORDER BY id")] == [
        (11, "wrong_match"),
        (12, "source_gone"),
        (14, "approve"),
        (15, "dismiss"),
    ]
