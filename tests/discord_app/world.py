"""A Discord in memory with Footnote in it, and the few verbs that the tests share."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import simcord
from simcord.backend import serializers
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.discord_app.client import FootnoteClient, build_client
from bot.discord_app.commands import CONTROLS, FORMS
from bot.discord_app.controls import Control
from bot.discord_app.modals import Form
from bot.domain.fact import Fact
from bot.domain.member import KEY_BYTES, Pseudonyms
from bot.domain.note import Note, NoteState
from bot.domain.policy import Mode, Policy
from bot.domain.ports import Store
from bot.domain.post import Post
from bot.domain.review import ReviewItem
from bot.services.bundle import Services
from bot.services.compute import MatchingWorker
from bot.services.wakeup import Bell
from bot.wiring import services_on
from tests.fake_repositories import FakeTransaction
from tests.fakes import FakeMatcher, FakeStore

SETTLE = timedelta(seconds=5)
_IDLE = 60.0
PATIENCE = 30.0
"""Real seconds in which virtual time must have passed: days of it hold many small steps, and a machine may be busy."""
CLAIM = "They say the moon is a big cheese."


@dataclass
class VirtualTime:
    """The virtual clock, and how long an idle wait lasts at least: a test of many days need not look every minute."""

    env: simcord.Env | None = None
    idle: float = 0.0


class VirtualBell(Bell):
    """A wake-up whose waiting belongs to the virtual clock, so that no test sleeps."""

    def __init__(self, time: VirtualTime) -> None:
        super().__init__()
        self._time = time

    async def wait(self, seconds: float) -> None:
        assert self._time.env is not None
        patient = max(seconds, self._time.idle) if seconds >= _IDLE else seconds
        await self._time.env.external_wait(self._rung_or_late(patient), reason="nothing is to be done")

    async def _rung_or_late(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return
        self._event.clear()


@dataclass
class Stage:
    """Everything behind the client; it outlives a restart of the client, as a database does."""

    store: Store
    worker: MatchingWorker
    time: VirtualTime = field(default_factory=VirtualTime)
    controls: tuple[type[Control[Any]], ...] = ()
    forms: tuple[Form, ...] = ()

    def __post_init__(self) -> None:
        self.wakeup, self.board = VirtualBell(self.time), VirtualBell(self.time)
        self.marks = VirtualBell(self.time)
        self.ratings, self.upkeep = VirtualBell(self.time), VirtualBell(self.time)
        self.pseudonyms = Pseudonyms(b"k" * KEY_BYTES)

    def now(self) -> datetime:
        return datetime.now(UTC) if self.time.env is None else self.time.env.now()

    def services(self) -> Services:
        return services_on(
            self.store,
            self.worker,
            settle=SETTLE,
            clock=self.now,
            wakeup=self.wakeup,
            board=self.board,
            upkeep=self.upkeep,
            marks=self.marks,
            ratings=self.ratings,
            pseudonyms=self.pseudonyms,
        )

    def client(self) -> FootnoteClient:
        controls, forms = (*CONTROLS, *self.controls), (*FORMS, *self.forms)
        return build_client(self.services(), shard_count=1, controls=controls, forms=forms)


@dataclass
class World:
    """A server with a channel, a member, and a moderator who manages messages and the server."""

    env: simcord.Env
    stage: Stage
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    member: simcord.MemberActor
    moderator: simcord.MemberActor

    @property
    def store(self) -> FakeStore:
        """Return the store in memory."""
        assert isinstance(self.stage.store, FakeStore)
        return self.stage.store

    @property
    def memory(self) -> FakeTransaction:
        """Return what the store holds, to look at and to arrange."""
        return self.store.committed

    @property
    def notes(self) -> list[Note]:
        return list(self.memory.notes.by_id.values())

    @property
    def items(self) -> list[ReviewItem]:
        return list(self.memory.reviews.by_id.values())

    @property
    def client(self) -> FootnoteClient:
        """Return the client that is connected now."""
        assert isinstance(self.env.bot, FootnoteClient)
        return self.env.bot

    @property
    def seen(self) -> list[Post]:
        """Return what was matched."""
        assert isinstance(self.stage.worker.matcher, FakeMatcher)
        return self.stage.worker.matcher.seen

    @property
    def sent(self) -> list[dict[str, Any]]:
        """Return the body of every attempt to post a message."""
        requests = self.env.http_requests
        return [r.json for r in requests if r.method == "POST" and r.path.endswith("/messages") and r.json is not None]

    def set_policy(self, **changes: Any) -> None:
        policies = self.memory.policies.by_guild
        policy = policies.get(self.guild.id)
        policies[self.guild.id] = replace(policy or Policy(self.guild.id), **changes)

    def policy(self) -> Policy:
        """Return what the server has set."""
        return self.memory.policies.by_guild.get(self.guild.id) or Policy(self.guild.id)

    def deny(self, channel: simcord.ChannelHandle, **permissions: bool) -> None:
        """Take permissions in a channel from Footnote itself: those named False."""
        me = self.client.user
        assert me is not None
        allow, deny = discord.PermissionOverwrite(**permissions).pair()
        overwrite = Overwrite(target_id=me.id, type=OverwriteType.MEMBER, allow=allow.value, deny=deny.value)
        self.env.backend.set_overwrite(channel.id, overwrite)

    def delete(self, channel: simcord.ChannelHandle) -> None:
        """Delete a channel."""
        self.env.backend.delete_channel(channel.id)

    def auto(self) -> None:
        self.set_policy(mode=Mode.AUTO, approvals_needed=0)

    async def settle(self) -> None:
        """Let the short wait before a note pass, and what follows from it."""
        await self.env.advance_time(SETTLE.total_seconds() + 1)

    async def list_queue(self, who: simcord.MemberActor | None = None, **options: Any) -> simcord.ResponseMessage:
        """List the review queue."""
        result = await (who or self.moderator).slash(self.channel, "queue", **options)
        assert result.response is not None
        return result.response

    async def queue(self, who: simcord.MemberActor | None = None) -> simcord.ResponseMessage:
        """Open the review queue and return the card of the next item."""
        listed = await self.list_queue(who)
        await (who or self.moderator).click(listed, label="Rule on the next")
        return listed

    def private_channel(self, name: str) -> simcord.ChannelHandle:
        """Create a channel that moderators and Footnote see, and nobody else."""
        hidden = discord.PermissionOverwrite(view_channel=False)
        seen = discord.PermissionOverwrite(view_channel=True)
        roles = self.guild.roles
        own = roles[self.env.backend.bot_user.name]
        overwrites: dict[Any, discord.PermissionOverwrite] = {
            roles["@everyone"]: hidden,
            roles["Moderators"]: seen,
            own: seen,
        }
        return self.guild.create_text_channel(name, overwrites=overwrites)

    def queue_channel(self) -> simcord.ChannelHandle:
        """Give the server a channel for the queue, which moderators alone see."""
        channel = self.private_channel("queue")
        self.set_policy(queue_channel=channel.id)
        return channel

    def learn(self, *facts: Fact) -> None:
        """Let the matcher know more facts."""
        assert isinstance(self.stage.worker.matcher, FakeMatcher)
        self.stage.worker.matcher.facts += facts

    def open_to_member(self, name: str) -> None:
        """Let the member see a command, as a server's admins can."""
        command = self.env.backend.commands[None][name, 1]
        self.guild.set_command_permissions(int(command["id"]), {self.member: True})

    def last_cause(self) -> str:
        """Return why the note that moved last was moved."""
        return self.memory.notes.history[-1].cause

    def bot_messages(self, channel: simcord.ChannelHandle | None = None) -> list[discord.Message]:
        """Return what Footnote has posted in a channel that everybody sees."""
        me = self.client.user
        assert me is not None
        history = (channel or self.channel).history()
        return [m for m in history if m.author.id == me.id and not m.flags.ephemeral]

    async def thread(self, parent: simcord.ChannelHandle) -> simcord.ChannelHandle:
        """Open a thread of the member under a channel or a forum."""
        thread = self.env.backend.create_thread(parent.id, "a thread", self.member.id)
        await self.env.settle()
        return simcord.ChannelHandle(self.env, self.guild, thread)

    async def post(self, view: discord.ui.LayoutView) -> discord.Message:
        """Let Footnote post a message of its own."""
        channel = self.client.get_partial_messageable(self.channel.id, guild_id=self.guild.id)
        return await channel.send(view=view)

    async def stop(self) -> None:
        """End the process."""
        with self.env._bot_scope():
            await self.client.close()

    async def restart(self) -> None:
        """End the process and start it again on the same database."""
        await self.env.restart_bot(self.stage.client())

    async def emit(self, event: str, payload: dict[str, Any]) -> None:
        """Send a raw gateway event, for what no verb of SimCord does."""
        self.env.backend.emit(event, payload)
        await self.env.settle()

    def payload(self, message: discord.Message, **changes: Any) -> dict[str, Any]:
        """Return the gateway's form of a message."""
        stored = self.env.backend.get_message(message.channel.id, message.id)
        return {**serializers.message_payload(self.env.backend, stored), **changes}

    def states(self) -> list[NoteState]:
        return [note.state for note in self.notes]


def words(message: discord.Message | simcord.ResponseMessage | None) -> str:
    """Return all text of a message of components, one display a line."""
    assert message is not None
    real = message.message if isinstance(message, simcord.ResponseMessage) else message
    view = discord.ui.LayoutView.from_message(real, timeout=None)
    return "\n".join(item.content for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay))


def buttons(message: discord.Message | simcord.ResponseMessage | None) -> list[str]:
    """Return the custom ids of a message's buttons."""
    assert message is not None
    real = message.message if isinstance(message, simcord.ResponseMessage) else message
    view = discord.ui.LayoutView.from_message(real, timeout=None)
    return [str(item.custom_id) for item in view.walk_children() if isinstance(item, discord.ui.Button)]
