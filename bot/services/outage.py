"""What is to be looked at again after Discord couldn't tell of it for a while."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.note import STANDING, NoteState
from bot.domain.policy import Mode, Policy
from bot.domain.ports import Clock, Store
from bot.domain.review import WAITING, Wanted
from bot.services.watermarks import Watermarks

RECENT = timedelta(hours=24)
MOST_ANSWERED = 100
"""Posts of a server that are looked at again because something answers them: how old the answer is, and how many."""


@dataclass(frozen=True, slots=True)
class Missed:
    """What may have been missed in a server."""

    since: datetime
    """Until when its posts were looked at."""
    now: datetime
    policy: Policy
    answered: tuple[tuple[int, int], ...]
    """Channel and message ids of posts with a note or an item: they may have been edited or deleted."""


class Outage:
    """Says what was missed, and keeps the watermark down until it is looked at."""

    def __init__(self, *, store: Store, watermarks: Watermarks, clock: Clock) -> None:
        self._store = store
        self._watermarks = watermarks
        self._clock = clock

    @asynccontextmanager
    async def of(self, guild_id: int) -> AsyncIterator[Missed | None]:
        """Tell what was missed in a server; None where Footnote is new to it, or off in it.

        While the block runs the server's watermark stays where it was.
        """
        since = await self._watermarks.since(guild_id)
        async with self._store.reading() as tx:
            policy = await tx.policies.get(guild_id)
        if since is None or policy.mode is Mode.OFF:
            yield None
            return
        with self._watermarks.holding(guild_id, since):
            yield Missed(since, self._clock(), policy, await self._answered(guild_id))

    async def _answered(self, guild_id: int) -> tuple[tuple[int, int], ...]:
        recent = self._clock() - RECENT
        alive = STANDING | {NoteState.PENDING, NoteState.SENDING}
        async with self._store.reading() as tx:
            notes = await tx.notes.find(guild_id, states=alive, since=recent, limit=MOST_ANSWERED)
            items = await tx.reviews.find(guild_id, Wanted(states=WAITING, since=recent), limit=MOST_ANSWERED)
        found = {note.new.source_message_id: note.new.channel_id for note in notes}
        found |= {item.new.message_id: item.new.channel_id for item in items}
        return tuple((channel_id, message_id) for message_id, channel_id in sorted(found.items()))
