"""The seed: the database that a first start copies. Blocking: call it off the event loop."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import replace as replace_fields
from datetime import UTC, datetime, time
from operator import attrgetter
from pathlib import Path

from sqlalchemy import func, select

from bot.domain.fact import Fact
from bot.domain.pack import Pack, Subscription
from bot.store.engine import open_migration_engine, open_reading_engine
from bot.store.errors import translated, translated_files
from bot.store.fact_json import fact_to_json
from bot.store.files import replace
from bot.store.migrate import create
from bot.store.repositories.fact_rows import insert_facts, load_facts, save_vectors
from bot.store.repositories.pack_rows import save_subscription
from bot.store.tables import metadata, packs

_OF_FACTS = {"facts", "phrasings", "near_misses", "appearances", "citations", "sources", "vectors", "claim_reviews"}


def build_seed(
    facts: Iterable[Fact], vectors: Mapping[str, Mapping[str, bytes]], target: Path, *, pack: Pack | None = None
) -> None:
    """Put a fresh database with these facts in the place of ``target``, whole or not at all.

    The same input gives the same content, whatever order the facts come in.

    Args:
        facts: The facts.
        vectors: By model, then by the SHA-256 (hex) of the text.
        target: The seed's path.
        pack: The pack that the facts are of: a later version of it can then update them.

    Raises:
        StoreError: Two facts share a slug or two documents a source key; or the file can't be written.
    """
    with translated_files(target), translated(target):
        replace(target, lambda temporary: _fill(temporary, sorted(facts, key=attrgetter("slug")), vectors, pack))


def _fill(path: Path, facts: list[Fact], vectors: Mapping[str, Mapping[str, bytes]], pack: Pack | None) -> None:
    create(path)
    with open_migration_engine(path).connect() as connection, connection.begin():
        insert_facts(connection, [(fact, None) for fact in facts])
        for model, blobs in sorted(vectors.items()):
            save_vectors(connection, model, blobs)
        if pack is not None:
            base = {fact.slug: replace_fields(fact, failed_tests=()) for fact in facts}
            # The facts' own day, so that the same pack makes the same seed.
            at = datetime.combine(max(fact.as_of for fact in facts), time(), UTC)
            save_subscription(connection, Subscription(pack, None, at, base, {slug: slug for slug in base}))
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        # A plain journal: a WAL file can't be read on a read-only disk. Copies turn to WAL at their first start.
        file.execute("PRAGMA journal_mode=DELETE")
        file.execute("VACUUM")


def describe(path: Path) -> str:
    """Return a database's facts, and what else it holds, as text to compare: no vectors, no row ids.

    Raises:
        StoreError: The file can't be read.
    """
    with translated(path), open_reading_engine(path).connect() as connection:
        facts = load_facts(connection)
        counts = {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
            if name not in _OF_FACTS
        }
        held = [tuple(row) for row in connection.execute(select(packs.c.name, packs.c.version).order_by(packs.c.id))]
    return _description(facts, held, {name: count for name, count in counts.items() if count})


def describe_facts(facts: Iterable[Fact], *, pack: Pack | None = None) -> str:
    """Return what ``describe`` says of a fresh seed with these facts, which are of a pack, if any."""
    ordered = sorted(facts, key=attrgetter("slug"))
    rows = {} if pack is None else {"packs": 1, "pack_facts": len(ordered)}
    return _description(ordered, [] if pack is None else [(pack.name, pack.version)], rows)


def _description(facts: list[Fact], held: list[tuple[str, ...]], other_rows: dict[str, int]) -> str:
    # Not what came of looking at sources: that is in a table of its own, which a fresh seed leaves empty.
    told = [{**fact_to_json(fact), "failed_tests": fact.failed_tests} for fact in facts]
    content = {"facts": told, "packs": held, "other_rows": other_rows}
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
