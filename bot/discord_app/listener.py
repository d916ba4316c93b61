"""What happens in channels, handed to the services. No word of a post reaches the log: ids alone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TypeVar

import discord

from bot.discord_app.posts import is_members_post, place_of, post_of, says_the_same
from bot.domain.errors import StoreCorrupt, StoreError
from bot.services.bundle import Services
from bot.services.watch import Watched

log = logging.getLogger(__name__)

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between tries while the database can't be used: a minute in all, after which a post is given up."""

_Outcome = TypeVar("_Outcome")


class Listener:
    """Follows posts from their writing to their deletion."""

    def __init__(self, client: discord.Client, services: Services) -> None:
        self._client = client
        self._watch = services.watch
        self._intake = services.intake
        self._marks = services.watermarks
        self._meter = services.meter
        self._at_work = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def posted(self, message: discord.Message) -> None:
        """Look at a new message."""
        if self._concerns(message):
            async with self._edge("posted", message.id):
                await self._look(message)

    async def edited(self, event: discord.RawMessageUpdateEvent) -> None:
        """Look again at a message whose words changed, or whose link was unfolded a moment after it was posted."""
        before, message = event.cached_message, event.message
        if event.guild_id is None or (before is not None and says_the_same(before, message)):
            return
        async with self._edge("edited", event.message_id):
            if not hasattr(message, "author"):  # an update may bring a part of the message only
                message = await message.channel.fetch_message(event.message_id)
            if self._concerns(message):
                await self._look(message, edited=True, before=before)

    async def caught_up(self, message: discord.Message, *, roles_matter: bool) -> None:
        """Look at a message that was posted while Discord couldn't tell of it.

        Args:
            message: The message, as the history of its channel has it: without its author's roles.
            roles_matter: Whether the author's roles are to be asked for, one request a message.
        """
        if self._concerns(message):
            async with self._edge("caught_up", message.id):
                await self._look(message, late=True, roles_matter=roles_matter)

    async def verify(self, guild_id: int, channel_id: int, message_id: int) -> None:
        """Look whether a message that something answers is still there and still says the same.

        Raises:
            discord.HTTPException: Discord doesn't answer; a message that can't be seen is left as it is.
        """
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        try:
            message = await channel.fetch_message(message_id)
        except discord.NotFound:
            await self.deleted([message_id])
        except discord.Forbidden:
            return
        else:
            if self._concerns(message):
                async with self._edge("verified", message_id):
                    await self._look(message, edited=True)

    async def deleted(self, message_ids: Iterable[int]) -> None:
        """Follow the deletion of messages."""
        ids = sorted(message_ids)
        async with self._edge("deleted", ids[0] if ids else 0):
            await _patiently(lambda: self._watch.deleted(ids))

    async def channel_deleted(self, channel_id: int) -> None:
        """Follow the deletion of a channel or thread."""
        async with self._edge("channel_deleted", channel_id):
            await _patiently(lambda: self._watch.channel_deleted(channel_id))

    async def finished(self) -> None:
        """Return when nothing is being looked at."""
        await self._idle.wait()

    def _concerns(self, message: discord.Message) -> bool:
        me = self._client.user
        return me is not None and is_members_post(message, me=me.id)

    async def _look(
        self,
        message: discord.Message,
        *,
        edited: bool = False,
        late: bool = False,
        roles_matter: bool = True,
        before: discord.Message | None = None,
    ) -> None:
        """Wait for a turn, then look; a post that is given up is counted."""
        assert message.guild is not None
        arrived = time.monotonic()
        with self._marks.looking(message.guild.id, message.created_at):
            async with self._intake.turn(message.guild.id) as admitted:
                if not admitted:
                    self._meter.dropped("full")
                    return
                try:
                    author = await self._author(message, before) if roles_matter else message.author
                    watched = await _patiently(lambda: self._decide(message, author, edited=edited, late=late))
                except StoreError:
                    self._meter.dropped("failed")
                    raise
        self._meter.decided("unseen" if watched is None else watched.decision.action.value, time.monotonic() - arrived)

    async def _decide(
        self, message: discord.Message, author: discord.abc.User, *, edited: bool, late: bool
    ) -> Watched | None:
        post = post_of(message)
        if not edited and not post.text.strip() and not post.shared:
            return None
        if isinstance(message.channel, discord.PartialMessageable):  # a thread that isn't cached hides its channel
            channel = await self._client.fetch_channel(message.channel.id)
            if isinstance(channel, discord.Thread):
                message.channel = channel
        place = place_of(message, author)
        if late:
            return await self._watch.caught_up(post, place, posted_at=message.created_at)
        return await (self._watch.edited(post, place) if edited else self._watch.posted(post, place))

    async def _author(self, message: discord.Message, before: discord.Message | None) -> discord.abc.User:
        """Return the author with roles, which an update may lack: whether a role is ignored hangs on them."""
        author = message.author
        if isinstance(author, discord.Member) or message.webhook_id is not None or message.guild is None:
            return author
        if before is not None and isinstance(before.author, discord.Member):
            return before.author
        try:
            return await message.guild.fetch_member(author.id)
        except discord.NotFound:
            return author

    @asynccontextmanager
    async def _edge(self, event: str, subject_id: int) -> AsyncIterator[None]:
        self._at_work += 1
        self._idle.clear()
        try:
            yield
        except discord.NotFound:
            pass  # deleted in the meantime; its deletion has an event of its own
        except Exception:
            log.exception("listener.failed", extra={"event": event, "subject_id": subject_id})
            self._meter.failed("listener")
        finally:
            self._at_work -= 1
            if not self._at_work:
                self._idle.set()


async def _patiently(work: Callable[[], Awaitable[_Outcome]]) -> _Outcome:
    """Do something with the database, and wait where it is locked or full: what was posted then isn't lost.

    Raises:
        StoreError: It is damaged, or could not be used for too long.
    """
    for pause in PAUSES:
        try:
            return await work()
        except StoreCorrupt:
            raise
        except StoreError as error:
            log.warning("store.awaited", extra={"cause": type(error).__name__, "seconds": pause})
            await asyncio.sleep(pause)
    return await work()
