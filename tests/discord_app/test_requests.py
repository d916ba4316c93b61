from __future__ import annotations

from typing import Any

import discord
import pytest
import simcord

from bot.services.questions import QUESTION_LIMIT
from tests.discord_app.world import World, buttons, words

HOSTILE = "[*_~`|]()<>#@ http://x.example "


def _asked(world: World) -> list[tuple[str, int]]:
    return [(one.text, one.asked) for one in world.memory.questions.by_id.values()]


class TestList:
    async def _list(self, world: World) -> simcord.ResponseMessage:
        result = await world.moderator.slash(world.channel, "questions")
        assert result.ephemeral
        assert result.response is not None
        return result.response

    async def _remove(self, world: World, card: simcord.ResponseMessage, *values: int) -> None:
        await world.moderator.select(card, [str(value) for value in values], custom_id="footnote:questions")

    def _options(self, card: simcord.ResponseMessage) -> list[dict[str, Any]]:
        view = discord.ui.LayoutView.from_message(card.message, timeout=None)
        [select] = [part for part in view.walk_children() if isinstance(part, discord.ui.Select)]
        return [one.to_dict() for one in select.options]  # type: ignore[misc]

    async def test_questions_are_listed_most_asked_first(self, world: World) -> None:
        """Letter by letter, with how often and when, and by nobody."""
        await world.memory.questions.ask(world.guild.id, "Is *the* moon hollow, @everyone?", at=world.env.now())
        for _ in range(2):
            await world.memory.questions.ask(world.guild.id, "Is it flat?", at=world.env.now())
        card = await self._list(world)

        now = int(world.env.now().timestamp())
        lines = words(card).splitlines()
        assert lines[2] == f"- Is it flat? (asked 2 times, <t:{now}:R>)"
        assert lines[3].startswith("- Is \\*the\\* moon hollow, @\u200beveryone?")
        assert [one["value"] for one in self._options(card)] == ["2", "1"]

    @pytest.mark.parametrize("restarted", [False, True])
    async def test_questions_are_removed(self, world: World, *, restarted: bool) -> None:
        """Some at once; what is left is shown."""
        for number in range(3):
            await world.memory.questions.ask(world.guild.id, f"Question {number}?", at=world.env.now())
        card = await self._list(world)
        if restarted:
            await world.restart()
        await self._remove(world, card, 1, 3)

        assert words(card).startswith("-# Removed 2.")
        assert _asked(world) == [("Question 1?", 1)]
        await self._remove(world, card, 2)
        assert words(card).startswith("-# Removed 1.\n**No question waits**")

    async def test_of_two_moderators_one_removes(self, world: World) -> None:
        """The other one is told."""
        await world.memory.questions.ask(world.guild.id, "Question?", at=world.env.now())
        first, second = await self._list(world), await self._list(world)
        await self._remove(world, first, 1)
        await self._remove(world, second, 1)

        assert words(second).startswith("-# Somebody was first: that was removed already.")

    async def test_an_empty_list_says_where_questions_come_from(self, world: World) -> None:
        """And offers nothing to remove."""
        card = await self._list(world)
        assert words(card).startswith("**No question waits**")
        assert not buttons(card)

    @pytest.mark.parametrize("count", [1, 25, 40])
    async def test_the_longest_list_fits(self, world: World, count: int) -> None:
        """At most as many as a select holds; the rest is said to be there."""
        for number in range(count):
            text = f"{number} {HOSTILE * 20}"[:QUESTION_LIMIT]
            await world.memory.questions.ask(world.guild.id, text, at=world.env.now())
        card = await self._list(world)

        shown = words(card)
        assert len(shown) <= 4000
        assert len(self._options(card)) == min(count, 25)
        assert ("There are more" in shown) is (count > 25)

    async def test_members_are_refused(self, world: World) -> None:
        """The command, and the select once the permission is lost."""
        await world.memory.questions.ask(world.guild.id, "Question?", at=world.env.now())
        world.open_to_member("questions")
        result = await world.member.slash(world.channel, "questions")
        assert words(result.response).startswith("This is for the server's moderators")
        card = await self._list(world)
        world.env.backend.edit_role(world.guild.id, world.guild.roles["Moderators"].id, {"permissions": 0})
        await self._remove(world, card, 1)

        assert _asked(world) == [("Question?", 1)]
