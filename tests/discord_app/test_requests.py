from __future__ import annotations

import csv
import io
from datetime import timedelta

import discord
import pytest
import simcord

from bot.domain.audit import Act, NewAuditEvent
from bot.domain.request import REQUEST_LIMIT, Answer, Request
from tests.builders import a_fact
from tests.discord_app.fact_world import another_moderator
from tests.discord_app.world import World, words

HOSTILE = "[*_~`|]()<>#@ http://x.example "


def _stored(world: World) -> list[Request]:
    return list(world.memory.requests.by_id.values())


async def _seed(world: World, *texts: str, members: str = "a") -> None:
    for text in texts:
        for member in members:
            await world.memory.requests.ask(world.guild.id, text, member=member, at=world.env.now())


async def _list(world: World, who: simcord.MemberActor | None = None) -> simcord.ResponseMessage:
    result = await (who or world.moderator).slash(world.channel, "requests")
    assert result.ephemeral
    assert result.response is not None
    return result.response


async def _open(world: World, request_id: int, who: simcord.MemberActor | None = None) -> simcord.ResponseMessage:
    listed = await _list(world, who)
    await (who or world.moderator).select(listed, [str(request_id)], custom_id="footnote:requests")
    return listed


def _options(card: simcord.ResponseMessage) -> list[discord.SelectOption]:
    view = discord.ui.LayoutView.from_message(card.message, timeout=None)
    return [one for part in view.walk_children() if isinstance(part, discord.ui.Select) for one in part.options]


