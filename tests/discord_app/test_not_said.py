"""The author of a post puts its note aside, moderators answer, and the author is told where they pressed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import discord
import pytest
import simcord

from bot.discord_app.text import MESSAGE_LIMIT
from bot.domain.appeal import APPEAL_LIMIT, AppealKind, NewAppeal, Outcome
from bot.domain.audit import Act
from bot.domain.note import NoteState
from bot.domain.review import Ruling
from tests.discord_app.world import CLAIM, World, words

PRESS = "Not what I said"


async def note_up(world: World) -> discord.Message:
    """Post the claim, and return the note's message."""
    world.auto()
    await world.member.send(world.channel, CLAIM)
    await world.settle()
    return world.bot_messages()[0]


async def press(world: World, who: simcord.MemberActor | None = None) -> simcord.ResponseMessage:
    """Press the button under the note."""
    result = await (who or world.member).click(world.bot_messages()[0], label=PRESS)
    assert result.ephemeral
    assert result.response is not None
    return result.response


class TestAuthor:
    @pytest.mark.parametrize("restarted", [False, True])
    async def test_the_note_is_put_aside_at_once(self, world: World, *, restarted: bool) -> None:
        """In a dated line, behind which it can be read; there is a receipt, and no id is stored."""
        await note_up(world)
        if restarted:
            await world.restart()
        assert words(await press(world)).endswith("press the button again to see what they decide. Receipt 1.")
        shown = words(world.bot_messages()[0])
        assert shown.startswith("-# Note put aside · 1 January 2026: the author says that this isn't what they said.")
        assert "rock" not in shown
        result = await world.moderator.click(world.bot_messages()[0], label="Show the note")
        assert "The moon is made of rock." in words(result.response)
        assert str(world.member.id) not in repr(world.memory.appeals) + repr(world.memory.audit)
        assert world.states() == [NoteState.COLLAPSED]

    async def test_a_second_press_tells_how_it_stands(self, world: World) -> None:
        """It is done once."""
        await note_up(world)
        await press(world)
        assert words(await press(world)) == "This is with the moderators since 1 January 2026. Receipt 1."
        assert len(world.memory.appeals.by_id) == 1

    async def test_it_is_for_the_author_alone(self, world: World) -> None:
        """Others can rate."""
        await note_up(world)
        assert words(await press(world, world.moderator)).startswith("This is for the author of the post.")
        assert world.states() == [NoteState.POSTED]

    async def test_a_post_through_a_proxy(self, world: World) -> None:
        """Nobody can tell whose it is."""
        await note_up(world)
        world.env.backend.get_message(world.channel.id, world.notes[0].new.source_message_id).webhook_id = 5
        assert words(await press(world)).startswith("This post came through a proxy")

    async def test_a_post_that_is_gone(self, world: World) -> None:
        """Its note goes by itself."""
        await note_up(world)
        world.env.backend.delete_message(world.channel.id, world.notes[0].new.source_message_id)
        assert words(await press(world)) == "The post is gone, or Footnote can't read it now, so nothing was done."

    async def test_discord_is_out_of_order(self, world: World) -> None:
        """Nothing is done in doubt."""
        await note_up(world)
        world.env.inject_error("GET", "/channels/*/messages/*", status=500)
        assert "nothing was done" in words(await press(world))
        assert world.states() == [NoteState.POSTED]

    async def test_a_note_that_was_taken_down(self, world: World) -> None:
        """There is nothing to put aside."""
        await note_up(world)
        world.memory.notes.by_id[1] = replace(world.memory.notes.by_id[1], state=NoteState.RETRACTED)
        assert words(await press(world)) == "This note doesn't stand any more."


