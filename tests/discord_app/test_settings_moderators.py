from __future__ import annotations

import pytest
import simcord

from tests.discord_app.world import World, words


async def test_a_role_for_escalations_can_be_named(world: World) -> None:
    """And left out again."""
    role = world.guild.roles["Moderators"]
    await world.moderator.slash(world.channel, "settings escalation-role", role=role)
    assert world.policy().escalation_role == role.id
    result = await world.moderator.slash(world.channel, "settings escalation-role")
    assert world.policy().escalation_role is None
    assert f"-# Before: <@&{role.id}>" in words(result.response)


@pytest.mark.parametrize("command", ["settings moderator-role", "settings escalation-role"])
async def test_everyone_is_no_role(world: World, command: str) -> None:
    """A slip doesn't make the whole server moderators."""
    result = await world.moderator.slash(world.channel, command, role=world.guild.default_role)

    assert words(result.response) == "@everyone is no role of its own: choose another."
    assert not world.memory.policies.by_guild


@pytest.mark.parametrize(("command", "field"), [("queue-channel", "queue_channel"), ("log-channel", "log_channel")])
async def test_moderators_channels_can_be_named(
    world: World, office: simcord.ChannelHandle, command: str, field: str
) -> None:
    """And left out again; one that suits is not complained about."""
    result = await world.moderator.slash(world.channel, f"settings {command}", channel=office)
    assert getattr(world.policy(), field) == office.id
    assert f"<#{office.id}>\n-# Before: none" in words(result.response)
    assert "To be put right" not in words(result.response)
    await world.moderator.slash(world.channel, f"settings {command}")
    assert getattr(world.policy(), field) is None


async def test_a_queue_that_everybody_reads_is_warned_of(world: World) -> None:
    """Its cards quote posts; what stands in the log quotes none."""
    result = await world.moderator.slash(world.channel, "settings queue-channel", channel=world.channel)
    assert f"@everyone can read <#{world.channel.id}>" in words(result.response)
    result = await world.moderator.slash(world.channel, "settings log-channel", channel=world.channel)
    assert "@everyone" not in words(result.response)


@pytest.mark.parametrize(
    ("denied", "said"),
    [
        ("view_channel", "“View Channel”"),
        ("send_messages", "“Send Messages”"),
        ("read_message_history", "“Read Message History”"),
    ],
)
@pytest.mark.parametrize("command", ["queue-channel", "log-channel"])
async def test_what_the_bot_lacks_in_a_moderators_channel_is_said_at_once(
    world: World, office: simcord.ChannelHandle, command: str, denied: str, said: str
) -> None:
    """By the names that Discord shows to admins, also later in the list of all settings."""
    world.deny(office, **{denied: False})
    result = await world.moderator.slash(world.channel, f"settings {command}", channel=office)
    assert f"Footnote lacks {said} in <#{office.id}>." in words(result.response)
    result = await world.moderator.slash(world.channel, "settings show")
    assert f"Footnote lacks {said} in <#{office.id}>." in words(result.response)
