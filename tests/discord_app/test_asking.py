from __future__ import annotations

import discord
import pytest
import simcord
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.layouts import text_layout
from bot.discord_app.members.asking import claim_of, quote
from bot.discord_app.text import unquoted
from bot.domain.member import EVERYWHERE, Mark
from bot.domain.post import Post
from bot.domain.request import REQUEST_LIMIT, Answer
from bot.services.requests import ALLOWED, MOST_UNANSWERED
from tests.discord_app.world import CLAIM, World, buttons, words

TEXT = "Is *the* moon hollow, @everyone? See https://moon.example/a_b [x](y) \\o/ 1. #2"
PASSED_ON = "Passed on to the moderators, without your name."
HOSTILE = "[*_~`|]()<>#@ http://x.example "


def _asked(world: World) -> list[tuple[str, int]]:
    return [(one.text, one.asked) for one in world.memory.requests.by_id.values()]


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


@given(st.text(max_size=2 * REQUEST_LIMIT))
def test_what_is_quoted_is_read_again(text: str) -> None:
    """Letter by letter, whatever stands in it."""
    claim = claim_of(Post(text))
    assert len(claim) <= REQUEST_LIMIT
    assert unquoted(quote(claim)) == claim


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
        assert str(world.member.id) not in repr(world.memory.requests)

    async def test_a_double_click_asks_once(self, world: World) -> None:
        """And so does the same request again."""
        answer = await _checked(world)
        first = world.env.backend.get_message(world.channel.id, answer.id).components
        await _ask(world, answer)
        world.env.backend.get_message(world.channel.id, answer.id).components = first
        await _ask(world, answer)

        assert words(answer).startswith("You asked for this already; it waits for the moderators.")
        assert _asked(world) == [(TEXT, 1)]

    async def test_a_text_that_is_answered_has_no_button(self, world: World) -> None:
        """A note, a doubt: there is a fact."""
        assert not buttons(await _checked(world, CLAIM))
        world.set_policy(threshold=0.99)
        assert not buttons(await _checked(world, CLAIM))

    @pytest.mark.parametrize("text", ["word " * 800, HOSTILE * 120, "x" * 4000])
    async def test_the_longest_text_fits(self, world: World, text: str) -> None:
        """It is shortened to what a request holds, and only that is passed on."""
        answer = await _checked(world, text[:4000])
        assert len(words(answer)) <= 4000
        await _ask(world, answer)

        [(asked, _)] = _asked(world)
        assert REQUEST_LIMIT // 2 < len(asked) <= REQUEST_LIMIT
        assert asked.endswith("…")

    async def test_a_member_has_five_an_hour(self, world: World) -> None:
        """The sixth is refused, and may be pressed again later."""
        for number in range(ALLOWED):
            await _ask(world, await _checked(world, f"Request {number}?"))
        answer = await _checked(world, "One more?")
        assert await _ask(world, answer) == ["That was 5 requests within an hour. Please try again later."]
        assert buttons(answer) == ["footnote:ask:0"]
        await world.env.advance_time(3601)
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


NOT_THIS = "Not this \N{EN DASH} ask anyway"


async def _request(world: World, text: str) -> simcord.ResponseMessage:
    result = await world.member.slash(world.channel, "request ask", text=text)
    assert result.ephemeral
    assert result.response is not None
    return result.response


async def _ask_about(world: World, post: discord.Message) -> simcord.ResponseMessage:
    result = await world.member.context_menu(world.channel, "Ask for a fact-check", post)
    assert result.ephemeral
    assert result.response is not None
    return result.response


