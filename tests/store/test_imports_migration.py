"""From the schema of members to that of imports and back, with rows in every table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import IntegrityError

from bot.domain.fact import Fact, Verdict
from bot.store.engine import open_migration_engine
from bot.store.fact_json import fact_to_json
from tests.builders import a_fact, a_review
from tests.store.test_members_migration import _EVENT, SECOND, _one, _to
from tests.store.test_moderation_migration import AT, FIRST, _everything, _rows

THIRD = (
    f"INSERT INTO note_repairs VALUES (1, 1, 'moon', '{AT}', 9, 'edited', 2)",
    f"INSERT INTO ratings VALUES (7, 'a', 1, 'helpful', '[]', '{AT}')",
    (
        "INSERT INTO note_standings (note_id, guild_id, shown, since, status, rule, provisional, count, why) "
        f"VALUES (7, 1, 'helpful', '{AT}', 'helpful', 'r/1', 1, 3, '[]')"
    ),
    f"INSERT INTO appeals (note_id, guild_id, kind, at, text) VALUES (7, 1, 'written', '{AT}', 'Words.')",
    f"INSERT INTO request_members VALUES (5, 'a', '{AT}')",
    f"INSERT INTO member_marks VALUES ('opted_out', 0, 'a', '{AT}')",
    f"INSERT INTO departures VALUES (3, '{AT}')",
)
IMPORTED = ("claim_reviews", "source_checks", "packs", "pack_facts")
FACT = (
    "INSERT INTO facts (id, slug, claim, verdict, correction, true_statement, language, topics, overlaps, as_of, "
    "review_by, version, retired, failed_tests)"
)
REST = "'T', 'en', '[]', '[]', '2026-01-01', '2027-01-01', 1, 0, '[]'"


@pytest.fixture
def third(tmp_path: Path) -> Iterator[Connection]:
    """A database of the third schema with rows in every table, and ids that were given out and deleted."""
    path = tmp_path / "third.db"
    path.touch()
    with open_migration_engine(path).connect() as connection, connection.begin():
        for revision, rows in (("0001", FIRST), ("0002", SECOND), ("0003", THIRD)):
            _to(connection, revision)
            for sql in rows:
                connection.exec_driver_sql(sql)
        assert all(_everything(connection).values())
        yield connection


def _laws(connection: Connection, *kinds: str) -> dict[str, str]:
    """Return the text of each table, index and trigger, or of some kinds of them."""
    rows = _rows(connection, "SELECT type, name, sql FROM sqlite_master WHERE sql NOTNULL")
    return {row["name"]: row["sql"] for row in rows if not kinds or row["type"] in kinds}


def _sound(connection: Connection) -> bool:
    return connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def _events(connection: Connection, *events: tuple[int, str, str]) -> None:
    for number, act, undoes in events:
        connection.exec_driver_sql(f"{_EVENT} VALUES ({number}, 1, '{AT}', 9, '{act}', NULL, 0, {undoes}, '{{}}')")


def test_every_row_is_kept(third: Connection) -> None:
    """With every column that it had; no claim has a key yet, and the new tables are empty."""
    before = _everything(third)
    _to(third, "0004")
    after = _everything(third)
    assert [after.pop(name) for name in IMPORTED] == [[], [], [], []]
    before["facts"] = [{**row, "claim_key": None} for row in before["facts"]]
    assert after == before
    assert _sound(third)


def test_every_index_and_trigger_is_kept(third: Connection) -> None:
    """Word by word; what is new is of claims' keys and of the new tables."""
    before = _laws(third, "index", "trigger")
    _to(third, "0004")
    after = _laws(third, "index", "trigger")
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() == {
        "ix_facts_claim_key",
        "ix_claim_reviews_source_id",
        "ix_claim_reviews_identity",
        "ix_packs_guild_id_name",
    }


def test_there_and_back_is_where_it_began(third: Connection) -> None:
    """Every row, and the text of every table, index and trigger."""
    before, laws = _everything(third), _laws(third)
    _to(third, "0004")
    _to(third, "0003", back=True)
    assert _everything(third) == before
    assert _laws(third) == laws
    assert _sound(third)


@pytest.mark.parametrize("back", [False, True])
def test_audit_events_keep_their_rules(third: Connection, *, back: bool) -> None:
    """They refuse changes, but for forgetting who it was; ids of deleted ones are not given out again."""
    _to(third, "0004")
    if back:
        _to(third, "0003", back=True)
    with pytest.raises(IntegrityError, match="an audit event is never changed"):
        third.exec_driver_sql("UPDATE audit_events SET act = 'dismiss' WHERE id = 20")
    third.exec_driver_sql("UPDATE audit_events SET by = NULL WHERE id = 20")
    third.exec_driver_sql(f"{_EVENT} VALUES (NULL, 1, '{AT}', 9, 'assign', 10, 0, NULL, '{{}}')")
    assert _one(third, "SELECT max(id) FROM audit_events") == 98


