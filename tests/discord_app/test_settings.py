from __future__ import annotations

from typing import Any

import pytest

from bot.domain.policy import Mode, Policy
from tests.discord_app.world import World, words


def _policy(world: World) -> Policy:
    return world.memory.policies.by_guild[world.guild.id]


async def test_settings_are_shown_in_words(world: World) -> None:
    """A server that set nothing sees the safe defaults."""
    result = await world.moderator.slash(world.channel, "settings show")

    assert result.ephemeral
    shown = words(result.response)
    assert "**Mode** queue (every match waits for a moderator)" in shown
    assert "for 24 hours" in shown
    assert "**Watched** all channels" in shown


@pytest.mark.parametrize("mode", list(Mode))
async def test_every_mode_can_be_set(world: World, mode: Mode) -> None:
    """Off, shadow, queue and auto."""
    result = await world.moderator.slash(world.channel, "settings mode", mode=mode.value)

    assert _policy(world).mode is mode
    assert f"**Mode** {mode.value} (" in words(result.response)


async def test_the_threshold_can_be_set_and_reset(world: World) -> None:
    """Leaving the number out returns to the shipped threshold."""
    await world.moderator.slash(world.channel, "settings threshold", confidence=0.75)
    assert _policy(world).threshold == 0.75
    await world.moderator.slash(world.channel, "settings threshold")
    assert _policy(world).threshold is None


async def test_the_window_can_be_set(world: World) -> None:
    """In minutes."""
    result = await world.moderator.slash(world.channel, "settings window", minutes=90)

    assert _policy(world).window_minutes == 90
    assert "for 90 minutes" in words(result.response)


@pytest.mark.parametrize(
    ("command", "field"), [("settings watch", "watched_channels"), ("settings ignore", "ignored_channels")]
)
async def test_channels_go_on_and_off_the_lists(world: World, command: str, field: str) -> None:
    """Watching and ignoring take a channel, a forum or a thread."""
    forum = world.guild.create_forum_channel("ideas")
    for channel in (world.channel, forum):
        await world.moderator.slash(world.channel, command, channel=channel)
    assert getattr(_policy(world), field) == {world.channel.id, forum.id}
    await world.moderator.slash(world.channel, command, channel=forum, on=False)
    assert getattr(_policy(world), field) == {world.channel.id}


async def test_roles_go_on_and_off_the_list(world: World) -> None:
    """Members with the role are left alone."""
    role = world.guild.roles["Moderators"]
    result = await world.moderator.slash(world.channel, "settings ignore-role", role=role)
    assert _policy(world).ignored_roles == {role.id}
    assert f"<@&{role.id}>" in words(result.response)
    await world.moderator.slash(world.channel, "settings ignore-role", role=role, on=False)
    assert not _policy(world).ignored_roles


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("settings show", {}),
        ("settings mode", {"mode": "auto"}),
        ("settings threshold", {"confidence": 0.5}),
        ("settings window", {"minutes": 1}),
    ],
)
async def test_a_member_is_refused_in_code(world: World, command: str, options: dict[str, Any]) -> None:
    """Where an admin opened the command to everybody, members still change nothing."""
    world.open_to_member("settings")
    result = await world.member.slash(world.channel, command, **options)

    assert words(result.response) == "This needs the permission “Manage Server” in this server."
    assert not world.memory.policies.by_guild


async def test_a_member_does_not_even_see_the_command(world: World) -> None:
    """Discord hides the settings from members who may not manage the server."""
    assert not [name for name in world.member.available_commands(world.channel) if name.startswith("settings")]
