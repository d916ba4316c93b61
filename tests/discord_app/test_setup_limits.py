from __future__ import annotations

from typing import Any

import simcord

from tests.discord_app.walk import QUEUE, ROLES, TEST, WATCHED, chosen, component, open_walk
from tests.discord_app.world import World, words


async def test_the_walk_works_in_a_thread(world: World, office: simcord.ChannelHandle) -> None:
    """A thread belongs to the server as well."""
    thread = await world.thread(world.channel)
    walk = await open_walk(world, thread)
    await world.moderator.select(walk, [office], custom_id=QUEUE)

    assert world.policy().queue_channel == office.id


async def test_lists_that_no_select_holds_are_left_to_the_commands(world: World) -> None:
    """Choosing would drop what the select can't show; 400 of each still fit into the message."""
    many = frozenset(range(10**18, 10**18 + 400))
    world.set_policy(watched_channels=many, moderator_roles=many)
    for number in range(12):
        world.deny(world.guild.create_text_channel(f"readonly-{number}"), send_messages=False)
    walk = await open_walk(world)

    assert component(walk, WATCHED) is None
    assert component(walk, ROLES) is None
    assert "`/settings watch` adds and removes single ones" in words(walk)
    assert "`/settings moderator-role` adds and removes single ones" in words(walk)
    assert len(words(walk)) <= 4000


async def test_watched_threads_are_left_to_the_command(world: World) -> None:
    """A select of channels shows no threads, and would drop them."""
    thread = await world.thread(world.channel)
    world.set_policy(watched_channels=frozenset({thread.id}))
    walk = await open_walk(world)

    assert component(walk, WATCHED) is None


async def test_the_fullest_walk_stays_within_the_limits(world: World, office: simcord.ChannelHandle) -> None:
    """25 channels and roles, problems everywhere, a test that failed: 40 components and 4000 characters at most."""
    channels = [world.guild.create_text_channel(f"room-{number}") for number in range(25)]
    roles = [world.guild.create_role(f"role-{number}") for number in range(25)]
    for channel in channels:
        world.deny(channel, send_messages=False, send_messages_in_threads=False, read_message_history=False)
    world.deny(office, send_messages=False)
    world.set_policy(
        queue_channel=office.id,
        watched_channels=frozenset(channel.id for channel in channels),
        moderator_roles=frozenset(role.id for role in roles),
    )
    walk = await open_walk(world)
    await world.moderator.click(walk, label=TEST)

    def count(components: list[dict[str, Any]]) -> int:
        return sum(1 + count(one.get("components", [])) for one in components)

    assert len(words(walk)) <= 4000
    assert count(walk.components) <= 40
    assert len(chosen(walk, WATCHED)) == len(chosen(walk, ROLES)) == 25


async def test_a_queue_that_everybody_reads_is_warned_of(world: World) -> None:
    """Cards quote posts."""
    walk = await open_walk(world)
    await world.moderator.select(walk, [world.channel], custom_id=QUEUE)

    assert world.policy().queue_channel == world.channel.id
    assert f"@everyone can read <#{world.channel.id}>" in words(walk)


async def test_what_is_lacking_in_a_watched_channel_is_said_at_once(world: World) -> None:
    """By channel."""
    world.deny(world.channel, send_messages=False, send_messages_in_threads=False)
    walk = await open_walk(world)
    await world.moderator.select(walk, [world.channel], custom_id=WATCHED)

    lacking = f"Footnote lacks “Send Messages” and “Send Messages in Threads” in <#{world.channel.id}>."
    assert lacking in words(walk)
