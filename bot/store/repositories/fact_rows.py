"""Facts as rows. Blocking functions, shared by the repository and the building of the seed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.domain.errors import StoreError
from bot.domain.fact import Citation, Fact, NearMiss, Source
from bot.store.tables import appearances, citations, facts, near_misses, phrasings, sources, vectors

_COLUMNS = (
    "slug",
    "claim",
    "verdict",
    "verdict_label",
    "correction",
    "true_statement",
    "speaker",
    "claim_date",
    "context",
    "language",
    "as_of",
    "review_by",
    "version",
    "retired",
    "guild_id",
    "overrides",
)
"""The columns that hold a field of the same name, as it is."""

_LISTS = ("topics", "overlaps", "failed_tests")
"""The columns that hold a tuple of words as JSON."""


def insert_fact(connection: Connection, fact: Fact) -> None:
    """Insert a fact with its wordings, citations and appearances.

    Raises:
        StoreError: A source's key is taken by another document.
        sqlalchemy.exc.IntegrityError: The slug is taken.
    """
    added = connection.execute(insert(facts).values(_values(fact)).returning(facts.c.id))
    _insert_all_parts(connection, added.scalar_one(), fact)


def replace_fact(connection: Connection, fact: Fact, expected: int) -> bool:
    """Replace a fact that is at a version, with everything that belongs to it; return False where it isn't.

    Raises:
        StoreError: A source's key is taken by another document.
    """
    which = and_(facts.c.slug == fact.slug, facts.c.version == expected)
    changed = connection.execute(update(facts).where(which).values(_values(fact)).returning(facts.c.id))
    fact_id = changed.scalar_one_or_none()
    if fact_id is None:
        return False
    for table in (phrasings, near_misses, appearances, citations):
        connection.execute(delete(table).where(table.c.fact_id == fact_id))
    _insert_all_parts(connection, fact_id, fact)
    return True


def load_facts(connection: Connection, *conditions: ColumnElement[bool]) -> list[Fact]:
    """Return the facts that meet the conditions (on ``facts``), ordered by slug, in one query a table."""
    rows = connection.execute(select(facts).where(*conditions).order_by(facts.c.slug)).all()
    wordings = _grouped(connection, _parts(phrasings, *conditions))
    misses = _grouped(connection, _parts(near_misses, *conditions))
    urls = _grouped(connection, _parts(appearances, *conditions))
    cited = _grouped(
        connection,
        _parts(citations, *conditions).join(sources, citations.c.source_id == sources.c.id).add_columns(*sources.c),
    )
    return [
        _fact(
            row, phrasings=wordings[row.id], near_misses=misses[row.id], appearances=urls[row.id], cited=cited[row.id]
        )
        for row in rows
    ]


def save_vectors(connection: Connection, model: str, blobs: Mapping[str, bytes]) -> None:
    """Store vectors by the SHA-256 (hex) of their text; one that is there already is replaced."""
    if not blobs:
        return
    statement = upsert(vectors)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[vectors.c.model, vectors.c.text_sha256], set_={"blob": statement.excluded.blob}
        ),
        [{"model": model, "text_sha256": digest, "blob": blob} for digest, blob in sorted(blobs.items())],
    )


def _values(fact: Fact) -> dict[str, Any]:
    values = {name: getattr(fact, name) for name in _COLUMNS}
    return values | {name: list(getattr(fact, name)) for name in _LISTS}


def _insert_all_parts(connection: Connection, fact_id: int, fact: Fact) -> None:
    _insert_parts(connection, phrasings, fact_id, ({"text": text} for text in fact.phrasings))
    _insert_parts(connection, near_misses, fact_id, (asdict(miss) for miss in fact.near_misses))
    _insert_parts(connection, appearances, fact_id, ({"url": url} for url in fact.appearances))
    ids = {source.key: _source_id(connection, source) for source in fact.sources()}
    cited = ({"source_id": ids[it.source.key], "quote": it.quote} for it in fact.citations)
    _insert_parts(connection, citations, fact_id, cited)


def _insert_parts(connection: Connection, table: Table, fact_id: int, parts: Iterable[Mapping[str, Any]]) -> None:
    rows = [{"fact_id": fact_id, "position": place, **part} for place, part in enumerate(parts)]
    if rows:
        connection.execute(insert(table), rows)


def _source_id(connection: Connection, source: Source) -> int:
    values = asdict(source)
    connection.execute(upsert(sources).values(values).on_conflict_do_nothing(index_elements=[sources.c.key]))
    row = connection.execute(select(sources).where(sources.c.key == source.key)).one()
    if _source(row) != source:
        raise StoreError(f'The source key "{source.key}" stands for another document already. Choose another key.')
    return int(row.id)


def _parts(table: Table, *conditions: ColumnElement[bool]) -> Select[Any]:
    joined = select(table).join(facts, table.c.fact_id == facts.c.id)
    return joined.where(*conditions).order_by(table.c.fact_id, table.c.position)


def _grouped(connection: Connection, statement: Select[Any]) -> defaultdict[int, list[Row[Any]]]:
    groups: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(statement):
        groups[row.fact_id].append(row)
    return groups


def _fact(
    row: Row[Any],
    *,
    phrasings: Sequence[Row[Any]],
    near_misses: Sequence[Row[Any]],
    appearances: Sequence[Row[Any]],
    cited: Sequence[Row[Any]],
) -> Fact:
    fields: dict[str, Any] = {name: getattr(row, name) for name in _COLUMNS}
    fields |= {name: tuple(getattr(row, name)) for name in _LISTS}
    return Fact(
        **fields,
        phrasings=tuple(part.text for part in phrasings),
        near_misses=tuple(NearMiss(text=part.text, kind=part.kind) for part in near_misses),
        appearances=tuple(part.url for part in appearances),
        citations=tuple(Citation(source=_source(part), quote=part.quote) for part in cited),
    )


def _source(row: Row[Any]) -> Source:
    return Source(
        key=row.key,
        publisher=row.publisher,
        title=row.title,
        url=row.url,
        author=row.author,
        published=row.published,
        retrieved=row.retrieved,
        archive_url=row.archive_url,
        note=row.note,
    )
