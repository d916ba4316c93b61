"""What the tests of ``/facts`` share: a world whose matcher takes up what the store holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
import simcord

from bot.domain.audit import Act
from bot.domain.fact import Draft, Fact
from tests.discord_app.world import World
from tests.fakes import FakeMatcher

WHALES = "Whales breathe sulphur underwater."
LINE = "https://a.example/1 | The Gazette | On whales | They come up for air."
FIELDS = {
    "claim": WHALES,
    "verdict": ["false"],
    "correction": "Whales come up to breathe air.",
    "truth": "Whales breathe air.",
    "lines0": LINE,
}
ELSEWHERE = 999


def follow(world: World) -> None:
    """Let the matcher take up what is saved."""
    matcher = world.stage.worker.matcher
    assert isinstance(matcher, FakeMatcher)
    matcher.read = lambda: list(world.memory.facts.by_slug.values())


def own(world: World) -> list[Fact]:
    """Return the server's own facts."""
    return [fact for fact in world.memory.facts.by_slug.values() if fact.guild_id == world.guild.id]


def drafts(world: World) -> list[Draft]:
    """Return the drafts."""
    return list(world.memory.drafts.by_id.values())


def acts(world: World) -> list[Act]:
    """Return what was done to facts."""
    return [event.new.act for event in world.memory.audit.events if event.new.act.value.startswith("fact")]


async def editor(world: World, **changes: Any) -> simcord.ResponseMessage:
    """Write a new fact as far as the editor's card."""
    opened = await world.moderator.slash(world.channel, "facts add")
    result = await world.moderator.submit_modal(opened, {**FIELDS, **changes})
    assert result.response is not None
    return result.response


async def added(world: World) -> Fact:
    """Write and save a new fact."""
    before = {fact.slug for fact in own(world)}
    await world.moderator.click(await editor(world), label="Save")
    [fact] = [fact for fact in own(world) if fact.slug not in before]
    return fact


def theirs(world: World, **changes: Any) -> Fact:
    """Store a fact of another server."""
    facts = world.memory.facts.by_slug
    fact = replace(facts["moon-cheese"], slug="theirs", claim=WHALES, guild_id=ELSEWHERE, **changes)
    facts[fact.slug] = fact
    return fact


def another_moderator(world: World) -> simcord.MemberActor:
    """Return a second moderator."""
    return world.guild.add_member(world.env.create_user("second"), roles=[world.guild.roles["Moderators"]])


def components(message: discord.Message | simcord.ResponseMessage | None) -> int:
    """Return how many components a message has, those within others counted."""
    assert message is not None
    real = message.message if isinstance(message, simcord.ResponseMessage) else message
    view = discord.ui.LayoutView.from_message(real, timeout=None)
    return sum(1 for _ in view.walk_children())
