from __future__ import annotations

import discord
import simcord

from bot.domain.policy import Mode
from tests.discord_app.world import CLAIM, World, words


async def _post(world: World, text: str = CLAIM) -> simcord.ChannelHandle:
    """Post a claim in a channel of its own, where no earlier note speaks."""
    channel = world.guild.create_text_channel(f"room-{len(world.guild.channels)}")
    await world.member.send(channel, text)
    await world.settle()
    return channel


async def _rule(world: World, office: simcord.ChannelHandle, label: str) -> None:
    """Rule on the card that stands in the queue channel."""
    [card] = [message for message in world.bot_messages(office) if "Review item" in words(message)]
    await world.moderator.click(card, label=label)
    await world.settle()


async def test_a_fact_earns_to_reply_by_itself_and_loses_it(world: World, office: simcord.ChannelHandle) -> None:
    """After five approvals it replies; one wrong match sends it back to the queue."""
    world.set_policy(mode=Mode.AUTO, queue_channel=office.id)
    for approved in range(5):
        channel = await _post(world, f"{CLAIM} {approved}")
        assert f"the fact was approved {approved} of 5 times in this server" in world.items[-1].new.reasons
        assert not world.bot_messages(channel)
        await _rule(world, office, "Approve")
        assert len(world.bot_messages(channel)) == 1

    items = len(world.items)
    channel = await _post(world)
    [note] = world.bot_messages(channel)
    assert len(world.items) == items

    await world.moderator.slash(world.channel, "settings log-channel", channel=office)
    await world.settle()
    [card] = [message for message in world.bot_messages(office) if "Posted automatically" in words(message)]
    await world.moderator.click(card, label="Wrong match")
    await world.settle()
    assert note.id not in [message.id for message in world.bot_messages(channel)]
    channel = await _post(world, f"{CLAIM} again")
    assert "the fact was approved 0 of 5 times in this server" in world.items[-1].new.reasons
    assert not world.bot_messages(channel)


async def test_fewer_approvals_can_be_asked_for(world: World, office: simcord.ChannelHandle) -> None:
    """With one, the second match is answered; with none, the first."""
    world.set_policy(mode=Mode.AUTO, queue_channel=office.id)
    await world.moderator.slash(world.channel, "settings approvals", count=1)
    await _post(world, f"{CLAIM} one")
    await _rule(world, office, "Approve")
    assert world.bot_messages(await _post(world, f"{CLAIM} two"))
    await world.moderator.slash(world.channel, "settings approvals", count=2)
    assert not world.bot_messages(await _post(world, f"{CLAIM} three"))
    await world.moderator.slash(world.channel, "settings approvals", count=0)
    assert world.bot_messages(await _post(world, f"{CLAIM} four"))


async def test_the_moderators_own_channels_are_not_watched(world: World, office: simcord.ChannelHandle) -> None:
    """What stands there quotes posts: not the queue, not the log, no thread under them, even if named to be watched."""
    log = world.guild.create_text_channel("log")
    world.auto()
    for command, channel in (("queue-channel", office), ("log-channel", log), ("watch", office)):
        await world.moderator.slash(world.channel, f"settings {command}", channel=channel)
    thread = world.env.backend.create_thread(office.id, "a thread", world.moderator.id)
    for place in (office, log, simcord.ChannelHandle(world.env, world.guild, thread)):
        await world.moderator.send(place, CLAIM)
        await world.settle()

    assert not world.seen
    assert not world.items
    assert not world.notes


async def test_a_stop_holds_until_it_is_resumed(world: World, office: simcord.ChannelHandle) -> None:
    """Two wrong automatic replies in a day open the breaker; ``/settings resume`` closes it."""
    world.auto()
    world.set_policy(log_channel=office.id)
    for number in range(2):
        await _post(world, f"{CLAIM} {number}")
        await world.env.advance_time(60)  # the board looks once a minute for notes that were posted
        [card] = [message for message in world.bot_messages(office) if "Wrong match" in _labels(message)]
        await world.moderator.click(card, label="Wrong match")
        await world.settle()
    assert world.policy().stop is not None
    assert not world.bot_messages(await _post(world, f"{CLAIM} held"))
    assert "automatic replies are stopped" in " ".join(world.items[-1].new.reasons)

    result = await world.moderator.slash(world.channel, "settings resume")
    assert "2 automatic replies of the last 24 hours were ruled wrong matches" in words(result.response)
    assert world.bot_messages(await _post(world, f"{CLAIM} resumed"))


def _labels(message: discord.Message) -> list[str | None]:
    view = discord.ui.LayoutView.from_message(message, timeout=None)
    return [item.label for item in view.walk_children() if isinstance(item, discord.ui.Button)]
