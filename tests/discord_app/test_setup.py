from __future__ import annotations

from typing import Any

import discord
import pytest
import simcord

from bot.domain.audit import Act
from bot.domain.policy import Mode
from tests.discord_app.walk import MODE, QUEUE, ROLES, TEST, WATCHED, chosen, component, open_walk
from tests.discord_app.world import World, words


async def test_the_walk_shows_what_is_missing(world: World) -> None:
    """A new server sees the defaults, the recommendation, and what is left to do; nothing is saved by looking."""
    walk = await open_walk(world)

    shown = words(walk)
    assert "**1. Queue channel:** none yet" in shown
    assert "**2. Moderators:** who has Manage Messages\n" in shown
    assert "Discord hides `/queue` from roles without Manage Messages" in shown
    assert "**3. Watched channels:** all" in shown
    assert "**4. Mode:** queue (" in shown
    assert "a fact replies by itself after 5 approvals here, with no wrong match since" in shown
    assert "**Still missing:** a queue channel." in shown
    modes = component(walk, MODE)
    assert modes is not None
    assert [one["value"] for one in modes["options"]] == ["queue", "auto", "shadow", "off"]
    assert modes["options"][0]["label"] == "queue (recommended)"
    assert [one["value"] for one in modes["options"] if one.get("default")] == ["queue"]
    assert not world.memory.policies.by_guild


@pytest.mark.parametrize("restarted", [False, True])
async def test_every_choice_is_saved_at_once(world: World, office: simcord.ChannelHandle, *, restarted: bool) -> None:
    """Also where the bot was restarted in between; the walk then shows what is set, and each change is audited."""
    walk = await open_walk(world)
    role = world.guild.create_role("Helpers")
    forum = world.guild.create_forum_channel("ideas")
    choices: list[tuple[str, list[Any]]] = [
        (QUEUE, [office]),
        (ROLES, [role]),
        (WATCHED, [world.channel, forum]),
        (MODE, ["auto"]),
    ]
    for custom_id, values in choices:
        if restarted:
            await world.restart()
        await world.moderator.select(walk, values, custom_id=custom_id)

    policy = world.policy()
    assert policy.queue_channel == office.id
    assert policy.moderator_roles == {role.id}
    assert policy.watched_channels == {world.channel.id, forum.id}
    assert policy.mode is Mode.AUTO
    assert chosen(walk, QUEUE) == [office.id]
    assert chosen(walk, ROLES) == [role.id]
    assert chosen(walk, WATCHED) == sorted([world.channel.id, forum.id])
    assert "**Ready.**" in words(walk)
    events = [event.new for event in world.memory.audit.events]
    assert [(event.act, event.by) for event in events] == [(Act.SETTING, world.moderator.id)] * 4


async def test_choices_can_be_taken_back(world: World, office: simcord.ChannelHandle) -> None:
    """No queue channel, no roles, all channels."""
    one = frozenset({world.channel.id})
    role = frozenset({world.guild.roles["Moderators"].id})
    world.set_policy(queue_channel=office.id, watched_channels=one, moderator_roles=role)
    walk = await open_walk(world)
    for custom_id in (QUEUE, ROLES, WATCHED):
        await world.moderator.select(walk, [], custom_id=custom_id)

    assert world.policy().queue_channel is None
    assert not world.policy().moderator_roles
    assert not world.policy().watched_channels


async def test_everyone_is_not_taken_for_moderators(world: World) -> None:
    """The other roles that were chosen count."""
    walk = await open_walk(world)
    role = world.guild.roles["Moderators"]
    await world.moderator.select(walk, [world.guild.default_role, role], custom_id=ROLES)

    assert world.policy().moderator_roles == {role.id}
    assert "@everyone is no role of its own" in words(walk)


@pytest.mark.parametrize("restarted", [False, True])
async def test_who_lost_the_permission_changes_nothing_more(
    world: World, office: simcord.ChannelHandle, *, restarted: bool
) -> None:
    """The permission is asked for at every click."""
    world.set_policy(queue_channel=office.id)
    before = world.policy()
    walk = await open_walk(world)
    role = world.guild.roles["Moderators"]
    manage_messages = discord.Permissions(manage_messages=True).value
    world.env.backend.edit_role(world.guild.id, role.id, {"permissions": manage_messages})
    if restarted:
        await world.restart()
    choices: list[tuple[str, list[Any]]] = [
        (QUEUE, [world.channel]),
        (ROLES, [role]),
        (WATCHED, [world.channel]),
        (MODE, ["off"]),
    ]
    for custom_id, values in choices:
        result = await world.moderator.select(walk, values, custom_id=custom_id)
        assert words(result.response) == "This needs the permission “Manage Server” in this server."
    result = await world.moderator.click(walk, label=TEST)
    assert words(result.response) == "This needs the permission “Manage Server” in this server."

    assert world.policy() == before
    assert not world.bot_messages(office)
