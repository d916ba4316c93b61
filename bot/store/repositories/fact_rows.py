"""Facts as rows. Blocking functions, shared by the repository and the building of the seed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from string import whitespace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.domain.fact import Citation, Fact, NearMiss, Review
from bot.store.repositories.source_rows import CHECKED, WITH_CHECKS, source_ids, source_of
from bot.store.tables import appearances, citations, claim_reviews, facts, near_misses, phrasings, vectors

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

_PARTS = (phrasings, near_misses, appearances, citations, claim_reviews)


def written(correction: ColumnElement[str]) -> ColumnElement[bool]:
    """Return whether a correction is written: a fact with a blank one is a draft (see ``Fact.draft``)."""
    return func.trim(correction, whitespace) != ""


def insert_facts(connection: Connection, new: Sequence[tuple[Fact, str | None]], *, rename: bool = False) -> None:
    """Insert facts with everything that belongs to them, each with the key of its claim, if one is known.

    Args:
        connection: In a transaction that writes.
        new: The facts.
        rename: Whether a source whose key is taken by another document gets another key, rather than be refused.

    Raises:
        StoreError: A source's key is taken by another document.
        sqlalchemy.exc.IntegrityError: A slug is taken.
    """
    if not new:
        return
    first = connection.execute(select(func.coalesce(func.max(facts.c.id), 0))).scalar_one() + 1
    numbered = list(enumerate((fact for fact, _ in new), start=first))
    keys = [key for _, key in new]
    rows = [
        {"id": fact_id, "claim_key": key, **_values(fact)} for (fact_id, fact), key in zip(numbered, keys, strict=True)
    ]
    connection.execute(insert(facts), rows)
    _insert_parts(connection, numbered, rename=rename)


def replace_fact(connection: Connection, fact: Fact, expected: int, *, rename: bool = False) -> bool:
    """Replace a fact that is at a version, with everything that belongs to it; return False where it isn't.

    Raises:
        StoreError: A source's key is taken by another document, and isn't to be renamed (see ``insert_facts``).
    """
    which = and_(facts.c.slug == fact.slug, facts.c.version == expected)
    changed = connection.execute(
        update(facts).where(which).values(claim_key=None, **_values(fact)).returning(facts.c.id)
    )
    fact_id = changed.scalar_one_or_none()
    if fact_id is None:
        return False
    for table in _PARTS:
        connection.execute(delete(table).where(table.c.fact_id == fact_id))
    _insert_parts(connection, [(fact_id, fact)], rename=rename)
    return True


def load_facts(connection: Connection, *conditions: ColumnElement[bool]) -> list[Fact]:
    """Return the facts that meet the conditions (on ``facts``), ordered by slug, in one query a table."""
    rows = connection.execute(select(facts).where(*conditions).order_by(facts.c.slug)).all()
    parts = {
        table.name: _grouped(connection, _parts(table, *conditions)) for table in (phrasings, near_misses, appearances)
    }
    parts |= {
        table.name: _grouped(
            connection,
            _parts(table, *conditions).join(WITH_CHECKS, CHECKED[0] == table.c.source_id).add_columns(*CHECKED),
        )
        for table in (citations, claim_reviews)
    }
    return [_fact(row, {name: grouped[row.id] for name, grouped in parts.items()}) for row in rows]


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


def _insert_parts(connection: Connection, numbered: Sequence[tuple[int, Fact]], *, rename: bool) -> None:
    ids = source_ids(connection, (source for _, fact in numbered for source in fact.sources()), rename=rename)
    rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in _PARTS}

    def add(table: Table, fact_id: int, parts: Iterable[Mapping[str, Any]]) -> None:
        rows[table] += ({"fact_id": fact_id, "position": place, **part} for place, part in enumerate(parts))

    for fact_id, fact in numbered:
        add(phrasings, fact_id, ({"text": text} for text in fact.phrasings))
        add(near_misses, fact_id, (asdict(miss) for miss in fact.near_misses))
        add(appearances, fact_id, ({"url": url} for url in fact.appearances))
        add(citations, fact_id, ({"source_id": ids[it.source], "quote": it.quote} for it in fact.citations))
        add(claim_reviews, fact_id, ({"source_id": ids[it.source], **_review_values(it)} for it in fact.reviews))
    for table, values in rows.items():
        if values:
            connection.execute(insert(table), values)


def _review_values(review: Review) -> dict[str, Any]:
    return {name: getattr(review, name) for name in ("identity", "claim", "verdict", "label", "rest")}


def _parts(table: Table, *conditions: ColumnElement[bool]) -> Select[Any]:
    joined = select(table).join(facts, table.c.fact_id == facts.c.id)
    return joined.where(*conditions).order_by(table.c.fact_id, table.c.position)


def _grouped(connection: Connection, statement: Select[Any]) -> defaultdict[int, list[Row[Any]]]:
    groups: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(statement):
        groups[row.fact_id].append(row)
    return groups


def _fact(row: Row[Any], parts: Mapping[str, Sequence[Row[Any]]]) -> Fact:
    fields: dict[str, Any] = {name: getattr(row, name) for name in _COLUMNS}
    fields |= {name: tuple(getattr(row, name)) for name in _LISTS}
    return Fact(
        **fields,
        phrasings=tuple(part.text for part in parts["phrasings"]),
        near_misses=tuple(NearMiss(text=part.text, kind=part.kind) for part in parts["near_misses"]),
        appearances=tuple(part.url for part in parts["appearances"]),
        citations=tuple(Citation(source=source_of(part), quote=part.quote) for part in parts["citations"]),
        reviews=tuple(_review(part) for part in parts["claim_reviews"]),
    )


def _review(row: Row[Any]) -> Review:
    return Review(
        identity=row.identity,
        source=source_of(row),
        claim=row.claim,
        verdict=row.verdict,
        label=row.label,
        rest=row.rest,
    )
