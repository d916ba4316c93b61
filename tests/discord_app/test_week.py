"""A week of a server in virtual time, on a real database: do the books agree at the end?"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import discord
import pytest
import simcord

from bot.domain.note import NoteState
from bot.domain.policy import APPROVALS_NEEDED, Mode, Policy
from bot.services.compute import MatchingWorker
from bot.store.database import open_database
from bot.store.seed import build_seed
from tests.discord_app.books import check_books
from tests.discord_app.week import CHATTER, FACTS, Book, Server
from tests.discord_app.world import PATIENCE, Stage, words
from tests.fakes import FakeMatcher

POSTS = 2000
DAYS = 7
SHIFT = POSTS // DAYS // 3
CLAIMS = 0.125


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server in mode auto with channels for the queue and the log."""
    build_seed(FACTS, {}, tmp_path / "seed.db")
    database = await open_database(tmp_path / "facts.db", seed=tmp_path / "seed.db")
    async with database as store, MatchingWorker(FakeMatcher(FACTS)) as worker:
        stage = Stage(store, worker)
        env = simcord.Env(stage.client(), settle_timeout=PATIENCE)
        stage.time.env, stage.time.idle = env, 3600.0
        await env.start()
        guild = env.create_guild()
        role = guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True, manage_guild=True))
        made = Server(
            env=env,
            store=store,
            guild=guild,
            channels=[guild.create_text_channel(f"talk-{number}") for number in range(4)],
            queue=guild.create_text_channel("queue"),
            log=guild.create_text_channel("log"),
            members=[guild.add_member(env.create_user(f"member{number}")) for number in range(5)],
            moderators=[guild.add_member(env.create_user(f"mod{number}"), roles=[role]) for number in range(2)],
            book=Book(),
            random=random.Random(20260101),
        )
        policy = Policy(
            guild.id, mode=Mode.AUTO, window_minutes=60, queue_channel=made.queue.id, log_channel=made.log.id
        )
        async with store.transaction() as tx:
            await tx.policies.save(policy, at=env.now())
        try:
            yield made
        finally:
            with env._bot_scope():
                await env.bot.close()
            await env.shutdown()


async def _ordinary(server: Server, count: int, *, until: timedelta, meant: float) -> None:
    """Let a stretch of the week pass: mostly chatter, and one post in eight a claim, which may not be meant."""
    for _ in range(count):
        fact = server.random.choice(FACTS) if server.random.random() < CLAIMS else None
        await server.post(fact, right=server.random.random() < meant)
        await server.wait(until / count)


async def _shift(server: Server, *, meant: float) -> None:
    """Let eight hours pass; then the moderators come, rule on what waits, and lift a stop."""
    await _ordinary(server, SHIFT, until=timedelta(hours=8), meant=meant)
    await server.rule_on_cards()
    await server.judge_log()
    if (await server.policy()).stop is not None:
        await server.resume()


async def _two_mistakes(server: Server) -> None:
    """Two trusted facts reply where they should not: each is sent back, and the second ruling stops the server."""
    trusted = [fact for fact in FACTS[:3] if await server.approvals(fact) >= APPROVALS_NEEDED]
    assert len(trusted) >= 2
    for fact in trusted[:2]:
        assert (await server.policy()).stop is None
        message_id = await server.post(fact, right=False)
        await server.wait(timedelta(minutes=1))
        assert [note.state for note in await server.notes(message_id)] == [NoteState.POSTED]
        await server.judge_log()
        await server.wait(timedelta(minutes=1))
        assert [note.state for note in await server.notes(message_id)] == [NoteState.RETRACTED]
        assert await server.approvals(fact) == 0
    stop = (await server.policy()).stop
    assert stop is not None
    assert "2 automatic replies of the last 24 hours" in stop.because


async def _nothing_by_itself(server: Server) -> None:
    """While it is stopped, a fact that was never wrong waits for a moderator too, and says why."""
    message_id = await server.post(FACTS[2])
    [item] = await server.items(message_id)
    assert any(reason.startswith("automatic replies are stopped") for reason in item.new.reasons)
    await server.resume()
    await server.rule_on_cards()


async def _expiry(server: Server) -> None:
    """The fact whose shelf life is over waits, and the moderators are told that it needs a look."""
    message_id = await server.post(FACTS[3])
    [item] = await server.items(message_id)
    assert "the fact was to be reviewed by 2026-01-04" in item.new.reasons
    assert any("**Past their shelf life: 1**" in words(card) for card in server.queue.history())
    await server.rule_on_cards()


async def test_a_week_of_a_server(server: Server) -> None:
    """2,000 posts, two moderators, rulings, wrong matches, the breaker, a resume and an expiry; the books agree."""
    for day in range(DAYS):
        for _ in range(3):
            await _shift(server, meant={0: 0.9, 1: 1.0, 2: 1.0}.get(day, 0.97))
        if day == 2:
            await _two_mistakes(server)
            await _nothing_by_itself(server)
        if day == 4:
            await _expiry(server)
    while server.book.chatter + server.book.claims < POSTS:
        await server.post(None)
    await server.wait(timedelta(minutes=20))

    assert server.book.chatter + server.book.claims >= POSTS
    assert server.book.stops >= 1
    await check_books(server)
    written = b"".join(file.read_bytes() for file in server.store.path.parent.glob("facts.db*"))
    assert not any(text.encode() in written for text in CHATTER if len(text) > 5)
