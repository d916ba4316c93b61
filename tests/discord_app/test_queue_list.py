from __future__ import annotations

from dataclasses import replace

import discord
import pytest

from bot.domain.review import ReviewState, Ruling
from tests.builders import a_fact
from tests.discord_app.world import CLAIM, World, buttons, words


async def _queued(world: World, count: int) -> None:
    """Post so many different posts on the claim."""
    for number in range(count):
        await world.member.send(world.channel, f"{CLAIM} Number {number}.")


async def test_the_list_shows_each_item_in_a_line_and_the_rest_in_pages(world: World) -> None:
    """Ten a page; the buttons turn it both ways, and a restart doesn't matter."""
    await _queued(world, 23)
    listed = await world.list_queue()
    assert "**Queue** · 23 at hand · page 1 of 3" in words(listed)
    assert "**1** “They say the moon is a big cheese. Number 0.”" in words(listed)
    assert "**11**" not in words(listed)

    await world.moderator.click(listed, label="▶")
    await world.restart()
    await world.moderator.click(listed, label="▶")
    assert "page 3 of 3" in words(listed)
    assert "**23**" in words(listed)
    await world.moderator.click(listed, label="◀")
    assert "page 2 of 3" in words(listed)


async def test_an_item_is_opened_from_the_list(world: World) -> None:
    """Any of them, not only the oldest."""
    await _queued(world, 3)
    listed = await world.list_queue()
    await world.moderator.select(listed, ["2"])

    assert "**Review item 2** · 3 posts on this claim" in words(listed)


async def test_an_item_that_was_closed_meanwhile_is_not_opened(world: World) -> None:
    """The list is shown anew and says so."""
    await _queued(world, 2)
    listed, other = await world.list_queue(), await world.queue()
    await world.moderator.click(other, label="Dismiss")
    await world.moderator.select(listed, ["1"])

    assert "That item is closed already." in words(listed)
    assert "1 at hand" in words(listed)


async def test_the_list_is_filtered_by_fact_channel_and_state(world: World) -> None:
    """Each alone; what is left out isn't counted."""
    sun = a_fact(slug="sun-cold", claim="The sun is cold.", phrasings=("The sun is freezing.",))
    world.memory.facts.by_slug["sun-cold"] = sun
    world.learn(sun)
    other = world.guild.create_text_channel("other")
    await world.member.send(world.channel, CLAIM)
    await world.member.send(other, "The sun is freezing.")
    card = await world.queue()
    await world.moderator.click(card, label="Escalate")

    assert "1 at hand" in words(await world.list_queue(fact="sun-cold"))
    assert "**2**" in words(await world.list_queue(channel=other))
    assert "**1**" in words(await world.list_queue(state="escalated"))
    assert "**2**" in words(await world.list_queue(state="open"))
    assert "Nothing waits here." in words(await world.list_queue(state="snoozed"))
    assert "Nothing waits here." in words(await world.list_queue(fact="no-such-fact"))


async def test_what_is_listed_is_dismissed_after_asking_once_more(world: World) -> None:
    """What came after the question stays: nobody has seen it."""
    await _queued(world, 3)
    listed = await world.list_queue()
    await world.moderator.click(listed, label="Dismiss all 3")
    assert "**Dismiss 3 items?**" in words(listed)
    await world.env.advance_time(2)
    await world.member.send(world.channel, f"{CLAIM} Late.")
    await world.restart()
    await world.moderator.click(listed, label="Dismiss 3")

    assert "Dismissed 3." in words(listed)
    assert [item.ruling for item in world.items] == [Ruling.DISMISS] * 3 + [None]
    assert {item.ruled_by for item in world.items} == {world.moderator.id, None}


async def test_dismissing_all_can_be_left(world: World) -> None:
    """Back to the list, with everything in it."""
    await _queued(world, 2)
    listed = await world.list_queue()
    await world.moderator.click(listed, label="Dismiss all 2")
    await world.moderator.click(listed, label="Back")

    assert "2 at hand" in words(listed)


async def test_items_of_channels_that_a_moderator_cannot_see_are_neither_listed_nor_dismissed(world: World) -> None:
    """Not even counted."""
    deny = discord.PermissionOverwrite(view_channel=False)
    secret = world.guild.create_text_channel("secret", overwrites={world.guild.roles["Moderators"]: deny})
    await world.member.send(secret, CLAIM)
    await world.member.send(world.channel, f"{CLAIM} Open.")
    listed = await world.list_queue()
    assert "1 at hand" in words(listed)
    await world.moderator.click(listed, label="Dismiss all 1")
    await world.moderator.click(listed, label="Dismiss 1")

    assert [item.state for item in world.items] == [ReviewState.OPEN, ReviewState.CLOSED]


async def test_a_member_cannot_use_a_list_that_they_find(world: World) -> None:
    """Every control asks for the permission."""
    await _queued(world, 1)
    listed = await world.list_queue()
    world.env.backend.edit_role(world.guild.id, world.guild.roles["Moderators"].id, {"permissions": 0})
    for act in (
        world.moderator.click(listed, label="Rule on the next"),
        world.moderator.click(listed, label="Dismiss all 1"),
        world.moderator.select(listed, ["1"]),
    ):
        result = await act
        assert "This is for the server's moderators" in words(result.response)


@pytest.mark.parametrize("length", [10, 100])
async def test_the_longest_list_fits(world: World, length: int) -> None:
    """Ten items of the longest posts on the longest claims."""
    facts = world.memory.facts.by_slug
    facts["moon-cheese"] = replace(facts["moon-cheese"], claim="*" * 300)
    for number in range(10):
        await world.member.send(world.channel, f"{CLAIM} {number} " + "_*" * (9 * length))
    listed = await world.list_queue()

    assert len(words(listed)) <= 4000
    assert len(buttons(listed)) == 2


async def test_facts_are_offered_while_a_filter_is_typed(world: World) -> None:
    """By their claims."""
    choices = await world.moderator.autocomplete(world.channel, "queue", "fact", "moon")

    assert [(choice["name"], choice["value"]) for choice in choices] == [("The moon is made of cheese.", "moon-cheese")]
