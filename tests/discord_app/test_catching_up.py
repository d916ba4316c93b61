from __future__ import annotations

from datetime import timedelta

import pytest
from simcord.backend import serializers

from bot.discord_app.catching_up import _PAUSES
from bot.domain.errors import StoreError
from tests.discord_app.world import CLAIM, World

HISTORY = "/channels/*/messages"


async def _outage(world: World, *, texts: tuple[str, ...] = (CLAIM,)) -> None:
    """Let posts be written that Footnote didn't see: they are there, and nothing is known of them."""
    world.auto()
    for text in texts:
        await world.member.send(world.channel, text)
    await world.stop()
    world.memory.notes.by_id.clear()
    world.memory.reviews.by_id.clear()
    world.memory.watermarks.by_server[world.guild.id] = world.env.now() - timedelta(minutes=5)


async def _back(world: World) -> None:
    """Start Footnote anew and tell it that its server, which was out of reach, is there again."""
    await world.restart()
    await world.emit("GUILD_DELETE", {"id": str(world.guild.id), "unavailable": True})
    guild = world.env.backend.guilds[world.guild.id]
    await world.emit(
        "GUILD_CREATE", {**serializers.guild_create_payload(world.env.backend, guild), "unavailable": False}
    )


def _reads(world: World) -> int:
    return sum(r.method == "GET" and r.path.endswith("/messages") for r in world.env.http_requests)


async def test_what_was_missed_is_answered(world: World) -> None:
    """Once, however often Footnote starts."""
    await _outage(world)
    await _back(world)
    await world.settle()
    assert len(world.bot_messages()) == 1
    await _back(world)
    await world.settle()
    assert len(world.bot_messages()) == 1


async def test_a_channel_in_which_nothing_was_posted_is_not_read(world: World) -> None:
    """A restart costs requests where there is something to read, and nowhere else."""
    await _outage(world)
    world.guild.create_text_channel("silence")
    await _back(world)
    await world.settle()
    assert _reads(world) == 1


async def test_a_discord_that_does_not_answer_is_asked_again(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """After a pause."""
    await _outage(world)
    world.env.inject_error("GET", HISTORY, status=503)
    await _back(world)
    await world.env.advance_time(_PAUSES[0] + 1)
    await world.settle()
    assert len(world.bot_messages()) == 1
    assert [one.getMessage() for one in caplog.records].count("catching_up.delayed") == 1


async def test_a_discord_that_never_answers_is_given_up_for_now(world: World) -> None:
    """The next connection begins at the same place."""
    await _outage(world)
    for _ in range(len(_PAUSES) + 1):
        world.env.inject_error("GET", HISTORY, status=503)
    await _back(world)
    await world.env.advance_time(sum(_PAUSES) + 5)
    assert not world.bot_messages()
    await _back(world)
    await world.settle()
    assert len(world.bot_messages()) == 1


async def test_a_channel_that_may_not_be_read_is_passed_over(world: World) -> None:
    """It is no fault that passes."""
    await _outage(world)
    world.deny(world.channel, read_message_history=False)
    await _back(world)
    await world.settle()
    assert not world.bot_messages()
    assert _reads(world) == 1


async def test_a_store_that_fails_meanwhile_is_waited_for(world: World) -> None:
    """As Discord is."""
    await _outage(world)
    world.store.fail_next.append(StoreError("locked"))
    await _back(world)
    await world.env.advance_time(_PAUSES[0] + 1)
    await world.settle()
    assert len(world.bot_messages()) == 1
