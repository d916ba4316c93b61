"""Requests, as members make them and moderators answer them."""

from __future__ import annotations

import discord
import pytest
import simcord

from bot.domain.request import REQUEST_LIMIT, Answer
from tests.discord_app.world import CLAIM, World, buttons, words

HOSTILE = "[*_~`|]()<>#@ http://x.example "
CLAIMED = "The moon is hollow."


def asked(world: World) -> list[tuple[str, int]]:
    """Return what is stored, with the number of members."""
    return [(one.text, one.asked) for one in world.memory.requests.by_id.values()]


async def ask(world: World, text: str = CLAIMED, who: simcord.MemberActor | None = None) -> simcord.ResponseMessage:
    """Ask by the command."""
    result = await (who or world.member).slash(world.channel, "request ask", text=text)
    assert result.ephemeral
    assert result.response is not None
    return result.response


async def ask_menu(world: World, post: discord.Message) -> simcord.ResponseMessage:
    """Ask by the menu of a message."""
    result = await world.member.context_menu(world.channel, "Ask for a fact-check", post)
    assert result.ephemeral
    assert result.response is not None
    return result.response


async def listed(world: World) -> simcord.ResponseMessage:
    """List the requests as a moderator."""
    result = await world.moderator.slash(world.channel, "requests")
    assert result.ephemeral
    assert result.response is not None
    return result.response


class TestMembers:
    async def test_a_claim_is_passed_on_without_a_name(self, world: World) -> None:
        """A pseudonym is stored in its place."""
        assert words(await ask(world)).startswith("Passed on to the moderators, without your name.")
        assert asked(world) == [(CLAIMED, 1)]
        assert str(world.member.id) not in repr(world.memory.requests)
        [(_, member)] = world.memory.requests.asked_by
        assert member == world.stage.pseudonyms.of(world.member.id)

    async def test_a_message_is_passed_on_from_its_menu(self, world: World) -> None:
        """What it says, and nothing of its author."""
        post = await world.moderator.send(world.channel, CLAIMED)
        await ask_menu(world, post)
        assert asked(world) == [(CLAIMED, 1)]
        stored = repr(world.memory.requests)
        assert str(world.moderator.id) not in stored
        assert world.stage.pseudonyms.of(world.moderator.id) not in stored

    async def test_where_a_fact_answers_the_note_is_shown(self, world: World) -> None:
        """And nothing is stored, unless the member insists, after a restart, too."""
        answer = await ask(world, CLAIM)
        assert "The moon is made of rock." in words(answer)
        assert asked(world) == []
        await world.restart()
        await world.member.click(answer, label="Not this – ask anyway")
        assert asked(world) == [(CLAIM, 1)]

    async def test_others_who_ask_the_same_are_counted(self, world: World) -> None:
        """In other words, too, and the member is told."""
        await ask(world, who=world.moderator)
        told = words(await ask(world, "Somebody said the moon is hollow. Hm"))
        assert told.startswith("Others asked for this too")
        assert asked(world) == [(CLAIMED, 2)]

    async def test_footnotes_own_message_is_refused(self, world: World) -> None:
        """It has its reasons under it."""
        world.auto()
        await world.member.send(world.channel, CLAIM)
        await world.settle()
        assert words(await ask_menu(world, world.bot_messages()[0])).startswith("This message is Footnote's own")
        assert asked(world) == []

    async def test_a_message_of_somebody_who_opted_out_is_refused(self, world: World) -> None:
        """In a sentence."""
        post = await world.moderator.send(world.channel, CLAIMED)
        await world.client.services.privacy.opt_out(world.moderator.id)
        assert words(await ask_menu(world, post)).startswith("The author of this message asked Footnote")
        assert asked(world) == []

    async def test_a_message_without_words_is_refused(self, world: World) -> None:
        """There is nothing to check."""
        post = await world.moderator.send(world.channel, attachments=[("a.png", b"x")])
        assert words(await ask_menu(world, post)).startswith("There are no words in this")

    async def test_the_sixth_within_an_hour_is_refused(self, world: World) -> None:
        """Across a restart; an hour later it is taken."""
        for number in range(5):
            await ask(world, f"Number {number} is {number}{number}{number}.")
        await world.restart()
        assert words(await ask(world)).startswith("That was 5 requests within an hour.")
        await world.env.advance_time(3601)
        await ask(world)
        assert (CLAIMED, 1) in asked(world)

    @pytest.mark.parametrize("restarted", [False, True])
    async def test_a_member_sees_their_own_and_takes_one_back(self, world: World, *, restarted: bool) -> None:
        """With what came of each."""
        await ask(world, "Mars is hollow.")
        await ask(world)
        await world.memory.requests.answer(1, Answer.FACT, by=9, at=world.env.now(), slug="moon-cheese")
        result = await world.member.slash(world.channel, "request mine")
        assert result.response is not None
        shown = words(result.response)
        assert "Mars is hollow. · answered by a fact" in shown
        assert "The moon is hollow. · waits" in shown
        if restarted:
            await world.restart()
        await world.member.select(result.response, values=["2"])
        await world.member.click(result.response, label="Take it back")
        assert "Taken back" in words(result.response)
        assert asked(world) == [("Mars is hollow.", 1)]
        await world.member.select(result.response, values=["1"])
        assert "The moon is made of rock." in words(result.response)

    async def test_others_requests_are_not_shown(self, world: World) -> None:
        """Each sees their own."""
        await ask(world, who=world.moderator)
        result = await world.member.slash(world.channel, "request mine")
        assert words(result.response).startswith("**You asked for nothing**")


