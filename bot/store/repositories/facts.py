"""The port ``FactRepository`` on SQLite. What the methods promise stands at the port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from operator import attrgetter

from sqlalchemy import Integer, and_, func, or_, select, union_all, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.fact import Fact, FactVersion
from bot.store.fact_json import fact_from_json, fact_to_json
from bot.store.repositories.fact_rows import insert_facts, load_facts, replace_fact, save_vectors, written
from bot.store.tables import fact_versions, facts, notes, review_items, vectors


class SqlFacts:
    """The facts, each with its wordings and citations."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self, *, retired: bool = False) -> list[Fact]:
        """Return the facts by slug; retired ones only where asked for."""
        conditions = () if retired else (facts.c.retired.is_(False),)
        return await self._connection.run_sync(load_facts, *conditions)

    async def finished(self) -> list[Fact]:
        """Return the facts in use that are no drafts, by slug."""
        return await self._connection.run_sync(load_facts, facts.c.retired.is_(False), written(facts.c.correction))

    async def count(self) -> tuple[int, int]:
        """Return how many facts are in use: finished ones, and drafts."""
        statement = select(func.count(), func.coalesce(func.sum(written(facts.c.correction).cast(Integer)), 0))
        everything, finished = (await self._connection.execute(statement.where(facts.c.retired.is_(False)))).one()
        return finished, everything - finished

    async def get(self, slug: str) -> Fact | None:
        """Return a fact, also a retired one, or None."""
        found = await self._connection.run_sync(load_facts, facts.c.slug == slug)
        return found[0] if found else None

    async def own(self, guild_id: int) -> list[Fact]:
        """Return a server's own facts, retired ones too."""
        return await self._connection.run_sync(load_facts, facts.c.guild_id == guild_id)

    async def failing(self, failures: Sequence[str]) -> list[str]:
        """Return the slugs of the facts of which just these tests failed."""
        which = and_(facts.c.retired.is_(False), facts.c.failed_tests == list(failures))
        found = await self._connection.execute(select(facts.c.slug).where(which).order_by(facts.c.slug))
        return list(found.scalars())

    async def seen(self, guild_id: int, *, limit: int) -> list[Fact]:
        """Return facts that a server sees, its own first."""
        its_own = [fact for fact in await self.own(guild_id) if not fact.retired]
        hidden = [fact.overrides for fact in its_own if fact.overrides is not None]
        shared = (facts.c.guild_id.is_(None), facts.c.retired.is_(False), facts.c.slug.not_in(hidden))
        first = select(facts.c.slug).where(*shared).order_by(facts.c.slug).limit(max(limit - len(its_own), 0))
        return [*its_own, *await self._connection.run_sync(load_facts, facts.c.slug.in_(first))][:limit]

    async def add(self, fact: Fact) -> None:
        """Store a new fact with everything that belongs to it."""
        await self._connection.run_sync(insert_facts, [(fact, None)])

    async def replace(self, fact: Fact, *, expected: int, rename: bool = False) -> bool:
        """Put a fact in the place of the one with its slug, or return False where that isn't at a version."""
        return await self._connection.run_sync(partial(replace_fact, rename=rename), fact, expected)

    async def record(self, version: FactVersion) -> None:
        """Keep a version of a fact for its history."""
        values = {"at": version.at, "by": version.by, "act": version.act, "fact": fact_to_json(version.fact)}
        statement = upsert(fact_versions).values(slug=version.fact.slug, version=version.fact.version, **values)
        kept = [fact_versions.c.slug, fact_versions.c.version]
        await self._connection.execute(statement.on_conflict_do_nothing(index_elements=kept))

    async def history(self, slug: str) -> list[FactVersion]:
        """Return the kept versions of a fact, newest first."""
        order = fact_versions.c.version.desc()
        statement = select(fact_versions).where(fact_versions.c.slug == slug).order_by(order)
        rows = await self._connection.execute(statement)
        return [FactVersion(fact_from_json(row.fact), row.at, row.by, row.act) for row in rows]

    async def expired(self, guild_id: int, *, today: date) -> list[Fact]:
        """Return the facts whose shelf life is over and that concern a server, the longest over first."""
        used = [select(table.c.slug).where(table.c.guild_id == guild_id) for table in (notes, review_items)]
        concerns = or_(
            facts.c.guild_id == guild_id,
            and_(facts.c.guild_id.is_(None), facts.c.slug.in_(union_all(*used).scalar_subquery())),
        )
        over = and_(facts.c.retired.is_(False), facts.c.review_by < today, concerns)
        found = await self._connection.run_sync(load_facts, over)
        return sorted(found, key=attrgetter("review_by", "slug"))

    async def set_failed_tests(self, slug: str, failures: Sequence[str]) -> None:
        """Replace the list of a fact's failed tests."""
        statement = update(facts).where(facts.c.slug == slug).values(failed_tests=list(failures))
        await self._connection.execute(statement)

    async def vectors(self, model: str) -> dict[str, bytes]:
        """Return the model's vectors by the SHA-256 (hex) of their text."""
        rows = await self._connection.execute(
            select(vectors.c.text_sha256, vectors.c.blob).where(vectors.c.model == model)
        )
        return {row.text_sha256: row.blob for row in rows}

    async def add_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        """Store vectors; one that is there already is replaced."""
        await self._connection.run_sync(save_vectors, model, vectors)
