from __future__ import annotations

from typing import Any

import discord
import pytest
import simcord
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.questions import question_of, quote
from bot.discord_app.text import unquoted
from bot.domain.post import Post
from bot.services.questions import ALLOWED, QUESTION_LIMIT
from tests.discord_app.world import CLAIM, World, buttons, words

TEXT = "Is *the* moon hollow, @everyone? See https://moon.example/a_b [x](y) \\o/ 1. #2"
PASSED_ON = "Passed on to the moderators, without your name."
HOSTILE = "[*_~`|]()<>#@ http://x.example "


def _asked(world: World) -> list[tuple[str, int]]:
    return [(one.text, one.asked) for one in world.memory.questions.by_id.values()]


async def _checked(world: World, text: str = TEXT, who: simcord.MemberActor | None = None) -> simcord.ResponseMessage:
    result = await (who or world.member).slash(world.channel, "check", text=text)
    assert result.ephemeral
    assert result.response is not None
    return result.response


async def _menu(world: World, post: discord.Message, channel: simcord.ChannelHandle) -> simcord.ResponseMessage:
    result = await world.member.context_menu(channel, "Check this message", post)
    assert result.response is not None
    return result.response


async def _ask(world: World, answer: simcord.ResponseMessage) -> list[str]:
    """Press the button, and return what is said besides."""
    result = await world.member.click(answer, label="Ask the moderators")
    return [words(one) for one in result.followups]


@given(st.text(max_size=2 * QUESTION_LIMIT))
def test_what_is_quoted_is_read_again(text: str) -> None:
    """Letter by letter, whatever stands in it."""
    question = question_of(Post(text))
    assert len(question) <= QUESTION_LIMIT
    assert unquoted(quote(question)) == question


class TestAsk:
    @pytest.mark.parametrize("restarted", [False, True])
    async def test_the_words_are_passed_on_without_a_name(self, world: World, *, restarted: bool) -> None:
        """What is passed on is what the answer quotes; before, it says what the button does."""
        answer = await _checked(world)
        shown = words(answer)
        assert "nothing was posted or stored. Pressing the button passes these words on to the moderators" in shown
        assert "@everyone" not in shown
        assert not _asked(world)
        if restarted:
            await world.restart()
        assert not await _ask(world, answer)

        assert _asked(world) == [(TEXT, 1)]
        assert words(answer).startswith(PASSED_ON)
        assert not buttons(answer)
        assert str(world.member.id) not in repr(world.memory.questions)

    async def test_a_double_click_asks_once(self, world: World) -> None:
        """And so does the same question again."""
        answer = await _checked(world)
        first = world.env.backend.get_message(world.channel.id, answer.id).components
        await _ask(world, answer)
        world.env.backend.get_message(world.channel.id, answer.id).components = first
        await _ask(world, answer)

        assert words(answer).startswith("These words were passed on already.")
        assert _asked(world) == [(TEXT, 1)]

    async def test_a_text_that_is_answered_has_no_button(self, world: World) -> None:
        """A note, a doubt: there is a fact."""
        assert not buttons(await _checked(world, CLAIM))
        world.set_policy(threshold=0.99)
        assert not buttons(await _checked(world, CLAIM))

    @pytest.mark.parametrize("text", ["word " * 800, HOSTILE * 120, "x" * 4000])
    async def test_the_longest_text_fits(self, world: World, text: str) -> None:
        """It is shortened to what a question holds, and only that is passed on."""
        answer = await _checked(world, text[:4000])
        assert len(words(answer)) <= 4000
        await _ask(world, answer)

        [(asked, _)] = _asked(world)
        assert QUESTION_LIMIT // 2 < len(asked) <= QUESTION_LIMIT
        assert asked.endswith("…")

    async def test_a_member_has_five_an_hour(self, world: World) -> None:
        """The sixth is refused, and may be pressed again later."""
        for number in range(ALLOWED):
            await _ask(world, await _checked(world, f"Question {number}?"))
        answer = await _checked(world, "One more?")
        assert await _ask(world, answer) == ["That was 5 questions within an hour. Please try again later."]
        assert buttons(answer) == ["footnote:ask:0"]
        await world.env.advance_time(3600)
        await _ask(world, answer)

        assert ("One more?", 1) in _asked(world)

    async def test_a_fault_is_apologised_for(self, world: World) -> None:
        """Nothing is claimed to be passed on."""
        answer = await _checked(world)
        world.store.fail_next.append(OSError("disk"))
        [said] = await _ask(world, answer)
        assert "something went wrong" in said
        await _ask(world, answer)

        assert _asked(world) == [(TEXT, 1)]

    async def test_a_message_is_passed_on_while_it_stands(self, world: World) -> None:
        """In a thread, too, and after a restart."""
        thread = await world.thread(world.channel)
        post = await world.moderator.send(thread, "The moon\nis hollow.")
        answer = await _menu(world, post, thread)
        assert buttons(answer) == [f"footnote:ask:{post.id}"]
        await world.restart()
        await _ask(world, answer)

        assert _asked(world) == [("The moon is hollow.", 1)]

    async def test_a_deleted_message_is_not_passed_on(self, world: World) -> None:
        """Who deleted it wants it forgotten."""
        post = await world.moderator.send(world.channel, "The moon is hollow.")
        answer = await _menu(world, post, world.channel)
        await world.moderator.delete(post)

        [said] = await _ask(world, answer)
        assert said.startswith("The message is gone")
        assert not _asked(world)

    async def test_an_edited_message_is_not_passed_on(self, world: World) -> None:
        """The member agreed to other words."""
        post = await world.moderator.send(world.channel, "The moon is hollow.")
        answer = await _menu(world, post, world.channel)
        await world.moderator.edit(post, "My secret.")

        [said] = await _ask(world, answer)
        assert said.startswith("The message says something else now")
        assert not _asked(world)

    async def test_a_message_without_words_has_no_button(self, world: World) -> None:
        """There is nothing to ask."""
        post = await world.moderator.send(world.channel, attachments=[("a.png", b"x")])
        answer = await _menu(world, post, world.channel)

        assert not buttons(answer)
        assert words(answer).endswith("Only you see this; nothing was posted or stored.")


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
        await _ask(world, await _checked(world))
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
