"""Members rate notes: the buttons, every refusal, and what the status does in time."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import discord
import pytest
import simcord

from bot.domain.audit import Act
from bot.domain.fact import FactVersion
from bot.domain.note import NoteKind, NoteState
from bot.domain.policy import Mode
from bot.domain.rating import Helpfulness, NoteStatus, Rating, Reason
from tests.builders import NOW, a_fact
from tests.discord_app.world import CLAIM, World, buttons, words

DAY = timedelta(days=1).total_seconds()
HALF_AN_HOUR = timedelta(minutes=30).total_seconds()


async def pass_days(world: World, days: float) -> None:
    """Let days pass in which the loops look rarely: there is nothing for them to see."""
    world.stage.time.idle = DAY / 2
    await world.env.advance_time(days * DAY)
    world.stage.time.idle = 0


async def note_up(world: World, *, days: float = 8) -> discord.Message:
    """Let the members be old enough, post the claim, and return the note's message."""
    await pass_days(world, days)
    world.auto()
    await world.member.send(world.channel, CLAIM)
    await world.settle()
    return world.bot_messages()[0]


def crowd(world: World, count: int) -> list[simcord.MemberActor]:
    """Let more members join."""
    return [world.guild.add_member(world.env.create_user(f"rater{number}")) for number in range(count)]


async def rate(
    who: simcord.MemberActor, message: discord.Message, label: str, *reasons: Reason
) -> simcord.ResponseMessage:
    """Rate a note, and say why."""
    result = await who.click(message, label=label)
    assert result.ephemeral
    assert result.response is not None
    if reasons:
        await who.select(result.response, values=[reason.value for reason in reasons])
    return result.response


class TestRate:
    async def test_a_note_has_its_buttons(self, world: World) -> None:
        """Three words, the author's way out, and the reasons."""
        message = await note_up(world)
        shown = ["footnote:why:1", *(f"footnote:rate:1:{said}" for said in ("yes", "some", "no")), "footnote:notsaid:1"]
        assert buttons(message) == shown

    @pytest.mark.parametrize("restarted", [False, True])
    async def test_a_rating_is_stored_under_a_pseudonym(self, world: World, *, restarted: bool) -> None:
        """With the reasons, and no count is told; only the member sees the answer."""
        message = await note_up(world)
        if restarted:
            await world.restart()
        answer = await rate(world.moderator, message, "Helpful", Reason.CLEAR, Reason.GOOD_SOURCES)
        assert words(answer).startswith("Noted, thank you.")
        [rating] = world.memory.ratings.by_key.values()
        assert rating.rater == world.stage.pseudonyms.of(world.moderator.id)
        assert rating.said is Helpfulness.HELPFUL
        assert rating.reasons == {Reason.CLEAR, Reason.GOOD_SOURCES}
        assert str(world.moderator.id) not in repr(world.memory.ratings)

    async def test_no_count_is_told_before_there_is_a_status(self, world: World) -> None:
        """Not in the answer, not on the note, not in the arithmetic."""
        message = await note_up(world)
        for rater in crowd(world, 3):
            await rate(rater, message, "Helpful")
        await world.env.advance_time(HALF_AN_HOUR)
        answer = await rate(world.moderator, message, "Helpful")
        assert words(answer).startswith("Noted: helpful. Nobody sees who said what. Counts are shown once the note has")
        result = await world.member.slash(world.channel, "note why-status", note="1")
        told = words(result.response)
        assert told.startswith("**Note 1: needs more ratings**")
        assert "4" not in told.replace("14 days", "")

    async def test_a_member_changes_their_mind(self, world: World) -> None:
        """One rating a member; another word drops the reasons of the first, the same word says so."""
        message = await note_up(world)
        await rate(world.moderator, message, "Helpful", Reason.CLEAR)
        again = await rate(world.moderator, message, "Helpful")
        assert words(again).startswith("Noted already as helpful.")
        changed = await rate(world.moderator, message, "Not helpful")
        assert words(changed).startswith("Changed: not helpful.")
        [rating] = world.memory.ratings.by_key.values()
        assert (rating.said, rating.reasons) == (Helpfulness.NOT_HELPFUL, frozenset())

    async def test_reasons_of_a_word_that_was_changed_are_not_kept(self, world: World) -> None:
        """The older answer's select belongs to the older word."""
        message = await note_up(world)
        older = await rate(world.moderator, message, "Helpful")
        await rate(world.moderator, message, "Not helpful")
        result = await world.moderator.select(older, values=[Reason.CLEAR.value])
        assert words(result.response).startswith("You rate this note otherwise by now")
        [rating] = world.memory.ratings.by_key.values()
        assert rating.reasons == frozenset()

    async def test_a_rating_is_taken_back(self, world: World) -> None:
        """It is deleted."""
        message = await note_up(world)
        answer = await rate(world.moderator, message, "Somewhat")
        await world.moderator.click(answer, label="Take back")
        assert words(answer) == "Taken back."
        assert not world.memory.ratings.by_key


