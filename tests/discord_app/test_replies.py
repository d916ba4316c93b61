from __future__ import annotations

from bot.domain.note import NoteKind, NoteState
from bot.domain.policy import Mode
from tests.discord_app.world import CLAIM, World, buttons, words


async def test_a_claim_gets_a_note_after_the_short_wait(world: World) -> None:
    """In mode auto a repeated claim is answered by a reply with correction, source, label and button."""
    world.auto()
    post = await world.member.send(world.channel, CLAIM)
    assert not world.bot_messages()

    await world.settle()

    [note] = world.bot_messages()
    assert note.reference is not None
    assert note.reference.message_id == post.id
    assert note.flags.components_v2
    assert "The moon is made of rock." in words(note)
    assert "The Lunar Society: [An Atlas of the Moon](<https://moon.example/atlas>) (17 May 2020)" in words(note)
    assert "Matched automatically" in words(note)
    assert buttons(note)[0] == "footnote:why:1"
    assert world.notes[0].message_id == note.id


async def test_by_default_nothing_is_posted(world: World) -> None:
    """A server that set nothing gets an item in the queue and no message."""
    await world.member.send(world.channel, CLAIM)
    await world.settle()

    assert not world.bot_messages()
    assert not world.notes
    [item] = world.items
    assert item.new.post_text == CLAIM


async def test_chat_that_matches_nothing_leaves_no_trace(world: World) -> None:
    """A post that repeats no claim is not written anywhere."""
    world.auto()
    await world.member.send(world.channel, "What a fine day for the moon.")
    await world.settle()

    assert not world.bot_messages()
    assert not world.notes
    assert not world.items


async def test_a_denial_is_left_alone(world: World) -> None:
    """Who says that a claim is false needs no note."""
    world.auto()
    await world.member.send(world.channel, "It is false that the moon is a big cheese.")
    await world.settle()

    assert not world.bot_messages()


async def test_a_repetition_gets_a_quiet_link(world: World) -> None:
    """The second post of a claim in a channel gets one silent line that leads to the first note."""
    world.auto()
    await world.member.send(world.channel, CLAIM)
    await world.settle()
    await world.moderator.send(world.channel, CLAIM)
    await world.settle()

    note, link = world.bot_messages()
    assert [n.new.kind for n in world.notes] == [NoteKind.NOTE, NoteKind.LINK]
    assert words(link) == f"-# Context on this was given [above]({note.jump_url})."
    assert link.flags.silent
    assert not note.flags.silent
    assert buttons(link) == ["footnote:why:2"]


async def test_a_link_to_a_note_that_is_gone_becomes_the_note(world: World) -> None:
    """Where the first post was deleted in the meantime, the second one gets the note itself."""
    world.auto()
    first = await world.member.send(world.channel, CLAIM)
    await world.settle()
    await world.moderator.send(world.channel, CLAIM)
    await world.member.delete(first)
    await world.settle()

    [note] = world.bot_messages()
    assert "The moon is made of rock." in words(note)
    assert world.states() == [NoteState.RETRACTED, NoteState.POSTED]


async def test_a_link_waits_for_the_note_that_it_links_to(world: World) -> None:
    """While the first note is being tried again, the link to it is put off."""
    world.auto()
    world.env.inject_error("POST", "/channels/*/messages", status=500)
    await world.member.send(world.channel, CLAIM)
    await world.moderator.send(world.channel, CLAIM)
    await world.settle()
    assert not world.bot_messages()
    await world.env.advance_time(60)

    note, link = world.bot_messages()
    assert note.jump_url in words(link)


async def test_notes_of_shadow_mode_do_not_silence_auto_mode(world: World) -> None:
    """A note that was recorded and never seen is nothing to link to: the next post gets a full note."""
    world.set_policy(mode=Mode.SHADOW)
    await world.member.send(world.channel, CLAIM)
    await world.settle()
    world.auto()
    await world.member.send(world.channel, CLAIM)
    await world.settle()

    [note] = world.bot_messages()
    assert "The moon is made of rock." in words(note)


async def test_two_copies_of_one_event_make_one_note(world: World) -> None:
    """Discord may deliver an event twice."""
    world.auto()
    post = await world.member.send(world.channel, CLAIM)
    await world.emit("MESSAGE_CREATE", world.payload(post))
    await world.settle()

    assert len(world.bot_messages()) == 1


async def test_a_post_in_a_thread_is_answered_there(world: World) -> None:
    """A thread counts as its channel where channels are watched, and gets the note itself."""
    world.auto()
    thread = await world.thread(world.channel)
    world.set_policy(watched_channels=frozenset({world.channel.id}))
    await world.member.send(thread, CLAIM)
    await world.settle()

    assert len(world.bot_messages(thread)) == 1
    assert not world.bot_messages()


async def test_a_post_in_a_forum_is_answered_there(world: World) -> None:
    """A forum's posts are threads."""
    world.auto()
    forum = world.guild.create_forum_channel("ideas")
    thread = await world.thread(forum)
    await world.member.send(thread, CLAIM)
    await world.settle()

    assert len(world.bot_messages(thread)) == 1


async def test_threads_of_an_ignored_channel_are_ignored(world: World) -> None:
    """Ignoring a channel covers its threads."""
    world.auto()
    world.set_policy(ignored_channels=frozenset({world.channel.id}))
    thread = await world.thread(world.channel)
    await world.member.send(thread, CLAIM)
    await world.settle()

    assert not world.bot_messages(thread)


async def test_posts_of_an_ignored_role_are_ignored(world: World) -> None:
    """Members with an ignored role are left alone."""
    world.auto()
    world.set_policy(ignored_roles=frozenset({world.guild.roles["Moderators"].id}))
    await world.moderator.send(world.channel, CLAIM)
    await world.settle()

    assert not world.bot_messages()


async def test_an_archived_thread_that_is_not_cached_still_counts_as_its_channel(world: World) -> None:
    """Where the library doesn't know a thread, its channel is asked for."""
    world.auto()
    thread = await world.thread(world.channel)
    world.set_policy(ignored_channels=frozenset({world.channel.id}))
    guild = world.env.bot.get_guild(world.guild.id)
    assert guild is not None
    guild._threads.clear()
    await world.member.send(thread, CLAIM)
    await world.settle()

    assert not world.bot_messages(thread)
