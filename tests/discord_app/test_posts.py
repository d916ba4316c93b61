from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.discord_app.posts import is_members_post, place_of, post_of, says_the_same
from tests.discord_app.world import World

ME = 1


async def _message(world: World, **changes: Any) -> discord.Message:
    """Return a real message, made by the library from a payload."""
    sent = await world.member.send(world.channel, "hello")
    channel = changes.pop("channel", None) or world.client.get_channel(world.channel.id)
    state = world.client._connection
    return discord.Message(state=state, channel=channel, data=world.payload(sent, **changes))  # type: ignore[arg-type]


def _snapshot(**changes: Any) -> dict[str, Any]:
    message = {
        "type": 0,
        "content": "",
        "embeds": [],
        "attachments": [],
        "timestamp": "2026-01-01T00:00:00+00:00",
        "edited_timestamp": None,
        **changes,
    }
    return {"message": message}


async def test_own_words_and_shared_words_are_kept_apart(world: World) -> None:
    """What somebody else said in a pasted link isn't the author's."""
    embed = {
        "author": {"name": "Elon"},
        "title": "A title",
        "description": "A description",
        "fields": [{"name": "Field", "value": "Value"}],
        "footer": {"text": "X"},
    }
    post = post_of(await _message(world, content="look", embeds=[embed, {"type": "image"}]))

    assert post.text == "look"
    assert post.shared == ("Elon\nA title\nA description\nField\nValue",)


async def test_a_forward_shares_its_words_and_embeds(world: World) -> None:
    """A forward's own content is empty."""
    snapshots = [_snapshot(content="their words", embeds=[{"description": "their link"}]), _snapshot()]
    post = post_of(await _message(world, content="", message_snapshots=snapshots))

    assert not post.text
    assert post.shared == ("their words", "their link")


async def test_an_empty_message_is_an_empty_post(world: World) -> None:
    """A picture alone says nothing."""
    post = post_of(await _message(world, content="", embeds=[]))

    assert not post.text
    assert not post.shared


async def test_the_place_names_ids_alone(world: World) -> None:
    """Server, channel, message, author and roles."""
    sent = await world.moderator.send(world.channel, "hello")
    place = place_of(world.client.cached_messages[-1])

    assert (place.guild_id, place.channel_id, place.message_id) == (world.guild.id, world.channel.id, sent.id)
    assert place.author_id == world.moderator.id
    assert place.parent_id is None
    assert world.guild.roles["Moderators"].id in place.author_roles


async def test_a_thread_names_its_parent(world: World) -> None:
    """Policies of a channel hold for its threads."""
    thread = await world.thread(world.channel)
    message = await _message(world, channel=world.client.get_channel(thread.id))

    assert place_of(message).parent_id == world.channel.id


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"type": 19}, True),
        ({"type": 7}, False),
        ({"type": 20}, False),
        ({"type": 46}, False),
        ({"webhook_id": "5"}, False),
        ({"webhook_id": "5", "application_id": "7"}, False),
        ({"webhook_id": "5", "application_id": "466378653216014359"}, True),
        ({"webhook_id": "5", "application_id": "431544605209788416"}, True),
        ({"author": {"id": "9", "username": "b", "discriminator": "0", "avatar": None, "bot": True}}, False),
        ({"author": {"id": "9", "username": "s", "discriminator": "0", "avatar": None, "system": True}}, False),
        ({"author": {"id": str(ME), "username": "me", "discriminator": "0", "avatar": None}}, False),
    ],
)
async def test_who_counts_as_a_member(world: World, changes: dict[str, Any], *, expected: bool) -> None:
    """Members and the proxies of members, and nobody else."""
    message = await _message(world, **changes)

    assert is_members_post(message, me=ME) is expected


async def test_a_pin_says_nothing_new(world: World) -> None:
    """Only words and embeds count as a change."""
    before = await _message(world, content="a")
    assert says_the_same(before, await _message(world, content="a", pinned=True))
    assert not says_the_same(before, await _message(world, content="b"))
    assert not says_the_same(before, await _message(world, content="a", embeds=[{"description": "c"}]))
