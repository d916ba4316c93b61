from __future__ import annotations

import asyncio

import discord
import pytest

from bot.discord_app.sessions import BURST, SessionStarts
from bot.services.connection import Connection
from tests.builders import NOW

DAY = 86_400
ALLOWED = 1_000
"""Sessions a day; Discord resets the token of a bot that begins more."""


class Watch:
    """Seconds that pass when they are slept, and that a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr("bot.discord_app.sessions.asyncio.sleep", self.sleep)

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds

    def __call__(self) -> float:
        return self.now


async def test_a_gateway_that_refuses_every_session_never_costs_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two shards that begin as fast as they may for three days: every window of a day has fewer than 1,000."""
    watch, connection = Watch(monkeypatch), Connection(lambda: NOW)
    starts = SessionStarts(connection, clock=watch)
    begun: list[float] = []
    while watch.now < 3 * DAY:
        await starts.allowance(len(begun) % 2)
        begun.append(watch.now)
    assert connection.identifies == len(begun)
    assert max(sum(at <= one < at + DAY for one in begun) for at in begun[:: len(begun) // 50]) < ALLOWED
    assert begun[BURST - 1] == 0, "an ordinary bad day waits for nothing"


async def test_where_discord_has_none_left_the_start_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it has."""
    watch = Watch(monkeypatch)
    starts = SessionStarts(Connection(lambda: NOW), clock=watch)
    await starts.check(discord.SessionStartLimits(total=1000, remaining=1, reset_after=60_000, max_concurrency=1))
    assert watch.now == 0
    await starts.check(discord.SessionStartLimits(total=1000, remaining=0, reset_after=60_000, max_concurrency=1))
    assert watch.now == 60


async def test_a_wait_can_be_cancelled() -> None:
    """A stop doesn't wait for the next allowance, and none is used up by it."""
    connection = Connection(lambda: NOW)
    starts = SessionStarts(connection)
    for _ in range(BURST + 1):
        await starts.allowance(0)
    task = asyncio.create_task(starts.allowance(0))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert connection.identifies == BURST + 1
