from __future__ import annotations

from simcord.backend import serializers
from simcord.enums import MessageType

from bot.domain.policy import Mode
from tests.discord_app.world import CLAIM, World, words

PLURALKIT = 466378653216014359


async def test_bots_are_ignored(world: World) -> None:
    """Bots don't answer bots."""
    world.auto()
    robot = world.guild.add_member(world.env.create_user("robot", bot=True))
    await robot.send(world.channel, CLAIM)
    await world.settle()

    assert not world.notes


async def test_plain_webhooks_are_ignored(world: World) -> None:
    """A feed is no member."""
    world.auto()
    await world.guild.create_webhook(world.channel).send(CLAIM)
    await world.settle()

    assert not world.notes


async def test_what_a_member_posts_through_a_proxy_is_answered_once(world: World) -> None:
    """PluralKit posts a member's words again and deletes the original: one note, under the new message."""
    world.auto()
    original = await world.member.send(world.channel, CLAIM)
    proxied = await _proxied(world, CLAIM)
    await world.member.delete(original)
    await world.settle()

    [note] = world.bot_messages()
    assert note.reference is not None
    assert note.reference.message_id == proxied
    assert "The moon is made of rock." in words(note)


async def test_service_messages_are_ignored(world: World) -> None:
    """A thread named like a claim is no post."""
    world.auto()
    thread = world.env.backend.create_thread(world.channel.id, CLAIM, world.member.id)
    await world.settle()

    assert world.channel.last_message is not None
    assert world.channel.last_message.type.value == MessageType.THREAD_CREATED
    assert thread.name == CLAIM
    assert not world.notes


async def test_direct_messages_are_ignored(world: World) -> None:
    """Footnote works in servers."""
    await world.member.send_dm(CLAIM)
    await world.settle()

    assert not world.notes
    assert not world.items


async def test_a_forwarded_post_is_matched(world: World) -> None:
    """A forward says nothing itself; what it carries counts."""
    elsewhere = world.guild.create_text_channel("elsewhere")
    source = await world.moderator.send(elsewhere, CLAIM)
    world.auto()
    forward = await world.member.forward(source, world.channel)
    await world.settle()

    [note] = world.bot_messages()
    assert note.reference is not None
    assert note.reference.message_id == forward.id


async def test_where_footnote_is_off_nothing_is_matched(world: World) -> None:
    """Off means that posts aren't looked at."""
    world.set_policy(mode=Mode.OFF)
    await world.member.send(world.channel, CLAIM)
    await world.settle()

    assert not world.seen


async def _proxied(world: World, content: str) -> int:
    """Post through a webhook of PluralKit, whose messages name the application."""
    webhook = world.guild.create_webhook(world.channel, "PluralKit")._webhook
    message = world.env.backend.create_message(
        world.channel.id, webhook.webhook_user_id, content, webhook_id=webhook.id, broadcast=False
    )
    payload = serializers.message_payload(world.env.backend, message)
    await world.emit("MESSAGE_CREATE", {**payload, "application_id": str(PLURALKIT)})
    return message.id
