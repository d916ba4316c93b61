"""Packs that were taken in, as rows. Blocking functions, shared by the repository and the building of the seed."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, delete, insert

from bot.domain.pack import Subscription
from bot.store.fact_json import fact_to_json
from bot.store.tables import pack_facts, packs

OF_PACK = ("name", "title", "version", "licence", "provenance", "key")
"""The columns that hold a field of a pack of the same name."""


def of_server(guild_id: int | None) -> ColumnElement[bool]:
    """Return which packs a server took in; None: the operator, for all servers."""
    return packs.c.guild_id.is_(None) if guild_id is None else packs.c.guild_id == guild_id


def save_subscription(connection: Connection, subscription: Subscription) -> None:
    """Store what was taken in, in place of the one of the same name."""
    pack = subscription.pack
    connection.execute(delete(packs).where(of_server(subscription.guild_id), packs.c.name == pack.name))
    values = {name: getattr(pack, name) for name in OF_PACK}
    added = insert(packs).values(guild_id=subscription.guild_id, at=subscription.at, **values)
    pack_id = connection.execute(added.returning(packs.c.id)).scalar_one()
    rows = [
        {"pack_id": pack_id, "key": key, "slug": subscription.slugs[key], "base": fact_to_json(fact)}
        for key, fact in subscription.base.items()
    ]
    if rows:
        connection.execute(insert(pack_facts), rows)