class TestRefusals:
    async def refused(self, world: World, who: simcord.MemberActor, message: discord.Message) -> str:
        """Return what somebody is told whose rating isn't taken."""
        before = dict(world.memory.ratings.by_key)
        result = await who.click(message, label="Helpful")
        assert result.ephemeral
        assert world.memory.ratings.by_key == before
        return words(result.response)

    async def test_the_author_of_the_post(self, world: World) -> None:
        """They have a button of their own."""
        message = await note_up(world)
        assert (await self.refused(world, world.member, message)).startswith("This note answers your own post")

    async def test_a_newcomer(self, world: World) -> None:
        """Hears from when on."""
        message = await note_up(world, days=3)
        told = await self.refused(world, world.moderator, message)
        assert told == "You can rate notes once you have been a member here for 7 days: from 8 January 2026 on."
        world.set_policy(rater_age_days=0)
        await rate(world.moderator, message, "Helpful")
        assert len(world.memory.ratings.by_key) == 1

    async def test_who_worked_on_the_fact(self, world: World) -> None:
        """Nobody judges their own work."""
        message = await note_up(world)
        version = FactVersion(a_fact(), NOW, world.moderator.id, "edited")
        world.memory.facts.versions["moon-cheese"] = {1: version}
        assert (await self.refused(world, world.moderator, message)).startswith("You worked on the fact")

    async def test_a_post_that_is_deleted(self, world: World) -> None:
        """Its note goes, too."""
        message = await note_up(world)
        world.env.backend.delete_message(world.channel.id, world.notes[0].new.source_message_id)
        assert (await self.refused(world, world.moderator, message)).startswith("The post is gone")

    async def test_discord_that_does_not_say_whose_post_it_is(self, world: World) -> None:
        """In doubt nothing is stored."""
        message = await note_up(world)
        world.env.inject_error("GET", "/channels/*/messages/*", status=500)
        assert "couldn't see whether this is your own post" in await self.refused(world, world.moderator, message)

    async def test_a_quiet_link(self, world: World) -> None:
        """It says nothing that could be rated."""
        message = await note_up(world)
        note = world.memory.notes.by_id[1]
        world.memory.notes.by_id[1] = replace(note, new=replace(note.new, kind=NoteKind.LINK))
        assert (await self.refused(world, world.moderator, message)).startswith("There is no such note")

    async def test_a_note_that_is_going(self, world: World) -> None:
        """It doesn't stand any more."""
        message = await note_up(world)
        world.memory.notes.by_id[1] = replace(world.memory.notes.by_id[1], state=NoteState.RETRACTED)
        assert (await self.refused(world, world.moderator, message)).startswith("This note doesn't stand")

    async def test_a_locked_note(self, world: World) -> None:
        """After fourteen days nothing changes, not even by taking a rating back."""
        message = await note_up(world)
        answer = await rate(world.moderator, message, "Helpful")
        await pass_days(world, 14)
        [late] = crowd(world, 1)
        world.set_policy(rater_age_days=0)
        assert (await self.refused(world, late, message)) == (
            "This note is older than 14 days, so its status is locked."
        )
        await world.moderator.click(answer, label="Take back")
        assert len(world.memory.ratings.by_key) == 1

    async def test_too_many_at_once(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """A member's ratings are limited by the hour."""
        monkeypatch.setattr("bot.services.rate.ALLOWED", 0)
        message = await note_up(world)
        assert "within an hour" in await self.refused(world, world.moderator, message)


async def _status(world: World, message: discord.Message, label: str, *reasons: Reason) -> None:
    for rater in crowd(world, 6):
        await rate(rater, message, label, *reasons)


@pytest.fixture
def grown(world: World) -> World:
    """A server in which everybody may rate."""
    world.set_policy(rater_age_days=0)
    return world


class TestStatus:
    async def test_helpful_is_written_on_the_note_after_half_an_hour(self, grown: World) -> None:
        """In words, with the rule's caution; and it is evidence for the fact."""
        message = await note_up(grown)
        await _status(grown, message, "Helpful", Reason.CLEAR, Reason.GOOD_SOURCES)
        await grown.env.advance_time(HALF_AN_HOUR - 60)
        assert "rated helpful" not in words(grown.bot_messages()[0])
        await grown.env.advance_time(120)
        assert r"rated helpful by members \(provisional\)" in words(grown.bot_messages()[0])
        acts = [event.new.act for event in grown.memory.audit.events]
        assert acts == [Act.RATED_HELPFUL]
        told = words((await grown.member.slash(grown.channel, "note why-status", note=message.jump_url)).response)
        assert told.startswith("**Note 1: helpful, provisional**")
        assert "6 ratings" in told
        assert "cold-start-1" in told

    async def test_without_reasons_there_is_no_status(self, grown: World) -> None:
        """Two reasons that two members each gave are asked for."""
        message = await note_up(grown)
        await _status(grown, message, "Helpful", Reason.CLEAR)
        await grown.env.advance_time(2 * HALF_AN_HOUR)
        assert grown.memory.ratings.by_note[1].shown is NoteStatus.NEEDS_MORE

    async def test_not_helpful_puts_the_note_aside_and_asks_moderators(self, grown: World) -> None:
        """The fact waits in the queue from then on; the note can still be read."""
        queue = grown.queue_channel()
        message = await note_up(grown)
        await _status(grown, message, "Not helpful", Reason.INCORRECT, Reason.OPINION)
        await grown.env.advance_time(HALF_AN_HOUR + 60)
        shown = words(grown.bot_messages()[0])
        assert "members rated this note not helpful" in shown
        assert "The moon is made of rock" not in shown
        assert grown.memory.policies.fact_limits[grown.guild.id, "moon-cheese", None].mode is Mode.QUEUE
        assert "Members rate this note not helpful" in words(grown.bot_messages(queue)[0])
        result = await grown.member.click(grown.bot_messages()[0], label="Show the note")
        assert result.ephemeral
        assert "The moon is made of rock" in words(result.response)

    async def test_a_note_that_was_put_aside_can_be_brought_back(self, grown: World) -> None:
        """By rating it behind "Show the note"."""
        message = await note_up(grown)
        await _status(grown, message, "Not helpful", Reason.INCORRECT, Reason.OPINION)
        await grown.env.advance_time(HALF_AN_HOUR + 60)
        assert "members rated this note not helpful" in words(grown.bot_messages()[0])
        for rater in crowd(grown, 8):
            shown = await rater.click(grown.bot_messages()[0], label="Show the note")
            assert shown.response is not None
            rated = await rater.click(shown.response, label="Helpful")
            assert rated.acknowledged
        assert len(grown.memory.ratings.by_key) == 14
        await grown.env.advance_time(HALF_AN_HOUR + 60)
        again = words(grown.bot_messages()[0])
        assert "The moon is made of rock" in again
        assert "members no longer rate this note not helpful" in again

    async def test_moderators_who_restore_it_have_the_last_word(self, grown: World) -> None:
        """The ratings go on saying so, and nothing flickers."""
        queue = grown.queue_channel()
        message = await note_up(grown)
        await _status(grown, message, "Not helpful", Reason.INCORRECT, Reason.OPINION)
        await grown.env.advance_time(HALF_AN_HOUR + 60)
        await grown.moderator.click(grown.bot_messages(queue)[0], label="Restore")
        await pass_days(grown, 1)
        shown = words(grown.bot_messages()[0])
        assert "The moon is made of rock" in shown
        assert "moderators looked at this note and restored it" in shown

    async def test_an_abusers_ratings_can_be_undone(self, grown: World) -> None:
        """The status falls with them, and so does the evidence."""
        message = await note_up(grown)
        raters = crowd(grown, 5)
        for rater in raters:
            await rate(rater, message, "Helpful", Reason.CLEAR, Reason.GOOD_SOURCES)
        await grown.env.advance_time(HALF_AN_HOUR + 60)
        for rater in raters[:3]:
            await grown.moderator.slash(grown.channel, "ratings discount", member=rater)
        await grown.env.advance_time(HALF_AN_HOUR + 60)
        assert "rated helpful" not in words(grown.bot_messages()[0])
        acts = [event.new.act for event in grown.memory.audit.events]
        assert acts.count(Act.RATINGS_DISCOUNTED) == 3
        assert acts[-1] is Act.STATUS_LOST
        assert str(raters[0].id) not in repr(grown.memory.audit)

    async def test_a_status_is_kept_across_a_restart(self, grown: World) -> None:
        """The half hour goes on where it was."""
        message = await note_up(grown)
        await _status(grown, message, "Helpful", Reason.CLEAR, Reason.GOOD_SOURCES)
        await grown.env.advance_time(HALF_AN_HOUR / 2)
        await grown.restart()
        await grown.env.advance_time(HALF_AN_HOUR / 2 + 60)
        assert "rated helpful" in words(grown.bot_messages()[0])

    async def test_it_is_locked_after_fourteen_days(self, grown: World) -> None:
        """And says since when."""
        message = await note_up(grown)
        await _status(grown, message, "Helpful", Reason.CLEAR, Reason.GOOD_SOURCES)
        await pass_days(grown, 15)
        assert grown.memory.ratings.by_note[1].locked_at is not None
        told = words((await grown.member.slash(grown.channel, "note why-status", note="1")).response)
        assert "Locked since 23 January 2026" in told


class TestModerators:
    async def test_the_table_names_nobody(self, grown: World) -> None:
        """Raters are numbered anew."""
        message = await note_up(grown)
        await rate(grown.moderator, message, "Helpful", Reason.CLEAR)
        result = await grown.moderator.slash(grown.channel, "ratings export")
        assert result.response is not None
        [file] = result.response.message.attachments
        table = (await file.read()).decode()
        assert table == "note,rater,rating,reasons\r\n1,1,1,clear\r\n"

    async def test_a_pattern_is_told_without_names_and_acted_on(self, grown: World) -> None:
        """Nothing of it stands on a board."""
        result = await grown.moderator.slash(grown.channel, "ratings patterns")
        assert words(result.response).startswith("**No pattern stands out**")

    @pytest.mark.parametrize("restarted", [False, True])
    async def test_a_group_that_votes_together_is_left_out(self, grown: World, *, restarted: bool) -> None:
        """With one button, also after a restart; pressed again, it says that this was dealt with."""
        by, at = random.Random(7), grown.stage.now()
        ring = [f"{number:032x}" for number in range(3)]
        for note in range(20):
            agreed = by.choice(list(Helpfulness))
            said = dict.fromkeys(ring, agreed) | {
                f"{100 + one:032x}": by.choice(list(Helpfulness)) for one in range(12)
            }
            for rater, word in said.items():
                await grown.memory.ratings.put(Rating(note, grown.guild.id, rater, word, frozenset(), at))
        result = await grown.moderator.slash(grown.channel, "ratings patterns")
        assert result.response is not None
        assert not any(rater in words(result.response) for rater in ring)
        if restarted:
            await grown.restart()
        first = await grown.moderator.click(result.response, label="Don't count these")
        assert words(first.response) == "The ratings of these 3 members don't count here any more."
        second = await grown.moderator.click(result.response, label="Don't count these")
        assert words(second.response).startswith("This pattern is gone")
        none = await grown.moderator.slash(grown.channel, "ratings patterns")
        assert words(none.response).startswith("**No pattern stands out**")

    async def test_members_are_refused(self, grown: World) -> None:
        """Whose ratings count is the moderators' matter."""
        grown.open_to_member("ratings")
        for command in ("patterns", "export"):
            result = await grown.member.slash(grown.channel, f"ratings {command}")
            assert words(result.response).startswith("This is for the server's moderators")
        for command in ("discount", "readmit"):
            result = await grown.member.slash(grown.channel, f"ratings {command}", member=grown.moderator)
            assert words(result.response).startswith("This is for the server's moderators")
