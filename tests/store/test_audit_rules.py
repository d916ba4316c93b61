"""What the database itself refuses, whoever writes."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.domain.audit import Act
from bot.domain.card import CardKey, CardKind, PostedCard
from bot.store.database import Database, open_database
from bot.store.tables import audit_events
from tests.builders import a_note, an_item
from tests.store.test_audit import an_event


@pytest.fixture
async def open_file(tmp_path: Path, empty_seed: Path) -> AsyncIterator[Database]:
    """A database with one row of each kind that has rules."""
    async with await open_database(tmp_path / "rules.db", seed=empty_seed) as database:
        async with database.transaction() as tx:
            for _ in range(2):
                await tx.audit.add(an_event(slug="a", item_id=1, detail={"because": "x"}))
            await tx.audit.add(an_event(Act.UNDO, undoes=1))
            await tx.reviews.add(an_item())
            await tx.notes.add(a_note())
            await tx.cards.put(PostedCard(CardKey(1, CardKind.ITEMS, "a"), 2, 3, "x"))
        yield database


def _change(database: Database, sql: str) -> int:
    """Change the file as another program would, and return how many rows that met."""
    with closing(sqlite3.connect(database.path)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = ON")
        return connection.execute(sql).rowcount


_OTHER: dict[str, Any] = {
    "id": 77,
    "guild_id": 2,
    "at": "'2020-01-01 00:00:00.000000'",
    "by": 10,
    "act": "'dismiss'",
    "item_id": 2,
    "note_id": 2,
    "slug": "'b'",
    "fact_version": 2,
    "rule_version": "'rules/2'",
    "confidence": 0.5,
    "automatic": 1,
    "undoes": 2,
    "detail": "'{}'",
}


@pytest.mark.parametrize("column", [column.name for column in audit_events.columns])
async def test_no_column_of_an_event_can_be_changed(open_file: Database, column: str) -> None:
    """Neither what nor when nor who nor why."""
    with pytest.raises(sqlite3.IntegrityError, match="an audit event is never changed"):
        _change(open_file, f"UPDATE audit_events SET {column} = {_OTHER[column]} WHERE id = 1")


@pytest.mark.parametrize("column", ["guild_id", "item_id", "slug"])
async def test_no_column_of_an_event_can_be_emptied(open_file: Database, column: str) -> None:
    """Forgetting is for who did it, not for what was done."""
    with pytest.raises(sqlite3.IntegrityError, match="an audit event is never changed"):
        _change(open_file, f"UPDATE audit_events SET {column} = NULL WHERE id = 1")


async def test_who_did_it_can_be_forgotten(open_file: Database) -> None:
    """But not be said of somebody again, and nothing else may go along."""
    assert _change(open_file, "UPDATE audit_events SET by = NULL WHERE by = 9") == 3
    async with open_file.transaction() as tx:
        assert [event.new.by for event in await tx.audit.find(1)] == [None] * 3
    with pytest.raises(sqlite3.IntegrityError, match="an audit event is never changed"):
        _change(open_file, "UPDATE audit_events SET by = 9 WHERE id = 1")
    with pytest.raises(sqlite3.IntegrityError, match="an audit event is never changed"):
        _change(open_file, "UPDATE audit_events SET by = NULL, act = 'dismiss' WHERE id = 1")


async def test_an_event_keeps_its_number(open_file: Database) -> None:
    """Numbers stand in buttons: one that was deleted is not given out again."""
    _change(open_file, "DELETE FROM audit_events")
    async with open_file.transaction() as tx:
        event = await tx.audit.add(an_event())
    assert event is not None
    assert event.id == 4


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("UPDATE review_items SET state = 'asleep'", "ck_review_items_state"),
        ("UPDATE review_items SET ruling = 'maybe', state = 'closed', post_text = ''", "ck_review_items_ruling"),
        ("UPDATE review_items SET state = 'closed', ruling = 'dismiss'", "ck_review_items_post_text_until_closed"),
        ("UPDATE review_items SET state = 'closed', post_text = ''", "ck_review_items_ruled_when_closed"),
        ("UPDATE review_items SET ruling = 'dismiss'", "ck_review_items_ruled_when_closed"),
        ("UPDATE review_items SET state = 'snoozed'", "ck_review_items_until_when_snoozed"),
        ("UPDATE review_items SET snoozed_until = '2030-01-01'", "ck_review_items_until_when_snoozed"),
        ("UPDATE notes SET ruling = 'maybe'", "ck_notes_ruling"),
        ("UPDATE notes SET state = 'lost'", "ck_notes_state"),
        ("UPDATE cards SET kind = 'birthday'", "ck_cards_kind"),
        (
            "INSERT INTO audit_events (at, act, automatic, detail) VALUES ('2026-01-01', 'nap', 0, '{}')",
            "ck_audit_events_act",
        ),
        (
            "INSERT INTO audit_events (at, act, automatic, detail, undoes) VALUES ('2026', 'undo', 0, '{}', 404)",
            "FOREIGN KEY",
        ),
        (
            "INSERT INTO audit_events (at, act, automatic, detail, undoes) VALUES ('2026', 'undo', 0, '{}', 1)",
            "UNIQUE",
        ),
        (
            "INSERT INTO fact_limits (guild_id, slug, channel_id, mode) VALUES (1, 'a', 0, 'loud')",
            "ck_fact_limits_mode",
        ),
    ],
)
async def test_what_contradicts_itself_is_refused(open_file: Database, sql: str, rule: str) -> None:
    """Each rule has its name."""
    with pytest.raises(sqlite3.IntegrityError, match=rule):
        _change(open_file, sql)


async def test_every_state_and_ruling_is_allowed(open_file: Database) -> None:
    """The rules refuse nothing that the program writes."""
    assert _change(open_file, "UPDATE review_items SET state = 'snoozed', snoozed_until = '2030-01-01'") == 1
    assert _change(open_file, "UPDATE review_items SET state = 'escalated', snoozed_until = NULL") == 1
    for ruling in ("edit", "not_a_claim"):
        closed = f"UPDATE review_items SET state = 'closed', ruling = '{ruling}', post_text = ''"
        assert _change(open_file, closed) == 1
        assert _change(open_file, f"UPDATE notes SET ruling = '{ruling}'") == 1