class TestModerators:
    async def test_requests_are_ranked_by_members(self, world: World) -> None:
        """Letter by letter, with how many and when, and by nobody."""
        await _seed(world, "Is *the* moon hollow, @everyone?")
        await _seed(world, "Is it flat?", members="ab")
        card = await _list(world)

        now = int(world.env.now().timestamp())
        lines = words(card).splitlines()
        assert lines[2] == f"- Is it flat? (asked by 2 members, <t:{now}:R>)"
        assert lines[3].startswith("- Is \\*the\\* moon hollow, @\u200beveryone? (asked by 1 member")
        assert [one.value for one in _options(card)] == ["2", "1"]

    @pytest.mark.parametrize("restarted", [False, True])
    async def test_one_is_answered_with_a_fact(self, world: World, *, restarted: bool) -> None:
        """Chosen among those nearest to its words; the audit log tells of it without words or members."""
        await _seed(world, "moon")
        card = await _open(world, 1)
        assert "> moon" in words(card)
        if restarted:
            await world.restart()
        await world.moderator.click(card, label="Answer with a fact")
        assert [one.value for one in _options(card)] == ["moon-cheese"]
        if restarted:
            await world.restart()
        await world.moderator.select(card, ["moon-cheese"], custom_id="footnote:request-fact:1")

        assert words(card).startswith("-# Answered.")
        assert "with the fact: The moon is made of cheese." in words(card)
        [stored] = _stored(world)
        assert (stored.answer, stored.slug, stored.answered_by) == (Answer.FACT, "moon-cheese", world.moderator.id)
        event = world.memory.audit.events[-1].new
        assert (event.act, event.slug, event.by) == (Act.REQUEST_ANSWERED, "moon-cheese", world.moderator.id)
        shown = await world.moderator.slash(world.channel, "audit show")
        assert "answered a request (request: 1; answer: answered by a fact" in words(shown.response)

    async def test_a_fact_that_was_written_for_it_comes_first(self, world: World) -> None:
        """Whatever its words are: it is the newest since the request was asked; one from before is not."""
        fresh = [a_fact(slug=slug, claim="Another claim.", guild_id=world.guild.id) for slug in ("before", "since")]
        for minute, fact in zip((-1, 1), fresh, strict=True):
            await world.memory.facts.add(fact)
            at = world.env.now() + timedelta(minutes=minute)
            await world.memory.audit.add(NewAuditEvent(at, Act.FACT_ADDED, world.guild.id, by=5, slug=fact.slug))
            if minute < 0:
                await _seed(world, "moon")
                card = await _open(world, 1)
                await world.moderator.click(card, label="Answer with a fact")
                assert [one.value for one in _options(card)] == ["moon-cheese"]
        card = await _open(world, 1)
        await world.moderator.click(card, label="Answer with a fact")
        assert [one.value for one in _options(card)] == ["since", "moon-cheese"]

    async def test_where_nothing_comes_near(self, world: World) -> None:
        """It says so, and how to write a fact."""
        await _seed(world, "Whales breathe sulphur.")
        card = await _open(world, 1)
        await world.moderator.click(card, label="Answer with a fact")
        assert words(card).startswith("-# No fact comes near these words.")

    async def test_a_new_fact_begins_with_the_words(self, world: World) -> None:
        """In the editor's own form."""
        await _seed(world, "Whales breathe sulphur.")
        card = await _open(world, 1)
        opened = await world.moderator.click(card, label="New fact")
        assert opened.modal is not None
        assert "Whales breathe sulphur." in repr(opened.modal)

    async def test_no_fact_check_needed_and_back(self, world: World) -> None:
        """What is answered stands in a list of its own, from which it is reopened."""
        await _seed(world, "Is it nice?")
        card = await _open(world, 1)
        await world.moderator.click(card, label="No fact-check needed")
        assert "no fact-check needed." in words(card)
        await world.moderator.click(card, label="What waits")
        assert words(card).startswith("**No request waits**")
        await world.moderator.click(card, label="What was answered")
        assert "- Is it nice? (no fact-check needed, " in words(card)
        await world.moderator.select(card, ["1"], custom_id="footnote:requests")
        await world.moderator.click(card, label="Reopen")
        assert words(card).startswith("-# It waits again.")
        assert [one.answer for one in _stored(world)] == [None]

    async def test_of_two_moderators_one_wins(self, world: World) -> None:
        """The other one is told, and sees the answer."""
        await _seed(world, "Is it nice?")
        second = another_moderator(world)
        mine, theirs = await _open(world, 1), await _open(world, 1, second)
        await world.moderator.click(mine, label="No fact-check needed")
        await second.click(theirs, label="No fact-check needed")
        assert words(theirs).startswith("-# Somebody was first: this request is answered already.")
        [stored] = _stored(world)
        assert stored.answered_by == world.moderator.id

    async def test_a_removed_request_is_gone(self, world: World) -> None:
        """Whatever is pressed afterwards says so."""
        await _seed(world, "Is it nice?", "Is it big?")
        second = another_moderator(world)
        mine = await _open(world, 1)
        cards = {label: await _open(world, 1, second) for label in ("Remove", "No fact-check needed", "New fact")}
        await world.moderator.click(mine, label="Remove")
        assert words(mine).startswith("-# Removed.")
        for label, card in cards.items():
            result = await second.click(card, label=label)
            said = words(result.response) if label == "New fact" else words(card)
            assert "This request is gone" in said
        assert [one.text for one in _stored(world)] == ["Is it big?"]

    async def test_what_waits_is_exported(self, world: World) -> None:
        """For the moderator alone, as a file that no spreadsheet takes for formulas."""
        await _seed(world, "=1+1", members="ab")
        card = await _list(world)
        result = await world.moderator.click(card, label="Export")
        assert result.response is not None
        assert result.ephemeral
        assert words(result.response).startswith("**Asked and not answered** · 1 request, without names")
        [file] = result.response.message.attachments
        lines = list(csv.reader(io.StringIO((await file.read()).decode())))
        assert [line[:3] for line in lines] == [["request", "text", "members"], ["1", "'=1+1", "2"]]

    async def test_an_empty_list_says_where_requests_come_from(self, world: World) -> None:
        """And offers nothing to open."""
        card = await _list(world)
        assert words(card).startswith("**No request waits**")
        assert not _options(card)

    @pytest.mark.parametrize("count", [1, 25, 40])
    async def test_the_longest_list_fits(self, world: World, count: int) -> None:
        """At most as many as a select holds; the rest is said to be there; one alone fits, too."""
        await _seed(world, *(f"{number} {HOSTILE * 20}"[:REQUEST_LIMIT] for number in range(count)))
        card = await _list(world)
        assert len(words(card)) <= 4000
        assert len(_options(card)) == min(count, 25)
        assert ("There are more" in words(card)) is (count > 25)
        await world.moderator.select(card, ["20" if count > 25 else "1"], custom_id="footnote:requests")
        assert len(words(card)) <= 4000

    async def test_members_are_refused(self, world: World) -> None:
        """The command, and the buttons once the permission is lost."""
        await _seed(world, "Is it?")
        world.open_to_member("requests")
        result = await world.member.slash(world.channel, "requests")
        assert words(result.response).startswith("This is for the server's moderators")
        card = await _open(world, 1)
        world.env.backend.edit_role(world.guild.id, world.guild.roles["Moderators"].id, {"permissions": 0})
        await world.moderator.click(card, label="Remove")
        assert [one.text for one in _stored(world)] == ["Is it?"]


