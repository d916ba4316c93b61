from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest
import simcord

from bot.discord_app.facts import wordings
from bot.discord_app.facts.wordings import NearMissButton, PhrasingButton
from bot.discord_app.layouts import text_layout
from bot.domain.audit import Act, NewAuditEvent
from bot.domain.fact import NearMiss
from bot.domain.review import Ruling
from tests.builders import a_note
from tests.discord_app.fact_world import follow, own
from tests.discord_app.world import CLAIM, World, words

NOT_SEEN = "That ruling is not on a post that you can see."


@pytest.fixture(autouse=True)
def _following(world: World) -> None:
    follow(world)


def _value(opened: simcord.InteractionResult, field: str = "text") -> Any:
    assert opened.modal is not None
    found = [label["component"] for label in opened.modal["components"]]
    return next(one.get("value") for one in found if one["custom_id"] == field)


async def _phrasing(world: World, item: int = 1) -> discord.Message:
    return await world.post(text_layout("Start", buttons=[PhrasingButton(item)]))


async def _near_miss(world: World, event: int = 1) -> discord.Message:
    return await world.post(text_layout("Start", buttons=[NearMissButton(event)]))


async def _ruled_wrong(world: World, channel: simcord.ChannelHandle | None = None) -> discord.Message:
    """Let a post be ruled a wrong match, and return it."""
    post = await world.member.send(channel or world.channel, CLAIM)
    services = world.stage.services()
    await services.rulings.rule(1, guild_id=world.guild.id, ruling=Ruling.WRONG_MATCH, by=world.moderator.id)
    return post


def _for_insiders(world: World) -> simcord.ChannelHandle:
    """Open a channel that the moderator sees by a role alone."""
    insiders = world.guild.create_role("Insiders")
    world.env.backend.add_member_role(world.guild.id, world.moderator.id, insiders.id)
    see, deny = discord.PermissionOverwrite(view_channel=True), discord.PermissionOverwrite(view_channel=False)
    return world.guild.create_text_channel(
        "insiders", overwrites={world.guild.roles["@everyone"]: deny, insiders: see, world.member: see}
    )


def _put_outside(world: World) -> None:
    """Take that role away."""
    world.env.backend.remove_member_role(world.guild.id, world.moderator.id, world.guild.roles["Insiders"].id)


class TestANewPhrasing:
    @pytest.mark.parametrize("restarted", [False, True])
    async def test_starts_from_the_post_and_becomes_the_server_s_own(self, world: World, *, restarted: bool) -> None:
        """A global fact gets a version of its own here, whose tests are told; the card is left alone."""
        await world.member.send(world.channel, CLAIM)
        message = await _phrasing(world)
        opened = await world.moderator.click(message, label="New phrasing")
        assert _value(opened) == CLAIM
        if restarted:
            await world.restart()
        result = await world.moderator.submit_modal(opened, {"text": "The moon is one big  round of cheddar."})

        assert result.ephemeral
        [fact] = own(world)
        assert (fact.overrides, fact.phrasings[-1]) == ("moon-cheese", "The moon is one big round of cheddar.")
        assert words(result.response) == "Saved as version 1; its tests pass."
        assert words(message) == "Start"

    async def test_says_what_fails(self, world: World) -> None:
        """What was saved is held back then."""
        await world.member.send(world.channel, CLAIM)
        world.stage.worker.matcher.confidence = 0.5  # type: ignore[attr-defined]
        opened = await world.moderator.click(await _phrasing(world), label="New phrasing")
        result = await world.moderator.submit_modal(opened, {"text": "The moon is one big round of cheddar."})

        assert "held back from replying by itself" in words(result.response)
        assert "gets no reply, but should: “The moon is one big round of cheddar.”" in words(result.response)

    async def test_that_is_there_already_is_refused(self, world: World) -> None:
        """In one sentence."""
        await world.member.send(world.channel, CLAIM)
        opened = await world.moderator.click(await _phrasing(world), label="New phrasing")
        result = await world.moderator.submit_modal(opened, {"text": "the moon is a big cheese"})

        assert "says the same as" in words(result.response)
        assert not own(world)

    async def test_of_a_closed_item_fetches_the_post(self, world: World) -> None:
        """Its words are no longer stored."""
        await _ruled_wrong(world)
        opened = await world.moderator.click(await _phrasing(world), label="New phrasing")
        assert _value(opened) == CLAIM

    async def test_of_a_post_that_the_moderator_does_not_see_is_refused(self, world: World) -> None:
        """At the click, and when the form is sent in; and where there is no such item here."""
        channel = _for_insiders(world)
        await world.member.send(channel, CLAIM)
        opened = await world.moderator.click(await _phrasing(world), label="New phrasing")
        _put_outside(world)
        sent = await world.moderator.submit_modal(opened, {"text": "The moon is cheddar through and through."})
        clicked = await world.moderator.click(await _phrasing(world), label="New phrasing")
        unknown = await world.moderator.click(await _phrasing(world, 77), label="New phrasing")

        for result in (sent, clicked, unknown):
            assert words(result.response) == "That item is not in a channel that you can see."
        assert not own(world)

    async def test_is_for_moderators(self, world: World) -> None:
        """Asked for at every click."""
        await world.member.send(world.channel, CLAIM)
        result = await world.member.click(await _phrasing(world), label="New phrasing")
        assert words(result.response).startswith("This is for the server's moderators")