@pytest.mark.parametrize(
    "sql",
    [
        *(f"{FACT} VALUES (20, 's', 'C', '{verdict}', 'K', {REST})" for verdict in ("true", "unrated")),
        f"{_EVENT} VALUES (30, 1, '{AT}', 9, 'facts_imported', NULL, 0, NULL, '{{}}')",
    ],
)
def test_new_words_are_refused_before_and_taken_afterwards(third: Connection, sql: str) -> None:
    """And refused again on the way back; words that nobody knows are never taken."""
    for revision, back, known in (("0003", False, False), ("0004", False, True), ("0003", True, False)):
        _to(third, revision, back=back)
        if known:
            third.exec_driver_sql(sql)
        else:
            with pytest.raises(IntegrityError, match="CHECK"):
                third.exec_driver_sql(sql)
        with pytest.raises(IntegrityError, match="CHECK"):
            third.exec_driver_sql("UPDATE facts SET verdict = 'nonsense'")


def test_what_the_third_schema_would_misread_is_gone(third: Connection) -> None:
    """Facts of verdicts that it has no word for, unwritten ones, imports in the log and what undid them; no other."""
    _to(third, "0004")
    for number, verdict, correction in ((20, "true", "'K'"), (21, "unrated", "'K'"), (22, "false", "' ' || char(10)")):
        third.exec_driver_sql(f"{FACT} VALUES ({number}, 's{number}', 'C', '{verdict}', {correction}, {REST})")
        third.exec_driver_sql(f"INSERT INTO phrasings VALUES ({number}, 0, 'P')")
        third.exec_driver_sql(f"INSERT INTO near_misses VALUES ({number}, 0, 'N', 'other')")
        third.exec_driver_sql(f"INSERT INTO appearances VALUES ({number}, 0, 'https://a.example')")
        third.exec_driver_sql(f"INSERT INTO citations VALUES ({number}, 0, 6, 'Q')")
    third.exec_driver_sql(f"{FACT} VALUES (23, 'kept', 'C', 'disputed', 'K', {REST})")
    for number in (5, 20, 22, 23):
        third.exec_driver_sql(f"INSERT INTO claim_reviews VALUES ({number}, 0, 6, 'i', 'C', 'true', NULL, '{{}}')")
    third.exec_driver_sql(f"INSERT INTO source_checks VALUES (6, 'gone', '{AT}', '{AT}', 404, NULL, NULL)")
    third.exec_driver_sql(f"INSERT INTO packs VALUES (1, 1, 'moon', 'T', 'V', 'L', 'P', NULL, '{AT}')")
    third.exec_driver_sql("INSERT INTO pack_facts VALUES (1, 'moon', 'moon', '{}')")
    _events(third, (40, "facts_imported", "NULL"), (41, "undo", "40"), (42, "facts_imported", "NULL"))
    _events(third, (43, "fact_added", "NULL"), (44, "undo", "43"))
    _to(third, "0003", back=True)
    assert [row["slug"] for row in _rows(third, "SELECT slug FROM facts ORDER BY id")] == ["moon", "kept"]
    for part in ("phrasings", "near_misses", "appearances", "citations"):
        assert _rows(third, f"SELECT fact_id FROM {part}") == [{"fact_id": 5}]
    assert [row["id"] for row in _rows(third, "SELECT id FROM audit_events WHERE id >= 40")] == [43, 44]
    assert not set(IMPORTED) & set(inspect(third).get_table_names())
    assert _sound(third)


def _keep(connection: Connection, number: int, fact: Fact) -> None:
    kept = json.dumps(fact_to_json(fact))
    version = "INSERT INTO fact_versions (id, slug, version, at, act, fact) VALUES (?, ?, 1, ?, 'imported', ?)"
    connection.exec_driver_sql(version, (number, f"s{number}", AT, kept))
    draft = "INSERT INTO fact_drafts (id, guild_id, by, at, fact) VALUES (?, 1, 9, ?, ?)"
    connection.exec_driver_sql(draft, (number, AT, kept))


def test_versions_and_drafts_are_kept_as_the_third_schema_had_them(third: Connection) -> None:
    """Without their reviews, of which it knows nothing; those of verdicts that it doesn't know go."""
    fields = asdict(a_fact()).keys() - {"failed_tests", "reviews"}
    _to(third, "0004")
    for number, verdict in enumerate(Verdict, start=10):
        _keep(third, number, a_fact(slug=f"s{number}", verdict=verdict, reviews=(a_review(),)))
    _to(third, "0003", back=True)
    known = [verdict for verdict in Verdict if verdict.contradicts]
    for table in ("fact_versions", "fact_drafts"):
        kept = [json.loads(row["fact"]) for row in _rows(third, f"SELECT fact FROM {table} WHERE id >= 10 ORDER BY id")]
        assert [fact["verdict"] for fact in kept] == known
        assert {frozenset(fact) for fact in kept} == {frozenset(fields)}
        assert {fact["as_of"] for fact in kept} == {date(2026, 1, 1).isoformat()}
