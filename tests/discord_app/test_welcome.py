from __future__ import annotations

from typing import Any

import pytest
import simcord
from simcord.backend import serializers

from tests.discord_app.world import World, words


@pytest.fixture
def lobby(world: World) -> simcord.ChannelHandle:
    """Where the server's own messages stand."""
    world.env.backend.edit_guild(world.guild.id, {"system_channel_id": world.channel.id})
    return world.channel


def _payload(world: World) -> dict[str, Any]:
    guild = world.env.backend.get_guild(world.guild.id)
    return dict(serializers.guild_create_payload(world.env.backend, guild))


async def _join(world: World) -> None:
    """Let Footnote be invited; Discord tells it of the server without a word on being available."""
    await world.emit("GUILD_DELETE", {"id": str(world.guild.id)})
    payload = _payload(world)
    payload.pop("unavailable", None)
    await world.emit("GUILD_CREATE", payload)


async def test_a_new_server_hears_how_to_begin(world: World, lobby: simcord.ChannelHandle) -> None:
    """Once, where the server's own messages stand, without a ping."""
    await _join(world)

    [message] = world.bot_messages(lobby)
    assert "`/settings setup` takes a minute" in words(message)
    assert "nothing is posted by itself: every match waits in `/queue`" in words(message)
    assert message.flags.suppress_notifications
    assert not world.memory.policies.by_guild


async def test_a_reconnect_is_no_new_server(world: World, lobby: simcord.ChannelHandle) -> None:
    """Neither after a restart nor after an outage of Discord."""
    await world.restart()
    await world.emit("GUILD_DELETE", {"id": str(world.guild.id), "unavailable": True})
    await world.emit("GUILD_CREATE", {**_payload(world), "unavailable": False})

    assert not world.bot_messages(lobby)


async def test_a_server_that_comes_back_keeps_its_settings(world: World, lobby: simcord.ChannelHandle) -> None:
    """What was set before still holds, and the message doesn't say otherwise."""
    world.auto()
    await _join(world)

    [message] = world.bot_messages(lobby)
    assert "earlier settings still hold" in words(message)


@pytest.mark.parametrize("denied", ["view_channel", "send_messages"])
async def test_where_footnote_may_not_write_it_says_nothing(
    world: World, lobby: simcord.ChannelHandle, denied: str
) -> None:
    """And nobody gets a direct message instead."""
    world.deny(lobby, **{denied: False})
    await _join(world)

    assert not world.sent


async def test_without_a_system_channel_it_says_nothing(world: World) -> None:
    """No other channel is picked."""
    await _join(world)

    assert not world.sent


async def test_a_refusal_of_discords_is_no_fault(world: World, lobby: simcord.ChannelHandle) -> None:
    """The welcome is a courtesy."""
    world.env.inject_error("POST", f"/channels/{lobby.id}/messages", status=403)
    await _join(world)

    assert len(world.sent) == 1
    assert not world.bot_messages(lobby)
