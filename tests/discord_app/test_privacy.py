"""What members see of what is kept about them, and what their buttons do."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import simcord
from simcord.backend import serializers

from bot.domain.member import EVERYWHERE, Mark
from bot.domain.policy import LONGEST_RETENTION, SHORTEST_RETENTION
from bot.domain.review import ReviewState, Ruling
from bot.domain.stored import GRACE_DAYS, ITEM_DAYS
from bot.domain.told import TOPICS
from tests.discord_app.world import CLAIM, World, buttons, words

BUTTONS = [f"footnote:privacy:{act}" for act in ("export", "erase", "opt-out")]


async def _privacy(world: World, who: simcord.MemberActor | None = None) -> simcord.ResponseMessage:
    result = await (who or world.member).slash(world.channel, "privacy")
    assert result.ephemeral
    assert result.response is not None
    return result.response


def _opted_out(world: World) -> bool:
    return (Mark.OPTED_OUT, EVERYWHERE, world.stage.pseudonyms.of(world.member.id)) in world.memory.members.marks


async def test_everybody_reads_what_is_stored(world: World) -> None:
    """In plain words, within a message, and that nothing is about them where nothing is."""
    card = await _privacy(world)
    shown = words(card)
    assert all(topic.words in shown for topic in TOPICS)
    assert "Nothing is stored about you." in shown
    assert "Discord itself keeps messages" in shown
    assert len(shown) <= 4000
    assert buttons(card) == BUTTONS


async def test_what_waits_on_a_members_post_is_counted(world: World) -> None:
    """For them alone."""
    await world.member.send(world.channel, CLAIM)
    assert "- 1 matches that wait on your posts" in words(await _privacy(world))
    assert "Nothing is stored about you." in words(await _privacy(world, world.moderator))


@pytest.mark.parametrize("restarted", [False, True])
async def test_opting_out_and_in(world: World, *, restarted: bool) -> None:
    """At once, in the middle of what waits; also by a button from before a restart."""
    await world.member.send(world.channel, CLAIM)
    card = await _privacy(world)
    if restarted:
        await world.restart()
    await world.member.click(card, label="Opt out")
    assert words(card).startswith("You have opted out")
    assert _opted_out(world)
    assert [(item.state, item.ruling) for item in world.items] == [(ReviewState.CLOSED, Ruling.AUTHOR_LEFT)]
    seen = len(world.seen)
    message = await world.member.send(world.channel, CLAIM)
    await world.member.edit(message, CLAIM + " Really!")
    assert len(world.seen) == seen
    assert len(world.items) == 1

    await world.member.click(card, label="Opt in")
    assert words(card).startswith("You have opted in")
    assert not _opted_out(world)
    await world.member.send(world.channel, CLAIM)
    assert len(world.items) == 2


async def test_others_cannot_check_what_somebody_who_opted_out_wrote(world: World) -> None:
    """They are told why; the author can, and so can anybody a text."""
    message = await world.member.send(world.channel, CLAIM)
    await world.member.click(await _privacy(world), label="Opt out")
    seen = len(world.seen)
    result = await world.moderator.context_menu(world.channel, "Check this message", message)
    assert words(result.response).startswith("The author of this message has asked Footnote")
    assert len(world.seen) == seen
    await world.member.context_menu(world.channel, "Check this message", message)
    await world.moderator.slash(world.channel, "check", text=CLAIM)
    assert len(world.seen) == seen + 2


@pytest.mark.parametrize("restarted", [False, True])
async def test_an_erasure_asks_once_more(world: World, *, restarted: bool) -> None:
    """Going back changes nothing; going on says what was erased and what stays."""
    await world.member.send(world.channel, CLAIM)
    card = await _privacy(world)
    await world.member.click(card, label="Erase")
    assert words(card).startswith("**Erase what is kept about you?**")
    await world.member.click(card, label="Back")
    assert buttons(card) == BUTTONS
    assert world.items[0].state is ReviewState.OPEN

    await world.member.click(card, label="Erase")
    if restarted:
        await world.restart()
    await world.member.click(card, label="Erase it all")
    assert "What waited on your posts is closed (1)." in words(card)
    assert "**What stays, and why**" in words(card)
    assert (world.items[0].state, world.items[0].new.post_text) == (ReviewState.CLOSED, "")


@pytest.mark.parametrize("restarted", [False, True])
async def test_an_export_is_a_file_for_the_asker(world: World, *, restarted: bool) -> None:
    """Whoever presses the button gets their own, as nobody else sees."""
    await world.member.send(world.channel, CLAIM)
    card = await _privacy(world)
    if restarted:
        await world.restart()
    result = await world.member.click(card, label="Export")
    assert result.ephemeral
    assert result.response is not None
    [file] = result.response.message.attachments
    assert file.filename == "footnote-about-me.json"
    document: dict[str, Any] = json.loads(await file.read())
    assert document["tables"]["review_items"]["rows"][0]["post_text"] == CLAIM


async def test_the_retention_can_be_set(world: World) -> None:
    """Within its bounds, which are those of the domain."""
    result = await world.moderator.slash(world.channel, "settings retention", days=SHORTEST_RETENTION)
    assert world.policy().retention_days == SHORTEST_RETENTION == 30
    assert "after 30 days" in words(result.response)
    await world.moderator.slash(world.channel, "settings retention", days=LONGEST_RETENTION)
    assert world.policy().retention_days == LONGEST_RETENTION == 3650


async def test_what_nobody_ruled_on_goes_by_itself(world: World) -> None:
    """While the bot runs, after thirty days of virtual time."""
    world.stage.time.idle = 6 * 3600
    await world.member.send(world.channel, CLAIM)
    await world.env.advance_time(ITEM_DAYS * 86400 - 3600)
    assert world.items[0].state is ReviewState.OPEN
    await world.env.advance_time(8 * 3600)
    assert (world.items[0].state, world.items[0].ruling) == (ReviewState.CLOSED, Ruling.EXPIRED)
    assert world.items[0].new.post_text == ""


async def test_a_server_that_removes_footnote_is_forgotten_in_time(world: World) -> None:
    """Thirty days later, by the event of the removal; one that is only out of reach is not left."""
    world.stage.time.idle = 6 * 3600
    await world.member.send(world.channel, CLAIM)
    await world.emit("GUILD_DELETE", {"id": str(world.guild.id), "unavailable": True})
    assert world.memory.members.away == {}
    await world.emit("GUILD_DELETE", {"id": str(world.guild.id)})
    assert world.memory.members.away == {world.guild.id: world.env.now()}
    await world.env.advance_time(GRACE_DAYS * 86400 - 3600)
    assert len(world.items) == 1
    await world.env.advance_time(8 * 3600)
    assert world.items == []


async def test_a_server_that_comes_back_in_time_keeps_what_it_had(world: World) -> None:
    """The grace period is for a mistake."""
    world.stage.time.idle = timedelta(hours=6).total_seconds()
    await world.member.send(world.channel, CLAIM)
    payload = dict(serializers.guild_create_payload(world.env.backend, world.env.backend.get_guild(world.guild.id)))
    payload.pop("unavailable", None)
    await world.emit("GUILD_DELETE", {"id": str(world.guild.id)})
    assert world.memory.members.away
    await world.env.advance_time(timedelta(days=GRACE_DAYS - 1).total_seconds())
    await world.emit("GUILD_CREATE", payload)
    assert world.memory.members.away == {}
    await world.env.advance_time(timedelta(days=3).total_seconds())
    assert len(world.items) == 1
