"""Catching up: what was posted, edited and deleted while Discord couldn't tell, a server at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

import discord

from bot.discord_app.faults import passing
from bot.discord_app.listener import Listener
from bot.domain.errors import StoreError
from bot.services.outage import Outage

log = logging.getLogger(__name__)

LONGEST = timedelta(hours=24)
"""How far back is looked: an answer to an older post is of no use to anybody."""
MOST = 1000
"""Posts of a channel that are looked at: ten requests."""

_MARGIN = timedelta(seconds=30)
_PAUSES = (5.0, 30.0, 120.0)
"""Seconds between tries where Discord or the database doesn't answer."""

Place = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


class CatchUp:
    """Looks at what was missed in the servers that become available, one after the other."""

    def __init__(self, listener: Listener, outage: Outage) -> None:
        self._listener = listener
        self._outage = outage
        self._waiting: dict[int, discord.Guild] = {}
        self._task: asyncio.Task[None] | None = None

    def server(self, guild: discord.Guild) -> None:
        """Catch up with a server, soon."""
        self._waiting[guild.id] = guild
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._all(), name="catching up")

    async def close(self) -> None:
        """Stop; what was not looked at yet is looked at after the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _all(self) -> None:
        while self._waiting:
            guild = self._waiting.pop(next(iter(self._waiting)))
            for pause in (*_PAUSES, None):
                try:
                    await self._catch_up(guild)
                except (discord.HTTPException, OSError, StoreError) as error:
                    log.warning("catching_up.delayed", extra={"guild_id": guild.id, "cause": type(error).__name__})
                except Exception:
                    log.exception("catching_up.failed", extra={"guild_id": guild.id})
                    break
                else:
                    break
                if pause is None:
                    log.error("catching_up.given_up", extra={"guild_id": guild.id})
                    break
                await asyncio.sleep(pause)

    async def _catch_up(self, guild: discord.Guild) -> None:
        async with self._outage.of(guild.id) as missed:
            if missed is None:
                return
            after = max(missed.since - _MARGIN, missed.now - LONGEST)
            places = [
                one
                for one in _places(guild)
                if _posted_after(one, after) and missed.policy.watches(one.id, _parent(one))
            ]
            count = 0
            for place in places:
                count += await self._read(place, after, roles_matter=bool(missed.policy.ignored_roles))
            for channel_id, message_id in missed.answered:
                await self._listener.verify(guild.id, channel_id, message_id)
        if places or missed.answered:
            found = {"guild_id": guild.id, "channels": len(places), "posts": count, "verified": len(missed.answered)}
            log.info("catching_up.done", extra=found)

    async def _read(self, place: Place, after: datetime, *, roles_matter: bool) -> int:
        count = 0
        try:
            async for message in place.history(after=after, oldest_first=True, limit=MOST):
                await self._listener.caught_up(message, roles_matter=roles_matter)
                count += 1
        except discord.HTTPException as error:
            if passing(error):
                raise
        return count


def _places(guild: discord.Guild) -> Iterable[Place]:
    yield from guild.text_channels
    yield from guild.voice_channels
    yield from guild.stage_channels
    yield from guild.threads


def _posted_after(place: Place, after: datetime) -> bool:
    """Tell whether something was posted somewhere since; a new thread's first post has its id."""
    last = place.last_message_id or (place.id if isinstance(place, discord.Thread) else None)
    return last is not None and discord.utils.snowflake_time(last) > after


def _parent(place: Place) -> int | None:
    return place.parent_id if isinstance(place, discord.Thread) else None
