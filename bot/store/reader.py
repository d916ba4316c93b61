"""The port ``FactReader`` on SQLite: short blocking reads, beside whatever the event loop's connections do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, func, select

from bot.domain.fact import Fact, Fingerprint
from bot.store.engine import open_sharing_engine
from bot.store.errors import translated
from bot.store.repositories.fact_rows import load_facts
from bot.store.repositories.source_rows import in_parts
from bot.store.tables import fact_versions, facts, vectors


class SqlFactReader:
    """Reads facts. Safe to use from any thread."""

    def __init__(self, path: Path, *, readonly: bool) -> None:
        self._path = path
        self._engine = open_sharing_engine(path, readonly=readonly)

    def fingerprint(self, *, until: int | None = None) -> Fingerprint:
        """Return what the unretired facts add up to."""
        sums = func.sum(facts.c.version), func.sum(func.length(facts.c.claim))
        columns = (func.count(), *(func.coalesce(it, 0) for it in (func.max(facts.c.id), *sums)))
        statement = select(*columns).where(facts.c.retired.is_(False))
        if until is not None:
            statement = statement.where(facts.c.id <= until)
        with self._reading() as connection:
            return Fingerprint(*connection.execute(statement).one())

    def mark(self) -> tuple[int, int]:
        """Return two numbers that differ once facts were added, or got another version."""
        newest = (select(func.coalesce(func.max(table.c.id), 0)).scalar_subquery() for table in (facts, fact_versions))
        with self._reading() as connection:
            added, changed = connection.execute(select(*newest)).one()
            return added, changed

    def versions(self, *, after: int = 0) -> dict[str, int]:
        """Return the versions of the unretired facts whose row comes after one, by slug."""
        statement = select(facts.c.slug, facts.c.version).where(facts.c.retired.is_(False), facts.c.id > after)
        with self._reading() as connection:
            return {slug: version for slug, version in connection.execute(statement)}  # noqa: C416 - rows aren't pairs

    def facts(self, slugs: Sequence[str]) -> list[Fact]:
        """Return the named facts, retired ones too."""
        with self._reading() as connection:
            return [fact for part in in_parts(slugs) for fact in load_facts(connection, facts.c.slug.in_(part))]

    def vectors(self, model: str, keys: Sequence[str]) -> dict[str, bytes]:
        """Return those of a model's vectors that are stored."""
        columns = select(vectors.c.text_sha256, vectors.c.blob).where(vectors.c.model == model)
        with self._reading() as connection:
            parts = (columns.where(vectors.c.text_sha256.in_(part)) for part in in_parts(keys))
            return {row.text_sha256: row.blob for part in parts for row in connection.execute(part)}

    def close(self) -> None:
        """Close every connection. Closing twice is harmless."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with translated(self._path), self._engine.connect() as connection:
            yield connection
