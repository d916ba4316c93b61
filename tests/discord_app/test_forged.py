"""What no client would send: choices that no form offers, ids that no message holds, notes that somebody can't see."""

from __future__ import annotations

from dataclasses import replace

import discord
import pytest
import simcord

from bot.discord_app.facts import sharing
from bot.discord_app.facts.wordings import missed
from bot.discord_app.members.rating import RateButton
from bot.discord_app.members.show import ShowButton
from bot.discord_app.modals import form
from bot.discord_app.queue import listing
from bot.discord_app.queue.item_buttons import snoozed
from bot.discord_app.queue.listing import OpenSelect
from bot.discord_app.settings.setup import SetupMode
from bot.discord_app.why import WhyButton
from bot.domain.policy import Mode
from tests.discord_app.furnished import SECRET, Things, furnish, press, said, state, submit
from tests.discord_app.world import CLAIM, World, words


@pytest.fixture
async def things(world: World) -> Things:
    """One of everything."""
    return await furnish(world)


@pytest.mark.parametrize("hours", ["0", "-5", "100000", "99999999999999999999", "1e3", "", "a"])
async def test_a_snooze_is_one_of_those_offered(world: World, things: Things, hours: str) -> None:
    """An item is not put away for eleven years."""
    before = state(world)
    result = await submit(world, world.moderator, snoozed, str(things.item), {"hours": hours})
    assert "Choose one of the times" in said(result)
    assert state(world) == before


@pytest.mark.parametrize("kind", ["", "nonsense", "x" * 4000, "@everyone"])
async def test_a_kind_of_near_miss_is_one_of_those_offered(world: World, things: Things, kind: str) -> None:
    """Nothing else becomes part of a fact."""
    before = state(world)
    result = await submit(world, world.moderator, missed, str(things.ruling), {"text": "Is it?", "kind": kind})
    assert "Choose one of the kinds" in said(result)
    assert state(world) == before


@pytest.mark.parametrize(
    "argument", ["", "0", "-1", "1 OR 1=1", "1:approve", "9" * 18, "9" * 19, "\u0661", "1\n", "../1", "1" * 90]
)
async def test_a_form_about_nothing_does_nothing(world: World, things: Things, argument: str) -> None:
    """What is no number, or the number of nothing, leads to a sentence or to silence."""
    before = state(world)
    result = await submit(world, world.moderator, snoozed, argument, {"hours": "4"})
    assert SECRET not in said(result)
    assert state(world) == before


async def test_a_form_that_nobody_made_is_dropped(world: World, things: Things) -> None:
    """By its name; nothing is answered."""

    @form("approve-all", argument=".*")
    async def unknown(*_: object) -> None:
        raise AssertionError

    before = state(world)
    result = await submit(world, world.moderator, unknown, "x", {"words": "y"})
    assert not result.acknowledged
    assert state(world) == before


@pytest.mark.parametrize("value", ["", "x", "-1", "1 OR 1=1", "9" * 40])
async def test_a_choice_that_was_not_offered_changes_nothing(world: World, things: Things, value: str) -> None:
    """It ends in a sentence, whatever breaks."""
    before = state(world)
    for control in (OpenSelect(), SetupMode(Mode.QUEUE)):
        assert (await press(world, world.moderator, control, [value])).acknowledged
    assert world.env.errors is not None  # looked at: what broke was apologised for
    assert state(world) == before


async def test_a_note_in_a_channel_that_a_member_does_not_see_is_not_there(world: World, things: Things) -> None:
    """Neither its reasons nor its words, and it can't be rated from elsewhere."""
    hidden = world.private_channel("hidden")
    note = world.memory.notes.by_id[things.note]
    world.memory.notes.by_id[things.note] = replace(note, new=replace(note.new, channel_id=hidden.id))
    before = state(world)
    for control in (WhyButton(things.note), ShowButton(things.note), RateButton(things.note, "yes")):
        heard = said(await press(world, world.member, control))
        assert SECRET not in heard
        assert any(no in heard for no in ("no longer kept", "doesn't stand any more", "no such note")), heard
    assert state(world) == before
    assert "no longer kept" not in said(await press(world, world.moderator, WhyButton(things.note)))


async def test_posts_of_a_private_thread_are_for_those_who_manage_threads(world: World) -> None:
    """Its channel's permissions say that everybody sees it; only who was invited does."""
    thread = world.env.backend.create_thread(
        world.channel.id, "a private thread", world.member.id, type=discord.ChannelType.private_thread.value
    )
    await world.env.settle()
    place = simcord.ChannelHandle(world.env, world.guild, thread)
    await world.member.send(place, CLAIM)
    await world.env.settle()
    assert len(world.items) == 1
    assert "Nothing waits here" in words(await world.list_queue())
    rights = discord.Permissions(manage_messages=True, manage_threads=True).value
    world.env.backend.edit_role(world.guild.id, world.guild.roles["Moderators"].id, {"permissions": rights})
    await world.env.settle()
    assert "1 at hand" in words(await world.list_queue())


async def test_a_full_queue_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where moderators look."""
    monkeypatch.setattr("bot.services.pace.MOST_WAITING", 1)
    await world.member.send(world.channel, CLAIM)
    await world.env.settle()
    assert listing._FULL in words(await world.list_queue())


async def test_a_server_takes_in_only_so_many_facts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """They share an index with everybody's: a file over the bound is refused before and after its difference."""
    monkeypatch.setattr(sharing, "MOST_OWN", 0)
    review = b"""{"@type": "ClaimReview", "claimReviewed": "Volcanoes are powered by underground lemonade.",
        "url": "https://office.example/1", "author": {"name": "Fact Office"}, "inLanguage": "en",
        "reviewRating": {"@type": "Rating", "alternateName": "False"}}"""
    result = await world.moderator.slash(world.channel, "facts import", file=("a.json", review))
    assert "at most" in said(result)
    number = world.client.services.pending_imports.add(review, "a.json", guild_id=world.guild.id, by=world.moderator.id)
    result = await press(world, world.moderator, sharing.ImportButton(number))
    assert "at most" in said(result)
    assert not [fact for fact in world.memory.facts.by_slug.values() if fact.guild_id is not None]
