from __future__ import annotations

from pathlib import Path

import simcord

from bot.domain.fact import Fact
from bot.domain.policy import Mode, Policy
from bot.services.compute import MatchingWorker
from bot.store.database import open_database
from bot.store.seed import build_seed
from tests.discord_app.world import CLAIM, PATIENCE, SETTLE, Stage, words


async def test_the_way_of_a_post_on_a_real_database(tmp_path: Path, fact: Fact, worker: MatchingWorker) -> None:
    """Note, reasons, quiet link, restart, retraction and a clean close, on SQLite."""
    build_seed([fact], {}, tmp_path / "seed.db")
    async with await open_database(tmp_path / "facts.db", seed=tmp_path / "seed.db") as store:
        stage = Stage(store, worker)
        env = simcord.Env(stage.client(), settle_timeout=PATIENCE)
        stage.time.env = env
        await env.start()
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        member = guild.add_member(env.create_user("alice"))
        async with store.transaction() as tx:
            await tx.policies.save(Policy(guild.id, mode=Mode.AUTO, approvals_needed=0), at=env.now())

        first = await member.send(channel, CLAIM)
        await env.advance_time(SETTLE.total_seconds() + 1)
        await member.send(channel, CLAIM)
        await env.advance_time(SETTLE.total_seconds() + 1)
        note, link = (message for message in channel.history() if message.author.bot)
        assert note.jump_url in words(link)

        await env.restart_bot(stage.client())
        reasons = await member.click(note, label="Why this?")
        assert "Known wording" in words(reasons.response)
        await member.delete(first)
        await env.advance_time(SETTLE.total_seconds() + 1)
        assert [message.id for message in channel.history() if message.author.bot and not message.flags.ephemeral] == [
            link.id
        ]
        with env._bot_scope():
            await env.bot.close()
        await env.shutdown()
