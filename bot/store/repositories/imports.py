"""The port ``ImportRepository`` on SQLite. What the methods promise stands at the port."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import StoreError
from bot.domain.fact import Fact
from bot.domain.pack import Pack, Subscription
from bot.store.fact_json import fact_from_json
from bot.store.repositories.fact_rows import insert_facts, load_facts
from bot.store.repositories.pack_rows import OF_PACK, of_server, save_subscription
from bot.store.repositories.source_rows import in_parts
from bot.store.tables import claim_reviews, fact_versions, facts, pack_facts, packs


class SqlImports:
    """Finds what is there already, many facts at a time."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def reviewed(self, guild_id: int | None, identities: Sequence[str]) -> dict[str, str]:
        """Return the slugs of the facts that hold reviews, by the reviews' identities."""
        joined = select(claim_reviews.c.identity, facts.c.slug).join(facts, claim_reviews.c.fact_id == facts.c.id)
        found: dict[str, str] = {}
        for part in in_parts(identities):
            rows = await self._connection.execute(
                joined.where(claim_reviews.c.identity.in_(part), _belongs(guild_id)).order_by(facts.c.id.desc())
            )
            found |= {row.identity: row.slug for row in rows}
        return found

    async def claimed(self, guild_id: int | None, keys: Sequence[str]) -> dict[str, str]:
        """Return the slugs of the facts whose claims have a key, by key."""
        holds = exists().where(claim_reviews.c.fact_id == facts.c.id)
        found: dict[str, str] = {}
        for part in in_parts(keys):
            rows = await self._connection.execute(
                select(facts.c.claim_key, facts.c.slug)
                .where(facts.c.claim_key.in_(part), _belongs(guild_id), or_(facts.c.retired.is_(False), holds))
                .order_by(facts.c.slug.desc())
            )
            found |= {row.claim_key: row.slug for row in rows}
        return found

    async def taken(self, slugs: Sequence[str]) -> set[str]:
        """Return those of the slugs that facts have already."""
        found: set[str] = set()
        for part in in_parts(slugs):
            found |= set((await self._connection.execute(select(facts.c.slug).where(facts.c.slug.in_(part)))).scalars())
        return found

    async def load(self, slugs: Sequence[str]) -> list[Fact]:
        """Return the named facts, retired ones too."""
        return [
            fact
            for part in in_parts(slugs)
            for fact in await self._connection.run_sync(load_facts, facts.c.slug.in_(part))
        ]

    async def acts(self, slugs: Sequence[str]) -> dict[str, set[str]]:
        """Return how the kept versions of facts are called."""
        found: dict[str, set[str]] = {}
        for part in in_parts(slugs):
            statement = select(fact_versions.c.slug, fact_versions.c.act).where(fact_versions.c.slug.in_(part))
            for row in await self._connection.execute(statement):
                found.setdefault(row.slug, set()).add(row.act)
        return found

    async def add(self, new: Iterable[tuple[Fact, str]]) -> None:
        """Store new facts, each with the key of its claim."""
        try:
            await self._connection.run_sync(lambda connection: insert_facts(connection, list(new), rename=True))
        except IntegrityError as error:
            raise StoreError("A fact that was to be imported has a slug that is taken.") from error

    async def unkeyed(self, *, limit: int) -> list[tuple[str, str]]:
        """Return slug and claim of facts whose claims have no key yet."""
        unkeyed = select(facts.c.slug, facts.c.claim).where(facts.c.claim_key.is_(None)).order_by(facts.c.id)
        return [(row.slug, row.claim) for row in await self._connection.execute(unkeyed.limit(limit))]

    async def put_keys(self, keys: Mapping[str, str]) -> None:
        """Store the keys of facts' claims, by slug."""
        statement = update(facts).where(facts.c.slug == bindparam("the_slug")).values(claim_key=bindparam("the_key"))
        if keys:
            await self._connection.execute(
                statement, [{"the_slug": slug, "the_key": key} for slug, key in keys.items()]
            )

    async def export(self, guild_id: int | None, *, after: str, limit: int) -> list[Fact]:
        """Return facts that aren't retired, ordered by slug, after one."""
        which = (_belongs(guild_id), facts.c.retired.is_(False), facts.c.slug > after)
        page = select(facts.c.slug).where(*which).order_by(facts.c.slug).limit(limit)
        slugs = list((await self._connection.execute(page)).scalars())
        return sorted(await self.load(slugs), key=lambda fact: fact.slug)

    async def subscriptions(self, guild_id: int | None) -> list[Subscription]:
        """Return the packs that were taken in, without their facts."""
        statement = select(packs).where(of_server(guild_id)).order_by(packs.c.name)
        return [_subscription(row, {}, {}) for row in await self._connection.execute(statement)]

    async def subscription(self, guild_id: int | None, name: str) -> Subscription | None:
        """Return one of them with its facts, or None."""
        statement = select(packs).where(of_server(guild_id), packs.c.name == name)
        row = (await self._connection.execute(statement)).one_or_none()
        if row is None:
            return None
        held = (await self._connection.execute(select(pack_facts).where(pack_facts.c.pack_id == row.id))).all()
        base = {one.key: fact_from_json(one.base) for one in held}
        return _subscription(row, base, {one.key: one.slug for one in held})

    async def put_subscription(self, subscription: Subscription) -> None:
        """Store what was taken in, in place of the one of the same name."""
        await self._connection.run_sync(save_subscription, subscription)

    async def unsubscribe(self, guild_id: int | None, name: str) -> bool:
        """Forget a pack, not its facts."""
        gone = await self._connection.execute(delete(packs).where(of_server(guild_id), packs.c.name == name))
        return gone.rowcount > 0


def _belongs(guild_id: int | None) -> ColumnElement[bool]:
    return facts.c.guild_id.is_(None) if guild_id is None else facts.c.guild_id == guild_id


def _subscription(row: Row[Any], base: Mapping[str, Fact], slugs: Mapping[str, str]) -> Subscription:
    pack = Pack(**{name: getattr(row, name) for name in OF_PACK})
    return Subscription(pack=pack, guild_id=row.guild_id, at=row.at, base=base, slugs=slugs)