class TestANewNearMiss:
    @pytest.mark.parametrize("restarted", [False, True])
    async def test_starts_from_the_post_as_discord_has_it(self, world: World, *, restarted: bool) -> None:
        """The store forgot its words when the item was closed."""
        await _ruled_wrong(world)
        opened = await world.moderator.click(await _near_miss(world), label="New near miss")
        assert _value(opened) == CLAIM
        if restarted:
            await world.restart()
        result = await world.moderator.submit_modal(
            opened, {"text": "Phobos is a big cheese.", "kind": ["other place"]}
        )

        [fact] = own(world)
        assert fact.near_misses[-1] == NearMiss("Phobos is a big cheese.", "other place")
        assert words(result.response) == "Saved as version 1; its tests pass."

    async def test_in_a_thread(self, world: World) -> None:
        """Posts there are as good."""
        thread = await world.thread(world.channel)
        await _ruled_wrong(world, thread)
        opened = await world.moderator.click(await _near_miss(world), label="New near miss")
        assert _value(opened) == CLAIM

    async def test_of_an_automatic_note_that_was_ruled_wrong(self, world: World) -> None:
        """Its post is fetched, too."""
        post = await world.member.send(world.channel, "Phobos is a big cheese.")
        note = a_note(guild_id=world.guild.id, channel_id=world.channel.id, source_message_id=post.id)
        stored = await world.memory.notes.add(note)
        assert stored is not None
        event = NewAuditEvent(world.env.now(), Act.WRONG_MATCH, world.guild.id, by=1, note_id=stored.id)
        await world.memory.audit.add(event)
        opened = await world.moderator.click(await _near_miss(world), label="New near miss")

        assert _value(opened) == "Phobos is a big cheese."

    async def test_opens_empty_where_the_post_is_gone(self, world: World) -> None:
        """The moderator can write it."""
        post = await _ruled_wrong(world)
        await world.member.delete(post)
        opened = await world.moderator.click(await _near_miss(world), label="New near miss")
        assert _value(opened) is None

    async def test_opens_empty_where_discord_takes_too_long(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A form that comes after three seconds would never open."""

        async def endless(*_: object) -> None:
            await asyncio.Event().wait()

        await _ruled_wrong(world)
        monkeypatch.setattr(wordings, "fetch_post", endless)
        monkeypatch.setattr(wordings, "_FETCH_SECONDS", 0.0)
        opened = await world.moderator.click(await _near_miss(world), label="New near miss")
        assert _value(opened) is None

    async def test_of_other_rulings_and_other_servers_is_refused(self, world: World) -> None:
        """As of posts that the moderator doesn't see."""
        deny = discord.PermissionOverwrite(view_channel=False)
        secret = world.guild.create_text_channel("secret", overwrites={world.guild.roles["Moderators"]: deny})
        await _ruled_wrong(world, secret)
        now = world.env.now()
        await world.memory.audit.add(NewAuditEvent(now, Act.APPROVE, world.guild.id, by=1, item_id=1))
        await world.memory.audit.add(NewAuditEvent(now, Act.WRONG_MATCH, 999, by=1, item_id=1))
        await world.memory.audit.add(NewAuditEvent(now, Act.WRONG_MATCH, world.guild.id, by=1))

        for event in range(1, 6):
            result = await world.moderator.click(await _near_miss(world, event), label="New near miss")
            assert words(result.response) == NOT_SEEN

    async def test_is_asked_for_again_when_it_is_sent_in(self, world: World) -> None:
        """A channel that was closed meanwhile is closed."""
        await _ruled_wrong(world, _for_insiders(world))
        opened = await world.moderator.click(await _near_miss(world), label="New near miss")
        _put_outside(world)
        result = await world.moderator.submit_modal(opened, {"text": "Phobos is a cheese.", "kind": ["truth"]})

        assert words(result.response) == NOT_SEEN
        assert not own(world)
