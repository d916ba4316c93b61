from __future__ import annotations

import pytest
import simcord

from tests.discord_app.walk import QUEUE, TEST, chosen, open_walk
from tests.discord_app.world import World, words


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_test_post_arrives_in_the_queue_channel(
    world: World, office: simcord.ChannelHandle, *, restarted: bool
) -> None:
    """It says what it is, is no match, pings nobody, and the walk links to it."""
    world.set_policy(queue_channel=office.id)
    walk = await open_walk(world)
    if restarted:
        await world.restart()
    await world.moderator.click(walk, label=TEST)

    [post] = world.bot_messages(office)
    assert "A test post of Footnote: nothing waits here" in words(post)
    assert post.flags.suppress_notifications
    assert world.sent[-1]["allowed_mentions"] == {"parse": []}
    assert post.jump_url in words(walk)
    assert not world.items
    assert not world.bot_messages()


async def test_without_a_queue_channel_the_test_says_so(world: World) -> None:
    """The button is there from the start."""
    walk = await open_walk(world)
    await world.moderator.click(walk, label=TEST)

    assert "Nothing was posted: choose a queue channel first." in words(walk)


async def test_a_deleted_queue_channel_is_said_to_be_gone(world: World, office: simcord.ChannelHandle) -> None:
    """In the walk and by the test; the select offers it no more."""
    world.set_policy(queue_channel=office.id)
    world.delete(office)
    walk = await open_walk(world)
    assert f"The channel {office.id} was deleted: choose another." in words(walk)
    assert not chosen(walk, QUEUE)
    await world.moderator.click(walk, label=TEST)

    assert "Nothing was posted: the queue channel was deleted." in words(walk)


@pytest.mark.parametrize(("denied", "name"), [("view_channel", "View Channel"), ("send_messages", "Send Messages")])
async def test_a_forbidden_queue_channel_names_the_permission(
    world: World, office: simcord.ChannelHandle, denied: str, name: str
) -> None:
    """At once when it is chosen, and when the test can't be posted."""
    world.deny(office, **{denied: False})
    walk = await open_walk(world)
    await world.moderator.select(walk, [office], custom_id=QUEUE)
    assert f"Footnote lacks “{name}”" in words(walk)
    assert "**Still missing:** what is to be put right above (1)" in words(walk)
    await world.moderator.click(walk, label=TEST)

    assert f"Nothing was posted: Footnote lacks the permission “{name}” in channel {office.id}." in words(walk)
    assert not world.bot_messages(office)


async def test_a_silent_discord_is_said_to_be_one(world: World, office: simcord.ChannelHandle) -> None:
    """A passing fault asks for another try."""
    world.set_policy(queue_channel=office.id)
    walk = await open_walk(world)
    world.env.inject_error("POST", f"/channels/{office.id}/messages", status=429, times=6)
    await world.moderator.click(walk, label=TEST)

    assert "try again in a moment" in words(walk)
