from __future__ import annotations

from typing import Any

import pytest
import simcord

from bot.domain.audit import Act
from bot.domain.policy import FactLimit, Mode
from tests.builders import a_fact
from tests.discord_app.world import CLAIM, World, words

SLUG = "moon-cheese"


async def _limit(world: World, mode: str, channel: simcord.ChannelHandle | None = None, fact: str = SLUG) -> str:
    options: dict[str, Any] = {"fact": fact, "mode": mode} | ({"channel": channel} if channel else {})
    result = await world.moderator.slash(world.channel, "settings limit", **options)
    assert result.ephemeral
    return words(result.response)


async def _posts(world: World, channel: simcord.ChannelHandle) -> int:
    """Post a claim in a channel, and return how many notes stand there then."""
    await world.member.send(channel, CLAIM)
    await world.settle()
    return len(world.bot_messages(channel))


async def test_a_limit_says_what_it_was_before(world: World) -> None:
    """It is audited with the fact; auto lifts it."""
    shown = await _limit(world, "off")
    assert shown.startswith("**The moon is made of cheese.**\nIn this server: off (muted")
    assert shown.endswith("-# Before: auto")
    assert (await _limit(world, "queue")).endswith("-# Before: off")
    assert await _limits(world) == [FactLimit(world.guild.id, SLUG, Mode.QUEUE)]
    await _limit(world, "auto")

    assert await _limits(world) == []
    events = [event.new for event in world.memory.audit.events]
    assert [(event.act, event.slug, event.by) for event in events] == [(Act.FACT_LIMITED, SLUG, world.moderator.id)] * 3


async def _limits(world: World) -> list[FactLimit]:
    return await world.client.services.policies.limits(world.guild.id)


async def test_a_fact_muted_in_one_channel_speaks_in_others(world: World) -> None:
    """The channel's threads are part of it; nothing of it waits in the queue either."""
    world.auto()
    other = world.guild.create_text_channel("other")
    thread = await world.thread(other)
    assert f"In <#{other.id}>: off" in await _limit(world, "off", other)

    assert await _posts(world, other) == 0
    assert await _posts(world, thread) == 0
    assert not world.items
    assert await _posts(world, world.channel) == 1


async def test_a_fact_muted_in_one_thread_speaks_in_its_channel(world: World) -> None:
    """A thread can be named by itself."""
    world.auto()
    thread = await world.thread(world.channel)
    await _limit(world, "off", thread)

    assert await _posts(world, thread) == 0
    assert await _posts(world, world.channel) == 1


@pytest.mark.parametrize(("mode", "items", "notes"), [("off", 0, 0), ("shadow", 0, 0), ("queue", 1, 0), ("auto", 0, 1)])
async def test_how_far_a_limit_lets_a_fact_go(world: World, mode: str, items: int, notes: int) -> None:
    """In a server that is set to auto."""
    world.auto()
    await _limit(world, mode)

    assert await _posts(world, world.channel) == notes
    assert len(world.items) == items


async def test_only_facts_of_this_server_can_be_limited(world: World) -> None:
    """Neither unknown ones nor those of other servers."""
    world.memory.facts.by_slug["theirs"] = a_fact(slug="theirs", guild_id=999)
    for slug in ("theirs", "unknown", "*" * 300):
        assert await _limit(world, "off", fact=slug) == "There is no such fact here: choose one from the list."

    assert not await _limits(world)


async def test_a_limit_on_a_fact_that_is_gone_can_be_lifted(world: World) -> None:
    """It is listed by its short name."""
    await _limit(world, "off")
    del world.memory.facts.by_slug[SLUG]
    result = await world.moderator.slash(world.channel, "settings limits")
    assert f"- **off** everywhere: {SLUG}" in words(result.response)
    await _limit(world, "auto")

    assert not await _limits(world)


async def test_facts_are_offered_while_one_is_typed(world: World) -> None:
    """By their claims, 25 at most, in 100 characters each."""
    facts = world.memory.facts.by_slug
    for number in range(30):
        facts[f"fact-{number:02}"] = a_fact(slug=f"fact-{number:02}", claim=f"{number} " + "word " * 50)
    everything = await world.moderator.autocomplete(world.channel, "settings limit", "fact", "")
    assert len(everything) == 25
    assert all(len(choice["name"]) <= 100 for choice in everything)
    found = await world.moderator.autocomplete(world.channel, "settings limit", "fact", "cheese")
    assert [(choice["name"], choice["value"]) for choice in found] == [("The moon is made of cheese.", SLUG)]


async def test_limits_are_listed_and_counted(world: World) -> None:
    """With the place; a channel that was deleted is said to be gone."""
    result = await world.moderator.slash(world.channel, "settings limits")
    assert words(result.response) == "**No fact is limited here**"
    other = world.guild.create_text_channel("other")
    await _limit(world, "queue")
    await _limit(world, "off", other)
    world.delete(other)
    result = await world.moderator.slash(world.channel, "settings limits")
    shown = words(result.response)
    assert shown.startswith("**Facts that are limited: 2**")
    assert "- **queue** everywhere: The moon is made of cheese." in shown
    assert f"- **off** in <#{other.id}> (deleted or archived): The moon" in shown
    settings = await world.moderator.slash(world.channel, "settings show")
    assert "**Limits of single facts** 2 (`/settings limits`)" in words(settings.response)


async def test_many_limits_fit_into_a_message(world: World) -> None:
    """The rest is counted."""
    for number in range(400):
        slug = f"fact-{number}"
        world.memory.facts.by_slug[slug] = a_fact(slug=slug, claim="*_~`\n" * 100)
        limit = FactLimit(world.guild.id, slug, Mode.OFF, 10**18 + number)
        await world.client.services.policies.limit(limit, by=1)
    result = await world.moderator.slash(world.channel, "settings limits")

    shown = words(result.response)
    assert len(shown) <= 4000
    listed = shown.count("- **off**")
    assert 10 < listed <= 25
    assert f"… and {400 - listed} more" in shown