class TestModerators:
    async def test_the_most_asked_come_first_without_names(self, world: World) -> None:
        """Letter by letter, with the number of members."""
        await ask(world, "Is *the* sun hollow, @everyone")
        await ask(world)
        await ask(world, who=world.moderator)
        lines = words(await listed(world)).splitlines()
        assert lines[2].startswith("- The moon is hollow. (asked by 2 members, ")
        assert lines[3].startswith("- Is \\*the\\* sun hollow, @\u200beveryone (asked by 1 member")

    @pytest.mark.parametrize("restarted", [False, True])
    async def test_a_request_is_answered_with_a_fact(self, world: World, *, restarted: bool) -> None:
        """One of those nearest to its words."""
        await ask(world, "moon")
        card = await listed(world)
        await world.moderator.select(card, values=["1"])
        if restarted:
            await world.restart()
        await world.moderator.click(card, label="Answer with a fact")
        await world.moderator.select(card, values=["moon-cheese"], custom_id="footnote:request-fact:1")
        assert "Answered" in words(card)
        assert world.memory.requests.by_id[1].slug == "moon-cheese"
        await world.moderator.click(card, label="Reopen")
        assert "It waits again." in words(card)

    async def test_no_fact_check_may_be_needed(self, world: World) -> None:
        """Of two moderators one wins, and a removed request is gone."""
        await ask(world)
        first, second = await listed(world), await listed(world)
        for card in (first, second):
            await world.moderator.select(card, values=["1"])
        await world.moderator.click(first, label="No fact-check needed")
        await world.moderator.click(second, label="No fact-check needed")
        assert "Somebody was first" in words(second)
        await world.moderator.click(second, label="Remove")
        assert asked(world) == []

    async def test_a_new_fact_begins_with_the_words(self, world: World) -> None:
        """In the editor's form."""
        await ask(world)
        card = await listed(world)
        await world.moderator.select(card, values=["1"])
        opened = await world.moderator.click(card, label="New fact")
        assert CLAIMED in repr(opened.modal)

    async def test_what_waits_is_exported(self, world: World) -> None:
        """As a file."""
        await ask(world)
        result = await world.moderator.click(await listed(world), label="Export")
        assert result.response is not None
        [file] = result.response.message.attachments
        assert "The moon is hollow.,1," in (await file.read()).decode()

    @pytest.mark.parametrize("count", [1, 25, 40])
    async def test_the_longest_list_fits(self, world: World, count: int) -> None:
        """At most as many as a select holds; the rest is said to be there."""
        for number in range(count):
            text = f"{number} {HOSTILE * 20}"[:REQUEST_LIMIT]
            await world.memory.requests.ask(world.guild.id, text, member="m", at=world.env.now())
        shown = words(await listed(world))
        assert len(shown) <= 4000
        assert ("There are more" in shown) is (count > 25)

    async def test_an_empty_list_says_so(self, world: World) -> None:
        """And what was answered is a button away."""
        card = await listed(world)
        assert words(card).startswith("**No request waits**")
        assert buttons(card) == ["footnote:requests:answered"]

    async def test_members_are_refused(self, world: World) -> None:
        """The command, and the controls once the permission is lost."""
        await ask(world)
        world.open_to_member("requests")
        result = await world.member.slash(world.channel, "requests")
        assert words(result.response).startswith("This is for the server's moderators")
        card = await listed(world)
        await world.moderator.select(card, values=["1"])
        world.env.backend.edit_role(world.guild.id, world.guild.roles["Moderators"].id, {"permissions": 0})
        await world.moderator.click(card, label="Remove")
        assert asked(world) == [(CLAIMED, 1)]
