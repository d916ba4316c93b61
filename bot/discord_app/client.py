"""The client: events in, the outbox out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import discord

from bot.discord_app.access import Interaction
from bot.discord_app.catching_up import CatchUp
from bot.discord_app.commands import CONTROLS, FORMS, build_tree
from bot.discord_app.controls import Control
from bot.discord_app.listener import Listener
from bot.discord_app.members.note_buttons import note_buttons
from bot.discord_app.modals import Form, answer_submit
from bot.discord_app.queue.display import DiscordDisplay
from bot.discord_app.sender import DiscordSender
from bot.discord_app.sessions import SessionStarts
from bot.discord_app.sync import sync_when_changed
from bot.discord_app.welcome import greet
from bot.services.bundle import Services

log = logging.getLogger(__name__)

DRAIN_SECONDS = 7.0
"""How long a stop waits for what is under way."""
GOODBYE_SECONDS = 2.0
"""How long it then waits for Discord to close the connection: a stop takes ten seconds at most, with the rest."""


def named_intents() -> discord.Intents:
    """Return the intents that Footnote needs, one by one."""
    intents = discord.Intents.none()
    intents.guilds = True  # channels, threads and roles, and their deletion
    intents.guild_messages = True  # posts, edits and deletions
    intents.message_content = True  # privileged: without it every post is empty
    return intents


class FootnoteClient(discord.AutoShardedClient):
    """Footnote in Discord. Build it with :func:`build_client`."""

    def __init__(
        self,
        services: Services,
        *,
        shard_count: int | None = None,
        proxy: str | None = None,
        sessions: SessionStarts | None = None,
        controls: Sequence[type[Control[Any]]] = CONTROLS,
        forms: Sequence[Form] = FORMS,
    ) -> None:
        super().__init__(
            intents=named_intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            shard_count=shard_count,
            proxy=proxy,
        )
        self.services = services
        self.tree = build_tree(self)
        self.was_connected = False
        self._controls = controls
        self._forms = forms
        self._sessions = sessions
        self._listener = Listener(self, services)
        self._catch_up = CatchUp(self._listener, services.outage)
        self._outbox = services.outbox(DiscordSender(self, services.clock, note_buttons))
        self._delivery: asyncio.Task[None] | None = None
        self.board = services.cards(DiscordDisplay(self, services))
        self._keeping: list[asyncio.Task[None]] = []

    async def setup_hook(self) -> None:
        """Make controls and commands known, and start delivering."""
        if self._sessions is not None:
            await self._sessions.check(await self.fetch_session_start_limits())
        self.add_dynamic_items(*self._controls)
        await sync_when_changed(self, self.tree)
        self._delivery = asyncio.create_task(self._outbox.run(), name="outbox")
        self._keeping = [
            asyncio.create_task(self._keep_board(), name="board"),
            asyncio.create_task(self.services.statuses.run(), name="statuses"),
            asyncio.create_task(self._forget(), name="upkeep"),
            asyncio.create_task(self.services.watermarks.run(), name="watermarks"),
        ]

    async def close(self) -> None:
        """Finish what is under way, within bounds, then disconnect."""
        await self._catch_up.close()
        keeping, self._keeping = self._keeping, []
        for task in keeping:
            task.cancel()
        if keeping:
            await asyncio.wait(keeping)
        delivery, self._delivery = self._delivery, None
        if delivery is not None:
            await self._drain(delivery)
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await super().close()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait until a session may begin."""
        if self._sessions is not None:
            await self._sessions.allowance(shard_id)
        await super().before_identify_hook(shard_id, initial=initial)

    async def on_ready(self) -> None:
        """Say that Footnote is there."""
        log.info("discord.ready", extra={"guilds": len(self.guilds), "shards": self.shard_count})

    async def on_shard_connect(self, shard_id: int) -> None:
        """Note that a shard is there: events come from now on."""
        self.was_connected = True
        self.services.connection.up(shard_id, of=self.shard_count or 1)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Note that a shard is back, and that it missed nothing."""
        self.services.connection.up(shard_id, of=self.shard_count or 1)
        log.info("discord.resumed", extra={"shard": shard_id})

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Note that a shard is gone; the library brings it back, or ends."""
        self.services.connection.down(shard_id)
        log.warning("discord.lost", extra={"shard": shard_id})

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Catch up with a server that was out of reach, as all are before a start."""
        self._catch_up.server(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Say how to begin in a server that is new; keep the data of one that is back."""
        await self.services.upkeep.joined(guild.id)
        await greet(guild, self.services.policies)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Remember that Footnote was removed from a server; one that is only out of reach has another event."""
        await self.services.upkeep.left(guild.id)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Answer a form; the library answers commands and controls."""
        await answer_submit(interaction, self._forms)

    async def on_message(self, message: discord.Message) -> None:
        """Look at a new message."""
        await self._listener.posted(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Look again at a message that changed."""
        await self._listener.edited(payload)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Follow a deletion."""
        await self._listener.deleted([payload.message_id])
        await self.board.deleted([payload.message_id])

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Follow many deletions at once."""
        await self._listener.deleted(payload.message_ids)
        await self.board.deleted(payload.message_ids)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Follow the deletion of a thread."""
        await self._listener.channel_deleted(payload.thread_id)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Follow the deletion of a channel; its threads have events of their own."""
        await self._listener.channel_deleted(channel.id)

    async def _keep_board(self) -> None:
        # Who sees which channel is known only once the servers are.
        await self.wait_until_ready()
        await self.board.run()

    async def _forget(self) -> None:
        await self.wait_until_ready()
        await self.services.upkeep.run(self._present)

    def _present(self) -> set[int] | None:
        """Return the servers, those out of reach included, once every shard has told of its own."""
        return {guild.id for guild in self.guilds} if self.is_ready() else None

    async def _drain(self, delivery: asyncio.Task[None]) -> None:
        try:
            self.services.intake.close()
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._listener.finished()
                delivery.cancel()
                await asyncio.wait([delivery])
                # A note whose sending was cut off is settled now rather than at the next start.
                await self._outbox.recover()
                await self._outbox.flush()
                await self.services.watermarks.store()
        except TimeoutError:
            log.warning("close.unfinished")
        except Exception:
            log.exception("close.failed")
        finally:
            delivery.cancel()


def build_client(
    services: Services,
    *,
    shard_count: int | None = None,
    proxy: str | None = None,
    sessions: SessionStarts | None = None,
    controls: Sequence[type[Control[Any]]] = CONTROLS,
    forms: Sequence[Form] = FORMS,
) -> FootnoteClient:
    """Return a client that is ready to be started.

    Args:
        services: The services that it serves.
        shard_count: How many connections to split the servers over; None lets Discord say.
        proxy: The address of the proxy through which Discord is reached.
        sessions: What keeps the beginnings of sessions within bounds.
        controls: The buttons and selects that it answers.
        forms: The forms that it answers.
    """
    return FootnoteClient(
        services, shard_count=shard_count, proxy=proxy, sessions=sessions, controls=controls, forms=forms
    )