class TestRequest:
    async def test_a_claim_is_passed_on(self, world: World) -> None:
        """It says what is stored; nothing is posted, and nobody gets a message."""
        answer = await _request(world, TEXT)
        assert words(answer).startswith(PASSED_ON)
        assert "in place of your name a keyed pseudonym" in words(answer)
        assert _asked(world) == [(TEXT, 1)]
        assert not world.sent

    async def test_a_message_is_passed_on(self, world: World) -> None:
        """Its words as they are now; nothing of its author."""
        post = await world.moderator.send(world.channel, "The moon\nis hollow.")
        answer = await _ask_about(world, post)
        assert words(answer).startswith(PASSED_ON)
        assert _asked(world) == [("The moon is hollow.", 1)]
        stored = repr(world.memory.requests)
        assert not [i for i in (world.moderator.id, post.id, world.member.id) if str(i) in stored]
        assert world.stage.pseudonyms.of(world.moderator.id) not in stored

    async def test_the_same_claim_joins_others(self, world: World) -> None:
        """The member sees whose words stand for it, and is counted."""
        await _request(world, "The moon is hollow.")
        result = await world.moderator.slash(world.channel, "request ask", text="They say the moon is hollow.")
        assert words(result.response).startswith("Others asked for this too")
        assert "> The moon is hollow" in words(result.response)
        assert _asked(world) == [("The moon is hollow.", 2)]

    @pytest.mark.parametrize("threshold", [0.9, 0.99])
    @pytest.mark.parametrize("restarted", [False, True])
    async def test_a_fact_that_answers_is_shown_instead(
        self, world: World, threshold: float, *, restarted: bool
    ) -> None:
        """Sure or not, nothing is stored; whoever means something else presses on."""
        world.set_policy(threshold=threshold)
        answer = await _request(world, CLAIM)
        assert "The moon is made of rock." in words(answer)
        assert not _asked(world)
        if restarted:
            await world.restart()
        await world.member.click(answer, label=NOT_THIS)
        assert words(answer).startswith(PASSED_ON)
        assert _asked(world) == [(CLAIM, 1)]

    async def test_an_edited_message_is_not_asked_about_anyway(self, world: World) -> None:
        """The words under the note are no longer what it says."""
        post = await world.moderator.send(world.channel, CLAIM)
        answer = await _ask_about(world, post)
        await world.moderator.edit(post, "My secret.")
        result = await world.member.click(answer, label=NOT_THIS)
        assert words(result.followups[0]).startswith("The message says something else now")
        assert not _asked(world)

    async def test_whoever_opted_out_is_left_alone(self, world: World) -> None:
        """By the menu, and where they did so between a check and the click."""
        post = await world.moderator.send(world.channel, "The moon is hollow.")
        checked = await _menu(world, post, world.channel)
        author = world.stage.pseudonyms.of(world.moderator.id)
        await world.memory.members.mark(Mark.OPTED_OUT, author, guild_id=EVERYWHERE, at=world.env.now())
        assert words(await _ask_about(world, post)).startswith("The author of this message asked Footnote")
        [said] = await _ask(world, checked)
        assert said.startswith("The author of this message asked Footnote")
        assert not _asked(world)

    async def test_footnotes_own_messages_are_refused(self, world: World) -> None:
        """By the menu, and a check offers no way to ask."""
        own = await world.post(text_layout("Here."))
        assert words(await _ask_about(world, own)).startswith("This message is Footnote's own")
        assert not buttons(await _menu(world, own, world.channel))

    async def test_a_message_without_words_is_refused(self, world: World) -> None:
        """There is nothing to ask."""
        post = await world.moderator.send(world.channel, attachments=[("a.png", b"x")])
        assert words(await _ask_about(world, post)).startswith("There are no words in this")
        assert words(await _request(world, " ")).startswith("There are no words in this")

    async def test_limits_hold_across_a_restart(self, world: World) -> None:
        """And end with the hour."""
        for number in range(ALLOWED):
            await _request(world, f"Request {number}?")
        await world.restart()
        assert (
            words(await _request(world, "One more?")) == "That was 5 requests within an hour. Please try again later."
        )
        await world.env.advance_time(3601)
        assert words(await _request(world, "One more?")).startswith(PASSED_ON)

    async def test_twenty_unanswered_are_enough(self, world: World) -> None:
        """Until one is answered."""
        member = world.stage.pseudonyms.of(world.member.id)
        for number in range(MOST_UNANSWERED):
            await world.memory.requests.ask(world.guild.id, f"{number}?", member=member, at=world.env.now())
        await world.env.advance_time(3601)
        assert words(await _request(world, "One more?")).startswith("20 of your requests wait")
        await world.memory.requests.answer(1, Answer.NOT_NEEDED, by=5, at=world.env.now())
        assert words(await _request(world, "One more?")).startswith(PASSED_ON)

    async def test_what_is_answered_is_said_at_once(self, world: World) -> None:
        """With the fact's note."""
        await _request(world, "Is it flat?")
        await world.memory.requests.answer(1, Answer.FACT, by=5, at=world.env.now(), slug="moon-cheese")
        result = await world.moderator.slash(world.channel, "request ask", text="is it FLAT?")
        assert words(result.response).startswith("The moderators have answered this already.")
        assert "The moon is made of rock." in words(result.response)

    @pytest.mark.parametrize("text", [f"{CLAIM} {HOSTILE * 120}", "x" * 4000])
    async def test_the_longest_message_fits(self, world: World, text: str) -> None:
        """With a note above it, too."""
        world.set_policy(threshold=0.99)
        post = await world.moderator.send(world.channel, text[:2000])
        assert len(words(await _ask_about(world, post))) <= 4000


async def test_words_of_a_hidden_channel_stay_there(world: World) -> None:
    """Others who ask for the same would read them; the member can put the claim in their own words."""
    hidden = world.private_channel("staff")
    post = await world.moderator.send(hidden, "The moon is hollow.")
    result = await world.moderator.context_menu(hidden, "Ask for a fact-check", post)
    assert words(result.response).startswith("This message stands in a channel that not everybody sees")
    checked = await world.moderator.context_menu(hidden, "Check this message", post)
    assert checked.response is not None
    pressed = await world.moderator.click(checked.response, label="Ask the moderators")
    assert words(pressed.followups[0]).startswith("This message stands in a channel that not everybody sees")
    assert _asked(world) == []
