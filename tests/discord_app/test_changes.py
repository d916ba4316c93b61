from __future__ import annotations

import discord

from bot.domain.note import NoteState
from bot.domain.review import Ruling
from tests.discord_app.world import CLAIM, World, words

HARMLESS = "They say the moon is far away."


async def test_an_edit_that_removes_the_claim_takes_the_note_down(world: World) -> None:
    """The note follows the words it answered."""
    world.auto()
    post = await world.member.send(world.channel, CLAIM)
    await world.settle()
    await world.member.edit(post, HARMLESS)
    await world.settle()

    assert not world.bot_messages()
    assert world.states() == [NoteState.RETRACTED]


async def test_an_edit_that_adds_the_claim_gets_the_note(world: World) -> None:
    """Editing a claim into an old post is no way around."""
    world.auto()
    post = await world.member.send(world.channel, HARMLESS)
    await world.settle()
    await world.member.edit(post, CLAIM)
    await world.settle()

    [note] = world.bot_messages()
    assert note.reference is not None
    assert note.reference.message_id == post.id


async def test_an_edit_within_the_short_wait_is_in_time(world: World) -> None:
    """Who corrects themselves at once never sees a note."""
    world.auto()
    post = await world.member.send(world.channel, CLAIM)
    await world.member.edit(post, HARMLESS)
    await world.settle()

    assert not world.bot_messages()
    assert world.states() == [NoteState.DROPPED]


async def test_an_edit_of_a_queued_post_closes_its_item(world: World) -> None:
    """The queue doesn't show what a post no longer says."""
    post = await world.member.send(world.channel, CLAIM)
    await world.member.edit(post, HARMLESS)

    [item] = world.items
    assert item.ruling is Ruling.SOURCE_EDITED


async def test_an_edit_of_a_message_that_is_not_cached_is_followed(world: World) -> None:
    """After a restart nothing is cached, and edits still count."""
    world.auto()
    post = await world.member.send(world.channel, CLAIM)
    await world.settle()
    await world.restart()
    await world.member.edit(post, HARMLESS)
    await world.settle()

    assert world.states() == [NoteState.RETRACTED]


async def test_an_uncached_edit_by_an_ignored_role_is_ignored(world: World) -> None:
    """An update without the author's roles is no way around the ignored roles."""
    world.auto()
    world.set_policy(ignored_roles=frozenset({world.guild.roles["Moderators"].id}))
    post = await world.moderator.send(world.channel, HARMLESS)
    await world.restart()
    await world.moderator.edit(post, CLAIM)
    await world.settle()

    assert not world.notes


async def test_an_update_with_a_part_of_the_message_is_completed(world: World) -> None:
    """An update that lacks the author makes Footnote fetch the message.

    The library itself fails on such an update of a message that it has cached.
    """
    world.auto()
    post = await world.member.send(world.channel, HARMLESS)
    await world.restart()
    world.env.backend.get_message(world.channel.id, post.id).content = CLAIM
    payload = world.payload(post)
    del payload["author"]
    await world.emit("MESSAGE_UPDATE", payload)
    await world.settle()

    assert len(world.bot_messages()) == 1


async def test_an_update_that_changes_no_word_is_not_looked_at(world: World) -> None:
    """Pinning a message is no reason to match it again."""
    post = await world.member.send(world.channel, CLAIM)
    seen = len(world.seen)
    await world.moderator.set_pinned(post, True)

    assert len(world.seen) == seen


async def test_a_link_that_unfolds_late_is_matched(world: World) -> None:
    """The words of a pasted link come in an update with the same content."""
    world.auto()
    post = await world.member.send(world.channel, "https://example.com/post/1")
    await world.settle()
    assert not world.notes
    embed = {"type": "rich", "author": {"name": "Somebody"}, "description": CLAIM}
    world.env.backend.edit_message(world.channel.id, post.id, {"embeds": [embed]})
    await world.settle()

    [note] = world.bot_messages()
    assert "The moon is made of rock." in words(note)


async def test_a_deletion_takes_the_note_down(world: World) -> None:
    """No note stands under nothing."""
    world.auto()
    post = await world.member.send(world.channel, CLAIM)
    await world.settle()
    await world.member.delete(post)
    await world.settle()

    assert not world.bot_messages()
    assert world.states() == [NoteState.RETRACTED]


async def test_a_deletion_before_the_note_is_sent_leaves_it_unsent(world: World) -> None:
    """The note for a post that is gone never appears."""
    world.auto()
    post = await world.member.send(world.channel, CLAIM)
    await world.member.delete(post)
    await world.settle()

    assert world.states() == [NoteState.DROPPED]
    assert not world.sent


async def test_a_bulk_deletion_takes_every_note_down(world: World) -> None:
    """Moderators clear channels in one go."""
    world.auto()
    posts = [await world.member.send(world.channel, CLAIM) for _ in range(2)]
    await world.settle()
    world.env.backend.bulk_delete_messages(world.channel.id, [post.id for post in posts])
    await world.settle()

    assert not world.bot_messages()
    assert world.states() == [NoteState.RETRACTED, NoteState.RETRACTED]


async def test_a_deleted_channel_withdraws_what_stands_in_it(world: World) -> None:
    """Notes and items of a channel that is gone are closed, also those of its threads."""
    world.auto()
    thread = await world.thread(world.channel)
    await world.member.send(world.channel, CLAIM)
    await world.member.send(thread, CLAIM)
    await world.settle()
    world.env.backend.delete_channel(world.channel.id)
    await world.settle()

    assert world.states() == [NoteState.RETRACTED, NoteState.RETRACTED]


async def test_a_deleted_thread_closes_its_items(world: World) -> None:
    """The queue doesn't show posts of a thread that is gone."""
    thread = await world.thread(world.channel)
    await world.member.send(thread, CLAIM)
    world.env.backend.delete_channel(thread.id)
    await world.env.settle()

    [item] = world.items
    assert item.ruling is Ruling.SOURCE_GONE


async def test_a_note_that_moderators_deleted_is_no_trouble(world: World) -> None:
    """Taking down a note that is gone already succeeds."""
    world.auto()
    post = await world.member.send(world.channel, CLAIM)
    await world.settle()
    await world.moderator.delete(world.bot_messages()[0])
    await world.member.delete(post)
    await world.settle()

    assert world.states() == [NoteState.RETRACTED]


async def test_events_of_one_message_are_taken_in_order(world: World) -> None:
    """An edit that comes while the post is still being matched has the last word."""
    world.auto()
    post = await world.member.send(world.channel, HARMLESS)
    world.env.backend.get_message(world.channel.id, post.id).content = CLAIM
    first = world.payload(post, edited_timestamp="2026-01-01T00:00:01+00:00")
    world.env.backend.get_message(world.channel.id, post.id).content = HARMLESS
    second = world.payload(post, edited_timestamp="2026-01-01T00:00:02+00:00")
    for payload in (first, second):
        world.env.backend.emit("MESSAGE_UPDATE", payload)
    await world.settle()

    assert not world.bot_messages()
    assert isinstance(world.channel.last_message, discord.Message)