class TestMine:
    async def _mine(self, world: World, who: simcord.MemberActor | None = None) -> simcord.ResponseMessage:
        result = await (who or world.member).slash(world.channel, "request mine")
        assert result.ephemeral
        assert result.response is not None
        return result.response

    async def _ask(self, world: World, *texts: str) -> None:
        for text in texts:
            await world.member.slash(world.channel, "request ask", text=text)

    async def test_a_member_sees_what_came_of_it(self, world: World) -> None:
        """What waits, what needs no check, and the note of a fact with its sources."""
        await self._ask(world, "Is it flat?", "Is it nice?", "Is it cheesy?")
        requests, now = world.memory.requests, world.env.now()
        await requests.answer(2, Answer.NOT_NEEDED, by=5, at=now)
        await requests.answer(3, Answer.FACT, by=5, at=now, slug="moon-cheese")
        card = await self._mine(world)
        shown = words(card)
        assert "- Is it flat? · waits, " in shown
        assert "- Is it nice? · no fact-check needed, " in shown
        assert "- Is it cheesy? · answered by a fact, " in shown
        await world.restart()
        await world.member.select(card, ["3"], custom_id="footnote:mine")
        assert "The moon is made of cheese." in words(card)
        assert "The moon is made of rock." in words(card)
        assert "An Atlas of the Moon" in words(card)
        await world.member.click(card, label="All of mine")
        await world.member.select(card, ["2"], custom_id="footnote:mine")
        assert "no fact-check is needed" in words(card)

    @pytest.mark.parametrize("restarted", [False, True])
    async def test_a_member_takes_one_back(self, world: World, *, restarted: bool) -> None:
        """Nothing of it is left; a second click says so."""
        await self._ask(world, "Is it flat?", "Is it nice?")
        card, other = await self._mine(world), await self._mine(world)
        await world.member.select(card, ["1"], custom_id="footnote:mine")
        await world.member.select(other, ["1"], custom_id="footnote:mine")
        if restarted:
            await world.restart()
        await world.member.click(card, label="Take it back")
        assert words(card).startswith("-# Taken back")
        assert [one.text for one in _stored(world)] == ["Is it nice?"]
        await world.member.click(other, label="Take it back")
        assert words(other).startswith("-# That is none of your requests any more")

    async def test_only_ones_own(self, world: World) -> None:
        """Others see nothing of it."""
        await self._ask(world, "Is it flat?")
        card = await self._mine(world, world.moderator)
        assert words(card).startswith("**You asked for nothing**")

    async def test_the_longest_list_fits(self, world: World) -> None:
        """However many, and whatever stands in them."""
        member = world.stage.pseudonyms.of(world.member.id)
        for number in range(30):
            text = f"{number} {HOSTILE * 20}"[:REQUEST_LIMIT]
            await world.memory.requests.ask(world.guild.id, text, member=member, at=world.env.now())
            await world.memory.requests.answer(number + 1, Answer.FACT, by=5, at=world.env.now(), slug="moon-cheese")
        card = await self._mine(world)
        assert len(words(card)) <= 4000
        assert len(_options(card)) == 25
        assert "There are older ones" in words(card)
        await world.member.select(card, ["30"], custom_id="footnote:mine")
        assert len(words(card)) <= 4000
