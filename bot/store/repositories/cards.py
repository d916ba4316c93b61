"""The port ``CardRepository`` on SQLite. What the methods promise stands at the port."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.card import CardKey, PostedCard
from bot.store.tables import cards


class SqlCards:
    """The messages that are kept up to date in moderators' channels."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self, guild_id: int) -> list[PostedCard]:
        """Return a server's cards."""
        return await self._select(cards.c.guild_id == guild_id)

    async def of_messages(self, message_ids: Collection[int]) -> list[PostedCard]:
        """Return the cards that some messages show."""
        return await self._select(cards.c.message_id.in_(message_ids))

    async def put(self, card: PostedCard) -> None:
        """Store a card in the place of the one with its key."""
        key = card.key
        values = {"channel_id": card.channel_id, "message_id": card.message_id, "digest": card.digest}
        statement = upsert(cards).values(guild_id=key.guild_id, kind=key.kind, subject=key.subject, **values)
        taken = [cards.c.guild_id, cards.c.kind, cards.c.subject]
        await self._connection.execute(statement.on_conflict_do_update(index_elements=taken, set_=values))

    async def remove(self, key: CardKey) -> None:
        """Forget a card."""
        await self._connection.execute(delete(cards).where(_is(key)))

    async def _select(self, which: ColumnElement[bool]) -> list[PostedCard]:
        return [
            PostedCard(CardKey(row.guild_id, row.kind, row.subject), row.channel_id, row.message_id, row.digest)
            for row in await self._connection.execute(select(cards).where(which).order_by(cards.c.message_id))
        ]


def _is(key: CardKey) -> ColumnElement[bool]:
    return and_(cards.c.guild_id == key.guild_id, cards.c.kind == key.kind, cards.c.subject == key.subject)
