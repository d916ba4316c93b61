"""The review queue of a server: what waits, whose it is, and what is put off. Rulings are given in ``rule``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.audit import Act, NewAuditEvent
from bot.domain.fact import Fact
from bot.domain.ports import Clock, Store
from bot.domain.review import ItemGroup, ReviewItem, ReviewState, Wanted
from bot.services.cards import ItemsCard, items_card
from bot.services.pace import queue_is_full
from bot.services.ruled import NO_ITEM, Ruled
from bot.services.wakeup import Bell

ASSIGNED_FOR = timedelta(hours=2)
"""How long an item stays somebody's: long enough to look it up, short enough not to be forgotten."""

_CLOSED = Ruled(done=False, message="This item is closed already.")


class ReviewQueue:
    """The queue of a server, for every place that shows it."""

    def __init__(self, *, store: Store, clock: Clock, board: Bell) -> None:
        self._store = store
        self._clock = clock
        self._board = board

    async def open(
        self, guild_id: int, wanted: Wanted | None = None, *, limit: int = 25, offset: int = 0
    ) -> list[tuple[ReviewItem, Fact | None]]:
        """Return items at hand unless others are wanted, urgent and oldest first, each with its fact as it is now."""
        async with self._store.reading() as tx:
            items = await tx.reviews.find(guild_id, wanted, limit=limit, offset=offset)
            return [(item, await tx.facts.get(item.new.slug)) for item in items]

    async def count(self, guild_id: int, wanted: Wanted | None = None) -> int:
        """Return how many items are at hand, unless others are wanted."""
        async with self._store.reading() as tx:
            return await tx.reviews.count(guild_id, wanted)

    async def is_full(self, guild_id: int) -> bool:
        """Tell whether so much waits that nothing more is added."""
        async with self._store.reading() as tx:
            return await queue_is_full(tx, guild_id)

    async def get(self, item_id: int, *, guild_id: int) -> ReviewItem | None:
        """Return an item of this server, or None: a server never sees another's."""
        async with self._store.reading() as tx:
            item = await tx.reviews.get(item_id)
        return item if item is not None and item.new.guild_id == guild_id else None

    async def card(self, item: ReviewItem) -> ItemsCard | None:
        """Return the card of an item, as a moderator sees it who asks for it."""
        new, now = item.new, self._clock()
        async with self._store.reading() as tx:
            policy = await tx.policies.get(new.guild_id)
            alone = ItemGroup(new.guild_id, new.slug, 1, new.created_at, item.state is ReviewState.ESCALATED)
            groups = await tx.reviews.groups(new.guild_id)
            group = next((one for one in groups if one.slug == new.slug), alone)
            return await items_card(tx, group, policy, now=now, first=item)

    async def assign(self, item_id: int, *, guild_id: int, by: int) -> Ruled:
        """Make an item, and all at hand on its fact that are nobody's, a moderator's own for a while; or free them."""
        now = self._clock()
        async with self._store.transaction() as tx:
            item = await tx.reviews.get(item_id)
            if item is None or item.new.guild_id != guild_id:
                return NO_ITEM
            if item.state is ReviewState.CLOSED:
                return _CLOSED
            holder = item.assignee(now)
            if holder not in (None, by):
                return Ruled(done=False, message=f"This is <@{holder}>'s until {_time(item.assigned_until)}.")
            at_hand = await tx.reviews.find(guild_id, Wanted(slug=item.new.slug))
            group = [one for one in at_hand if one.assignee(now) in (None, by)]
            until = now + ASSIGNED_FOR if holder is None else None
            await tx.reviews.assign(_ids(item, group), to=by if until else None, until=until)
            event = await tx.audit.add(_act(Act.ASSIGN, item, by, now, until=_time(until) if until else "given up"))
        self._board.ring_for(guild_id)
        message = f"Yours until {_time(until)}." if until else "No longer yours."
        return Ruled(done=True, message=message, event_id=event.id if event else None)

    async def escalate(self, item_id: int, *, guild_id: int, by: int) -> Ruled:
        """Mark an item as urgent: it comes first, and its card names the server's role for such."""
        now = self._clock()
        async with self._store.transaction() as tx:
            item = await tx.reviews.get(item_id)
            if item is None or item.new.guild_id != guild_id:
                return NO_ITEM
            if not await tx.reviews.escalate(item_id):
                return Ruled(done=False, message=f"This item is {item.state.value} already.")
            event = await tx.audit.add(_act(Act.ESCALATE, item, by, now))
        self._board.ring_for(guild_id)
        return Ruled(done=True, message="Escalated.", event_id=event.id if event else None)

    async def snooze(self, item_id: int, *, guild_id: int, by: int, span: timedelta) -> Ruled:
        """Put an item, and all at hand on the same fact, away for a while."""
        now = self._clock()
        until = now + span
        async with self._store.transaction() as tx:
            item = await tx.reviews.get(item_id)
            if item is None or item.new.guild_id != guild_id:
                return NO_ITEM
            if item.state is ReviewState.CLOSED:
                return _CLOSED
            group = await tx.reviews.find(guild_id, Wanted(slug=item.new.slug))
            await tx.reviews.snooze(_ids(item, group), until=until)
            event = await tx.audit.add(_act(Act.SNOOZE, item, by, now, until=_time(until)))
        self._board.ring_for(guild_id)
        return Ruled(done=True, message=f"Back at {_time(until)}.", event_id=event.id if event else None)


def _ids(item: ReviewItem, group: Sequence[ReviewItem]) -> list[int]:
    return list(dict.fromkeys([item.id, *(one.id for one in group)]))


def _act(act: Act, item: ReviewItem, by: int, now: datetime, **detail: str) -> NewAuditEvent:
    new = item.new
    return NewAuditEvent(now, act, new.guild_id, by=by, item_id=item.id, slug=new.slug, detail=detail)


def _time(moment: datetime | None) -> str:
    # Discord shows it in the reader's own time zone; elsewhere it reads as what it is.
    return "" if moment is None else f"<t:{int(moment.timestamp())}:f>"