class TestModerators:
    async def answer(self, world: World, card: discord.Message, label: str, sentence: str = "") -> None:
        """Decide on an appeal, with a sentence to the author."""
        result = await world.moderator.click(card, label=label)
        await world.moderator.submit_modal(result, {"answer": sentence})

    async def test_a_restored_note_says_so_and_the_author_is_told(self, world: World) -> None:
        """Where they pressed; then they may appeal in words, once."""
        queue = world.queue_channel()
        await note_up(world)
        await press(world)
        [card] = world.bot_messages(queue)
        assert words(card).startswith("**The post's author says: not what I said** · appeal 1")
        await self.answer(world, card, "Restore", "The first sentence repeats the claim.")
        shown = words(world.bot_messages()[0])
        assert "The moon is made of rock." in shown
        assert "1 January 2026: moderators looked at this note and restored it." in shown
        assert f"**Restored** by <@{world.moderator.id}>" in words(world.bot_messages(queue)[0])
        told = await press(world)
        assert words(told) == (
            "Moderators looked at it and restored the note on 1 January 2026. "
            "They say: “The first sentence repeats the claim.” Receipt 1."
        )
        result = await world.member.click(told, label="Appeal")
        sent = await world.member.submit_modal(result, {"words": "I asked, I did not claim."})
        assert words(sent.response).endswith("Receipt 2.")
        card = world.bot_messages(queue)[-1]
        assert "I asked, I did not claim." in words(card)
        await self.answer(world, card, "Keep aside")
        assert world.states() == [NoteState.COLLAPSED]
        assert "put it aside" in words(world.bot_messages()[0])
        assert "the note stays aside on 1 January 2026" in words(await press(world))
        assert [one.new.text for one in world.memory.appeals.by_id.values()] == ["", ""]
        assert Act.APPEAL_ANSWERED in [event.new.act for event in world.memory.audit.events]

    async def test_an_appeal_appears_only_where_somebody_can_act(self, world: World) -> None:
        """Without a channel for the moderators there is no button, and a form that was open is refused."""
        queue = world.queue_channel()
        await note_up(world)
        await press(world)
        await self.answer(world, world.bot_messages(queue)[0], "Restore")
        told = await press(world)
        result = await world.member.click(told, label="Appeal")
        world.set_policy(queue_channel=None)
        sent = await world.member.submit_modal(result, {"words": "But no."})
        assert words(sent.response).startswith("Nobody would see an appeal in this server now")
        again = await press(world)
        assert "Appeal" not in [str(item) for item in again.message.components]
        with pytest.raises(Exception, match="Appeal"):
            await world.member.click(again, label="Appeal")

    async def test_a_wrong_note_is_taken_down_and_counts_as_wrong(self, world: World) -> None:
        """As if it were ruled a wrong match."""
        queue = world.queue_channel()
        await note_up(world)
        await press(world)
        await self.answer(world, world.bot_messages(queue)[0], "Take down")
        await world.settle()
        assert world.states() == [NoteState.RETRACTED]
        assert world.notes[0].ruling is Ruling.WRONG_MATCH
        acts = [event.new.act for event in world.memory.audit.events]
        assert acts == [Act.APPEALED, Act.WRONG_MATCH, Act.APPEAL_ANSWERED]

    async def test_of_two_moderators_one_wins(self, world: World) -> None:
        """The other is told."""
        queue = world.queue_channel()
        await note_up(world)
        await press(world)
        [card] = world.bot_messages(queue)
        first = await world.moderator.click(card, label="Restore")
        second = await world.moderator.click(card, label="Take down")
        await world.moderator.submit_modal(first, {"answer": ""})
        late = await world.moderator.submit_modal(second, {"answer": ""})
        assert words(late.response) == "Another moderator was first: restored."
        assert world.states() == [NoteState.POSTED]

    async def test_an_appeal_ends_with_its_note(self, world: World) -> None:
        """Where the post is deleted, nothing is left to decide."""
        queue = world.queue_channel()
        world.auto()
        post = await world.member.send(world.channel, CLAIM)
        await world.settle()
        await press(world)
        await world.member.delete(post)
        await world.settle()
        [appeal] = world.memory.appeals.by_id.values()
        assert (appeal.new.kind, appeal.outcome) == (AppealKind.NOT_SAID, Outcome.MOOT)
        assert "Moot" in words(world.bot_messages(queue)[0])

    async def test_appeals_are_listed_where_there_is_no_channel(self, world: World) -> None:
        """With the same buttons."""
        await note_up(world)
        await press(world)
        result = await world.moderator.slash(world.channel, "appeals")
        assert words(result.response).startswith("**1 appeal to answer**")
        assert result.response is not None
        clicked = await world.moderator.click(result.response, label="Restore")
        await world.moderator.submit_modal(clicked, {"answer": ""})
        assert world.states() == [NoteState.POSTED]
        assert words((await world.moderator.slash(world.channel, "appeals")).response) == "**No appeal waits**"

    async def test_members_are_refused(self, world: World) -> None:
        """The command, and the buttons."""
        world.open_to_member("appeals")
        result = await world.member.slash(world.channel, "appeals")
        assert words(result.response).startswith("This is for the server's moderators")

    async def test_history_tells_every_step(self, world: World) -> None:
        """To everybody who sees the channel, by the link of the note's message."""
        queue = world.queue_channel()
        message = await note_up(world)
        await press(world)
        await world.env.advance_time(timedelta(hours=1).total_seconds())
        await self.answer(world, world.bot_messages(queue)[0], "Restore")
        result = await world.moderator.slash(world.channel, "note history", note=message.jump_url)
        told = words(result.response)
        assert "to be posted (decided)" in told
        assert "put aside (not what I said)" in told
        assert told.endswith("stands (restored by moderators)")
        hidden = await world.member.slash(world.channel, "note history", note="99")
        assert words(hidden.response).startswith("There is no such note in a channel that you can see.")

    async def test_long_appeals_and_histories_fit_into_a_message(self, world: World) -> None:
        """What doesn't fit is counted."""
        message = await note_up(world)
        [note] = world.notes
        fact = world.memory.facts.by_slug["moon-cheese"]
        world.memory.facts.by_slug["moon-cheese"] = replace(fact, claim="*" * 300)
        async with world.store.transaction() as tx:
            for number in range(6):
                text = "*" * APPEAL_LIMIT
                new = NewAppeal(world.guild.id, note.id, AppealKind.WRITTEN, f"{number}", world.env.now(), text)
                await tx.appeals.add(new)
            for _ in range(40):
                moment, cause = world.env.now(), "could not be edited: " + "_" * 200
                await tx.notes.move(note.id, to=note.state, at=moment, cause=cause, only_from={note.state})
        listed = words((await world.moderator.slash(world.channel, "appeals")).response)
        assert listed.startswith("**6 appeals to answer**\n-# The oldest 3 are shown; 3 more follow.")
        told = words((await world.moderator.slash(world.channel, "note history", note=message.jump_url)).response)
        assert "earlier steps are left out." in told
        assert max(len(listed), len(told)) <= MESSAGE_LIMIT
