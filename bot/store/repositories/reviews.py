"""The port ``ReviewRepository`` on SQLite. What the methods promise stands at the port."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, UnaryExpression, and_, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.outstanding import Outstanding
from bot.domain.review import AT_HAND, WAITING, ItemGroup, NewReviewItem, ReviewItem, ReviewState, Ruling, Wanted
from bot.store.repositories.decided import decided_fields, decided_values, without_words
from bot.store.tables import review_items

_STATE = ("state", "ruling", "ruled_by", "ruled_at", "assigned_to", "assigned_until", "snoozed_until")

_Order = ColumnElement[Any] | UnaryExpression[Any]


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
            author=item.author,
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

    async def find(
        self, guild_id: int, wanted: Wanted | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[ReviewItem]:
        """Return a server's items: escalated ones first, then the oldest."""
        order = (_escalated().desc(), review_items.c.created_at, review_items.c.id)
        return await self._select(*_wanted(guild_id, wanted), order=order, limit=limit, offset=offset)

    async def count(self, guild_id: int, wanted: Wanted | None = None) -> int:
        """Return how many items ``find`` would return without a limit."""
        statement = select(func.count()).select_from(review_items).where(*_wanted(guild_id, wanted))
        return (await self._connection.execute(statement)).scalar_one()

    async def groups(self, guild_id: int | None = None) -> list[ItemGroup]:
        """Return what is at hand by fact: escalated ones first, then the oldest."""
        columns = review_items.c
        escalated, since = func.max(_escalated()), func.min(columns.created_at)
        where: list[ColumnElement[bool]] = [columns.state.in_(AT_HAND)]
        if guild_id is not None:
            where.append(columns.guild_id == guild_id)
        statement = (
            select(columns.guild_id, columns.slug, func.count(), since, escalated)
            .where(*where)
            .group_by(columns.guild_id, columns.slug)
            .order_by(columns.guild_id, escalated.desc(), since, columns.slug)
        )
        return [
            ItemGroup(guild, slug, count, oldest, bool(urgent))
            for guild, slug, count, oldest, urgent in await self._connection.execute(statement)
        ]

    async def at_hand(self) -> Outstanding:
        """Return how many items of all servers are at hand, and when the oldest came."""
        columns = review_items.c
        statement = select(func.count(), func.min(columns.created_at)).where(columns.state.in_(AT_HAND))
        count, since = (await self._connection.execute(statement)).one()
        return Outstanding(count, since)

    async def ruled(self, guild_id: int, *, since: datetime) -> list[ReviewItem]:
        """Return a server's items that were closed since a time, oldest first."""
        columns = review_items.c
        return await self._select(columns.guild_id == guild_id, columns.ruled_at >= since, order=(columns.ruled_at,))

    async def for_message(self, message_id: int) -> list[ReviewItem]:
        """Return a post's items, oldest first."""
        return await self._select(review_items.c.message_id == message_id)

    async def for_channel(self, channel_id: int) -> list[ReviewItem]:
        """Return a channel's items, oldest first."""
        return await self._select(review_items.c.channel_id == channel_id)

    async def reword(self, item_id: int, post_text: str) -> None:
        """Put a post's new words in place of the old ones, where the item isn't closed."""
        await self._update([item_id], WAITING, post_text=post_text)

    async def close(self, item_id: int, *, ruling: Ruling, by: int | None, at: datetime) -> bool:
        """Close an item and forget the post's words, or return False where it is closed."""
        closed = await self._update(
            [item_id],
            WAITING,
            state=ReviewState.CLOSED,
            ruling=ruling,
            ruled_by=by,
            ruled_at=at,
            post_text="",
            author=None,
            snoozed_until=None,
            evidence=without_words(review_items.c.evidence),
        )
        return closed > 0

    async def reopen(self, item_id: int, *, post_text: str, author: str | None = None) -> bool:
        """Open a closed item again, or return False where it isn't closed."""
        unruled = {"ruling": None, "ruled_by": None, "ruled_at": None, "author": author}
        closed = {ReviewState.CLOSED}
        return await self._update([item_id], closed, state=ReviewState.OPEN, post_text=post_text, **unruled) > 0

    async def assign(self, item_ids: Sequence[int], *, to: int | None, until: datetime | None) -> None:
        """Say whose some items are."""
        await self._update(item_ids, WAITING, assigned_to=to, assigned_until=until)

    async def escalate(self, item_id: int) -> bool:
        """Escalate an item, or return False where it is escalated or closed already."""
        calm = {ReviewState.OPEN, ReviewState.SNOOZED}
        return await self._update([item_id], calm, state=ReviewState.ESCALATED, snoozed_until=None) > 0

    async def snooze(self, item_ids: Sequence[int], *, until: datetime) -> int:
        """Put items that aren't closed away until a time, and return how many that were."""
        return await self._update(item_ids, WAITING, state=ReviewState.SNOOZED, snoozed_until=until)

    async def stale(self, guild_id: int, *, before: datetime) -> list[ReviewItem]:
        """Return a server's items that aren't closed and came before a time, oldest first."""
        columns = review_items.c
        return await self._select(columns.guild_id == guild_id, columns.state.in_(WAITING), columns.created_at < before)

    async def wake(self, now: datetime) -> int:
        """Open the items whose time to sleep is over, and return how many there were."""
        asleep = and_(review_items.c.state == ReviewState.SNOOZED, review_items.c.snoozed_until <= now)
        woken = update(review_items).where(asleep).values(state=ReviewState.OPEN, snoozed_until=None)
        return (await self._connection.execute(woken)).rowcount

    async def _update(
        self, item_ids: Sequence[int], states: frozenset[ReviewState] | set[ReviewState], **to: Any
    ) -> int:
        which = and_(review_items.c.id.in_(item_ids), review_items.c.state.in_(states))
        return (await self._connection.execute(update(review_items).where(which).values(to))).rowcount

    async def _select(
        self,
        *conditions: ColumnElement[bool],
        order: tuple[_Order, ...] = (),
        limit: int | None = None,
        offset: int | None = None,
    ) -> list[ReviewItem]:
        ordered = order or (review_items.c.created_at, review_items.c.id)
        statement = select(review_items).where(*conditions).order_by(*ordered).limit(limit).offset(offset)
        return [_item(row) for row in await self._connection.execute(statement)]


def _escalated() -> ColumnElement[bool]:
    return review_items.c.state == ReviewState.ESCALATED


def _wanted(guild_id: int, wanted: Wanted | None) -> list[ColumnElement[bool]]:
    wanted = wanted or Wanted()
    columns = review_items.c
    conditions: list[ColumnElement[bool]] = [columns.guild_id == guild_id, columns.state.in_(wanted.states)]
    if wanted.slug is not None:
        conditions.append(columns.slug == wanted.slug)
    if wanted.channel_id is not None:
        conditions.append(columns.channel_id == wanted.channel_id)
    if wanted.author is not None:
        conditions.append(columns.author == wanted.author)
    if wanted.since is not None:
        conditions.append(columns.created_at >= wanted.since)
    if wanted.before is not None:
        conditions.append(columns.created_at < wanted.before)
    return conditions


def _item(row: Row[Any]) -> ReviewItem:
    new = NewReviewItem(
        **decided_fields(row),
        message_id=row.message_id,
        post_text=row.post_text,
        reasons=tuple(row.reasons),
        author=row.author,
    )
    return ReviewItem(id=row.id, new=new, **{name: getattr(row, name) for name in _STATE})
