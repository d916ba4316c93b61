"""Every stored column is accounted for: the walk goes over the real schema, not over a list of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from bot.domain.stored import BY_TABLE, STORED, WORDS, Kind, Stored
from bot.domain.told import TOPICS
from bot.store.repositories.members import IDS, PSEUDONYMS
from bot.store.tables import metadata
from bot.store.types import EnumName, UtcDateTime

FOUND_BY = {Kind.MEMBER: PSEUDONYMS, Kind.MODERATOR: IDS}


def problems(schema: MetaData, registry: Mapping[str, Stored]) -> Iterator[str]:
    """Yield what is wrong with a registry of a schema."""
    for name in registry.keys() - schema.tables.keys():
        yield f"{name}: there is no such table"
    for table in schema.sorted_tables:
        stored = registry.get(table.name)
        if stored is None:
            yield f"{table.name}: not in the registry"
            continue
        for name in {*stored.columns, *stored.purged, *stored.harmless} - set(table.columns.keys()):
            yield f"{table.name}.{name}: there is no such column"
        for column in table.columns:
            yield from column_problems(column, stored)


def column_problems(column: Column[object], stored: Stored) -> Iterator[str]:
    """Yield what is wrong with a column."""
    kind, name = stored.columns.get(column.name), f"{column.table.name}.{column.name}"
    if kind is None:
        yield f"{name}: not in the registry"
        return
    if kind in FOUND_BY and name not in {f"{one.table.name}.{one.name}" for one in FOUND_BY[kind]}:
        yield f"{name}: an erasure doesn't find it"
    if kind in WORDS and not stored.purged.get(column.name):
        yield f"{name}: its words are never purged"
    if kind is Kind.PLAIN and holds_anything(column) and not stored.harmless.get(column.name):
        yield f"{name}: it could hold anything, and nothing says why it is about nobody"


def holds_anything(column: Column[object]) -> bool:
    """Tell whether a column could name somebody; what is an enum, a time or another row's number can't."""
    kind: TypeEngine[object] = column.type
    if column.foreign_keys or isinstance(kind, EnumName | UtcDateTime):
        return False
    inner = kind.impl if isinstance(kind, TypeDecorator) else kind
    return isinstance(inner, BigInteger | String | Text | LargeBinary)


def test_every_column_is_accounted_for() -> None:
    """What it holds, how it is found where it is somebody's, when its words go."""
    assert list(problems(metadata, BY_TABLE)) == []
    assert len(STORED) == len(BY_TABLE) == len(metadata.tables)


def test_every_column_that_is_found_is_somebodys() -> None:
    """The other way round: an erasure touches nothing that the registry calls harmless."""
    for kind, columns in FOUND_BY.items():
        assert [one.name for one in columns if BY_TABLE[one.table.name].columns[one.name] is not kind] == []


def test_every_table_about_people_is_told_of() -> None:
    """Members read of each in /privacy."""
    told = {table for topic in TOPICS for table in topic.tables}
    assert {stored.table for stored in STORED if stored.personal()} <= told
    assert told <= BY_TABLE.keys()


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (Column("surname", Text), "ratings.surname: not in the registry"),
        (Column("member_id", BigInteger), "ratings.member_id: not in the registry"),
    ],
)
def test_a_new_column_fails_the_walk(column: Column[object], said: str) -> None:
    """Until somebody says what it is."""
    assert list(problems(_with(column), {"ratings": BY_TABLE["ratings"]})) == [said]


@pytest.mark.parametrize(
    ("column", "kind", "said"),
    [
        (Column("friend", String(32)), Kind.MEMBER, "an erasure doesn't find it"),
        (Column("chief", BigInteger), Kind.MODERATOR, "an erasure doesn't find it"),
        (Column("remark", Text), Kind.MEMBER_WORDS, "its words are never purged"),
        (Column("member_id", BigInteger), Kind.PLAIN, "it could hold anything, and nothing says why"),
        (Column("surname", Text), Kind.PLAIN, "it could hold anything, and nothing says why"),
        (Column("photograph", LargeBinary), Kind.PLAIN, "it could hold anything, and nothing says why"),
    ],
)
def test_a_column_that_is_said_to_be_harmless_in_passing_fails_the_walk(
    column: Column[object], kind: Kind, said: str
) -> None:
    """Naming a kind is not enough: it has to be true, or argued for."""
    stored = BY_TABLE["ratings"]
    registry = {"ratings": replace(stored, columns={**stored.columns, column.name: kind})}
    [problem] = problems(_with(column), registry)
    assert problem.startswith(f"ratings.{column.name}: {said}")


def test_a_new_table_fails_the_walk() -> None:
    """And so does one that is registered and isn't there."""
    schema = MetaData()
    Table("diaries", schema, Column("id", Integer, primary_key=True))
    assert list(problems(schema, {"ratings": BY_TABLE["ratings"]})) == [
        "ratings: there is no such table",
        "diaries: not in the registry",
    ]


def _with(column: Column[object]) -> MetaData:
    """Return a schema of ratings with one column more."""
    schema = MetaData()
    ratings = metadata.tables["ratings"]
    own = [Column(one.name, one.type, primary_key=one.primary_key) for one in ratings.columns]
    Table("ratings", schema, *own, column._copy())
    return schema
