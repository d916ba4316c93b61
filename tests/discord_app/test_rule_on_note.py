from __future__ import annotations

import discord
import pytest
import simcord

from bot.domain.audit import Act
from bot.domain.note import NoteState
from bot.domain.review import Ruling
from tests.discord_app.world import CLAIM, World, buttons, words


class TestRuleOnThisNote:
    async def _offered(self, world: World, message: discord.Message) -> simcord.ResponseMessage:
        channel = simcord.ChannelHandle(world.env, world.guild, world.env.backend.get_channel(message.channel.id))
        result = await world.moderator.context_menu(channel, "Rule on this note", message)
        assert result.ephemeral
        assert result.response is not None
        return result.response

    async def _note(self, world: World, channel: simcord.ChannelHandle | None = None) -> discord.Message:
        world.auto()
        await world.member.send(channel or world.channel, CLAIM)
        await world.settle()
        [note] = world.bot_messages(channel)
        return note

    @pytest.mark.parametrize("restarted", [False, True])
    async def test_a_wrong_note_is_taken_down_and_comes_back(self, world: World, *, restarted: bool) -> None:
        """With one click each."""
        card = await self._offered(world, await self._note(world))
        assert "**Claim**\nThe moon is made of cheese." in words(card)
        assert buttons(card) == [f"footnote:judge:1:{ruling}" for ruling in ("right", "wrong", "noclaim")]
        if restarted:
            await world.restart()
        await world.moderator.click(card, label="Wrong match")
        await world.settle()
        assert words(card) == "Note 1: Noted as wrong match; the note is taken down."
        assert not world.bot_messages()
        [event] = [one for one in world.memory.audit.events if one.new.act is Act.WRONG_MATCH]
        assert event.new.automatic

        await world.moderator.click(card, label="Undo")
        await world.settle()
        assert len(world.bot_messages()) == 1

    async def test_a_right_note_stays(self, world: World) -> None:
        """In a thread, too; asked again, the menu says what was ruled."""
        note = await self._note(world, await world.thread(world.channel))
        card = await self._offered(world, note)
        await world.moderator.click(card, label="Right")
        assert words(card) == "Note 1: Noted as right."

        assert words(await self._offered(world, note)) == "This note was ruled on already: approve."
        assert world.states() == [NoteState.POSTED]

    async def test_other_messages_are_no_notes(self, world: World) -> None:
        """A member's, and one of Footnote's own that is none."""
        mine = await world.post(discord.ui.LayoutView().add_item(discord.ui.TextDisplay("hello")))
        for message in (await world.member.send(world.channel, "hello"), mine):
            assert words(await self._offered(world, message)).startswith("This is no note of Footnote's")

    async def test_an_approved_note_has_nothing_to_rule_on(self, world: World) -> None:
        """A moderator looked at it before."""
        await world.member.send(world.channel, CLAIM)
        await world.client.services.rulings.rule(
            1, guild_id=world.guild.id, ruling=Ruling.APPROVE, by=world.moderator.id
        )
        await world.settle()

        [note] = world.bot_messages()
        assert words(await self._offered(world, note)).startswith("A moderator approved this note")

    async def test_a_note_that_was_deleted_meanwhile_can_be_ruled_on(self, world: World) -> None:
        """What it was about is still known."""
        note = await self._note(world)
        card = await self._offered(world, note)
        await world.moderator.delete(note)
        await world.moderator.click(card, label="Wrong match")
        await world.settle()

        assert words(card).startswith("Note 1: Noted as wrong match")
        assert world.states() == [NoteState.RETRACTED]

    async def test_members_are_refused(self, world: World) -> None:
        """Discord hides the menu; the code asks all the same."""
        note = await self._note(world)
        command = world.env.backend.commands[None]["Rule on this note", 3]
        world.guild.set_command_permissions(int(command["id"]), {world.member: True})
        result = await world.member.context_menu(world.channel, "Rule on this note", note)

        assert words(result.response).startswith("This is for the server's moderators")
