from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import discord
import simcord

from bot.domain.fact import Fact
from bot.domain.policy import Mode, Policy
from bot.services.compute import MatchingWorker
from bot.store.database import Database, open_database
from bot.store.seed import build_seed
from tests.discord_app.world import CLAIM, PATIENCE, SETTLE, Stage, words


@dataclass
class Room:
    """A server with a channel, a member and a moderator, on a real database."""

    env: simcord.Env
    stage: Stage
    store: Database
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    member: simcord.MemberActor
    moderator: simcord.MemberActor

    async def pass_time(self, span: timedelta = SETTLE) -> None:
        """Let time pass, and what follows from it."""
        await self.env.advance_time(span.total_seconds() + 1)

    def shown(self) -> list[discord.Message]:
        """Return what Footnote has posted."""
        return [one for one in self.channel.history() if one.author.bot and not one.flags.ephemeral]


@asynccontextmanager
async def a_room(tmp_path: Path, fact: Fact, worker: MatchingWorker) -> AsyncIterator[Room]:
    """Open a room, and close everything cleanly."""
    build_seed([fact], {}, tmp_path / "seed.db")
    async with await open_database(tmp_path / "facts.db", seed=tmp_path / "seed.db") as store:
        stage = Stage(store, worker)
        env = simcord.Env(stage.client(), settle_timeout=PATIENCE)
        stage.time.env = env
        await env.start()
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        member = guild.add_member(env.create_user("alice"))
        role = guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
        moderator = guild.add_member(env.create_user("mod"), roles=[role])
        async with store.transaction() as tx:
            policy = Policy(guild.id, mode=Mode.AUTO, approvals_needed=0, rater_age_days=0)
            await tx.policies.save(policy, at=env.now())
        yield Room(env, stage, store, guild, channel, member, moderator)
        with env._bot_scope():
            await env.bot.close()
        await env.shutdown()


async def test_the_way_of_a_post_on_a_real_database(tmp_path: Path, fact: Fact, worker: MatchingWorker) -> None:
    """Note, reasons, quiet link, restart, retraction and a clean close, on SQLite."""
    async with a_room(tmp_path, fact, worker) as room:
        first = await room.member.send(room.channel, CLAIM)
        await room.pass_time()
        await room.member.send(room.channel, CLAIM)
        await room.pass_time()
        note, link = room.shown()
        assert note.jump_url in words(link)

        await room.env.restart_bot(room.stage.client())
        reasons = await room.member.click(note, label="Why this?")
        assert "Known wording" in words(reasons.response)
        await room.member.delete(first)
        await room.pass_time()
        [left] = room.shown()
        assert left.id == link.id
        assert "The moon is made of rock." in words(left)


async def test_the_way_of_a_note_on_a_real_database(tmp_path: Path, fact: Fact, worker: MatchingWorker) -> None:
    """Rated, put aside, restored, asked about, and its author forgotten, on SQLite and through restarts."""
    async with a_room(tmp_path, fact, worker) as room:
        await room.member.send(room.channel, CLAIM)
        await room.pass_time()
        for number in range(6):
            rater = room.guild.add_member(room.env.create_user(f"rater{number}"))
            answer = (await rater.click(room.shown()[0], label="Helpful")).response
            assert answer is not None
            await rater.select(answer, values=["clear", "good-sources"])
        await room.env.restart_bot(room.stage.client())
        await room.pass_time(timedelta(minutes=31))
        assert "rated helpful by members" in words(room.shown()[0])

        await room.member.click(room.shown()[0], label="Not what I said")
        assert "Note put aside" in words(room.shown()[0])
        listed = (await room.moderator.slash(room.channel, "appeals")).response
        assert listed is not None
        opened = await room.moderator.click(listed, label="Restore")
        await room.moderator.submit_modal(opened, {"answer": "It repeats the claim."})
        assert "rated helpful by members" in words(room.shown()[0])
        assert "They say: “It repeats the claim.”" in words(
            (await room.member.click(room.shown()[0], label="Not what I said")).response
        )

        await room.member.slash(room.channel, "request ask", text="Mars is hollow.")
        history = await room.member.slash(room.channel, "note history", note="1")
        assert "put aside (not what I said)" in words(history.response)
        kept = await room.stage.services().privacy.held(room.member.id)
        assert set(kept.counts()) == {"appeals", "request_members", "requests"}
        await room.stage.services().privacy.erase(room.member.id)
        assert (await room.stage.services().privacy.held(room.member.id)).counts() == {}
