"""What happens in channels, handed to the services. No word of a post reaches the log: ids alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import discord

from bot.discord_app.posts import is_members_post, place_of, post_of, says_the_same
from bot.services.watch import WatchPosts

log = logging.getLogger(__name__)


class Listener:
    """Follows posts from their writing to their deletion."""

    def __init__(self, client: discord.Client, watch: WatchPosts) -> None:
        self._client = client
        self._watch = watch
        self._at_work = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def posted(self, message: discord.Message) -> None:
        """Look at a new message."""
        if not self._concerns(message):
            return
        async with self._edge("posted", message.id):
            await self._look(message, edited=False)

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

    async def deleted(self, message_ids: Iterable[int]) -> None:
        """Follow the deletion of messages."""
        ids = sorted(message_ids)
        async with self._edge("deleted", ids[0] if ids else 0):
            await self._watch.deleted(ids)

    async def channel_deleted(self, channel_id: int) -> None:
        """Follow the deletion of a channel or thread."""
        async with self._edge("channel_deleted", channel_id):
            await self._watch.channel_deleted(channel_id)

    async def finished(self) -> None:
        """Return when nothing is being looked at."""
        await self._idle.wait()

    def _concerns(self, message: discord.Message) -> bool:
        me = self._client.user
        return me is not None and is_members_post(message, me=me.id)

    async def _look(self, message: discord.Message, *, edited: bool, before: discord.Message | None = None) -> None:
        post = post_of(message)
        if not edited and not post.text.strip() and not post.shared:
            return
        if isinstance(message.channel, discord.PartialMessageable):  # a thread that isn't cached hides its channel
            channel = await self._client.fetch_channel(message.channel.id)
            if isinstance(channel, discord.Thread):
                message.channel = channel
        place = place_of(message, await self._author(message, before))
        await (self._watch.edited(post, place) if edited else self._watch.posted(post, place))

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
        finally:
            self._at_work -= 1
            if not self._at_work:
                self._idle.set()
