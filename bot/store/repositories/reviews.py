"""The port ``ReviewRepository`` on SQLite. What the methods promise stands at the port."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.review import NewReviewItem, ReviewItem, ReviewState, Ruling
from bot.store.repositories.decided import decided_fields, decided_values, without_words
from bot.store.tables import review_events, review_items


class SqlReviews:
    """The review queue."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, item: NewReviewItem) -> ReviewItem | None:
        """Store an item, or return None where its post and fact have one."""
        statement = upsert(review_items).values(
            **decided_values(item),
            message_id=item.message_id,
            post_text=item.post_text,
            reasons=list(item.reasons),
            state=ReviewState.OPEN,
        )
        taken = [review_items.c.message_id, review_items.c.slug]
        added = await self._connection.execute(
            statement.on_conflict_do_nothing(index_elements=taken).returning(review_items.c.id)
        )
        item_id = added.scalar_one_or_none()
        return None if item_id is None else await self.get(item_id)

    async def get(self, item_id: int) -> ReviewItem | None:
        """Return an item, or None."""
        found = await self._select(review_items.c.id == item_id)
        return found[0] if found else None

    async def open(self, guild_id: int, *, limit: int = 25, offset: int = 0) -> list[ReviewItem]:
        """Return a page of a server's open items, oldest first."""
        return await self._select(_open_in(guild_id), limit=limit, offset=offset)

    async def count_open(self, guild_id: int) -> int:
        """Return how many of a server's items are open."""
        statement = select(func.count()).select_from(review_items).where(_open_in(guild_id))
        return (await self._connection.execute(statement)).scalar_one()

    async def for_message(self, message_id: int) -> list[ReviewItem]:
        """Return a post's items, oldest first."""
        return await self._select(review_items.c.message_id == message_id)

    async def for_channel(self, channel_id: int) -> list[ReviewItem]:
        """Return a channel's items, oldest first."""
        return await self._select(review_items.c.channel_id == channel_id)

    async def reword(self, item_id: int, post_text: str) -> None:
        """Put a post's new words in place of the old ones, where the item is open."""
        is_open = and_(review_items.c.id == item_id, review_items.c.state == ReviewState.OPEN)
        await self._connection.execute(update(review_items).where(is_open).values(post_text=post_text))

    async def close(self, item_id: int, *, ruling: Ruling, by: int | None, at: datetime) -> bool:
        """Close an open item and forget the post's words, or return False where it isn't open."""
        closed = await self._connection.execute(
            update(review_items)
            .where(and_(review_items.c.id == item_id, review_items.c.state == ReviewState.OPEN))
            .values(
                state=ReviewState.CLOSED,
                ruling=ruling,
                ruled_by=by,
                ruled_at=at,
                post_text="",
                evidence=without_words(review_items.c.evidence),
            )
        )
        if closed.rowcount == 0:
            return False
        values = {"item_id": item_id, "at": at, "ruling": ruling, "by": by}
        await self._connection.execute(insert(review_events).values(values))
        return True

    async def _select(
        self, *conditions: ColumnElement[bool], limit: int | None = None, offset: int | None = None
    ) -> list[ReviewItem]:
        ordered = select(review_items).where(*conditions).order_by(review_items.c.created_at, review_items.c.id)
        rows = await self._connection.execute(ordered.limit(limit).offset(offset))
        return [_item(row) for row in rows]


def _open_in(guild_id: int) -> ColumnElement[bool]:
    return and_(review_items.c.guild_id == guild_id, review_items.c.state == ReviewState.OPEN)


def _item(row: Row[Any]) -> ReviewItem:
    return ReviewItem(
        id=row.id,
        new=NewReviewItem(
            **decided_fields(row),
            message_id=row.message_id,
            post_text=row.post_text,
            reasons=tuple(row.reasons),
        ),
        state=row.state,
        ruling=row.ruling,
        ruled_by=row.ruled_by,
        ruled_at=row.ruled_at,
    )
