from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import discord
import pytest
import simcord

from bot.discord_app.sender import DiscordSender, _nonce
from bot.domain.errors import DeliveryDelayed
from bot.domain.fact import Fact
from bot.domain.note import Note, NoteState
from tests.discord_app.world import CLAIM, World

SENDING = ("POST", "/channels/*/messages")


async def test_a_missing_permission_drops_the_note_with_its_cause(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Where Footnote may not write, nothing breaks, and the log says so once a channel and day."""
    world.auto()
    closed = _closed_channel(world)
    for _ in range(2):
        await world.member.send(closed, CLAIM)
        await world.settle()
        world.memory.notes.by_id.clear()
        world.memory.notes.history.clear()
    told = [record for record in caplog.records if record.message == "channel.refuses"]
    assert len(told) == 1
    await world.env.advance_time(timedelta(days=1).total_seconds())
    await world.member.send(closed, CLAIM)
    await world.settle()

    assert world.states() == [NoteState.DROPPED]
    cause = world.last_cause()
    assert cause == f"Footnote lacks the permission “Send Messages” in channel {closed.id}."
    told = [record for record in caplog.records if record.message == "channel.refuses"]
    assert len(told) == 2
    assert all(CLAIM not in str(vars(record)) for record in caplog.records)


async def test_a_fault_of_discord_is_tried_again_and_the_note_comes_once(world: World) -> None:
    """An answer 500 puts the note off; it is looked for and then sent again."""
    world.auto()
    world.env.inject_error(*SENDING, status=500)
    await world.member.send(world.channel, CLAIM)
    await world.settle()
    assert not world.bot_messages()
    await world.env.advance_time(60)

    assert len(world.bot_messages()) == 1
    assert world.states() == [NoteState.POSTED]
    assert len(world.sent) == 2


async def test_a_note_that_was_sent_although_discord_answered_a_fault_is_not_sent_again(world: World) -> None:
    """The answer may be lost on the way back: the note is found where it stands."""
    world.auto()
    send = DiscordSender.send

    async def send_and_lose_the_answer(sender: DiscordSender, note: Note, fact: Fact, original: Note | None) -> int:
        await send(sender, note, fact, original)
        raise DeliveryDelayed("lost")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DiscordSender, "send", send_and_lose_the_answer)
        await world.member.send(world.channel, CLAIM)
        await world.settle()
    await world.env.advance_time(60)

    [note] = world.bot_messages()
    assert world.notes[0].message_id == note.id
    assert world.states() == [NoteState.POSTED]


async def test_a_crash_between_sending_and_storing_makes_no_second_note(world: World) -> None:
    """After the restart the note is found by its button, and its id is stored."""
    world.auto()
    await world.member.send(world.channel, CLAIM)
    await world.settle()
    notes = world.memory.notes
    [posted] = world.notes
    notes.by_id[posted.id] = _as_the_crash_left_it(posted)
    await world.restart()
    await world.settle()

    assert [message.id for message in world.bot_messages()] == [posted.message_id]
    assert world.notes[0].message_id == posted.message_id
    assert world.states() == [NoteState.POSTED]


async def test_a_crash_before_sending_loses_no_note(world: World) -> None:
    """A note that wasn't sent when the process died is sent after the restart."""
    world.auto()
    await world.member.send(world.channel, CLAIM)
    await world.settle()
    [posted] = world.notes
    await world.moderator.delete(world.bot_messages()[0])
    world.memory.notes.by_id[posted.id] = _as_the_crash_left_it(posted)
    await world.restart()
    await world.settle()

    assert len(world.bot_messages()) == 1
    assert world.states() == [NoteState.POSTED]


async def test_a_post_that_vanished_drops_the_note(world: World) -> None:
    """Discord refuses a reply to a deleted post with code 50035."""
    world.auto()
    message = "Invalid Form Body\nIn message_reference: Unknown message"
    world.env.inject_error(*SENDING, status=400, code=50035, message=message)
    await world.member.send(world.channel, CLAIM)
    await world.settle()

    assert world.states() == [NoteState.DROPPED]
    assert world.last_cause() == "The post is gone."


async def test_the_nonce_is_the_same_at_every_try(world: World) -> None:
    """Discord answers a repeated nonce with the first message; ours is short enough for it."""
    world.auto()
    world.env.inject_error(*SENDING, status=500)
    await world.member.send(world.channel, CLAIM)
    await world.settle()
    await world.env.advance_time(60)

    first, second = world.sent
    assert first["nonce"] == second["nonce"]
    assert len(first["nonce"]) <= 25
    assert first["enforce_nonce"] is True


async def test_a_note_that_is_sent_anew_has_another_nonce(world: World) -> None:
    """Discord would answer with the message that was taken down a minute ago."""
    world.auto()
    post = await world.member.send(world.channel, CLAIM)
    await world.settle()
    [note] = world.notes
    assert note.message_id is not None
    assert post.id == note.new.source_message_id
    assert _nonce(note) != _nonce(replace(note, message_id=None))


async def test_closing_finishes_what_is_under_way(world: World) -> None:
    """A note that is due is sent before the connection closes; one that isn't waits for the next start."""
    world.auto()
    await world.member.send(world.channel, CLAIM)
    notes = world.memory.notes
    stored = notes.by_id[1]
    await notes.move(
        1, to=NoteState.PENDING, at=world.stage.now(), cause="test", only_from={stored.state}, due_at=world.stage.now()
    )
    with world.env._bot_scope():
        await world.client.close()

    assert world.states() == [NoteState.POSTED]


async def test_a_database_that_fails_at_start_does_not_end_the_delivery(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """The outbox is started again when its first look at the database failed."""
    world.auto()
    await world.member.send(world.channel, CLAIM)
    caplog.set_level(logging.CRITICAL)
    world.store.fail_next.append(OSError("disk"))
    await world.restart()
    await world.env.advance_time(60)

    assert world.states() == [NoteState.POSTED]


def _as_the_crash_left_it(note: Note) -> Note:
    return replace(note, state=NoteState.SENDING, message_id=None, attempts=1)


def _closed_channel(world: World) -> simcord.ChannelHandle:
    bot_role = next(role for name, role in world.guild.roles.items() if name == "TestBot")
    deny = discord.PermissionOverwrite(send_messages=False)
    return world.guild.create_text_channel("closed", overwrites={bot_role: deny})
