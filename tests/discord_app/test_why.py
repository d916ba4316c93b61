from __future__ import annotations

import pytest

from bot.domain.fact import Fact
from tests.builders import a_fact
from tests.discord_app.world import CLAIM, World, words

LONG = "A long *tale* about the <moon> and @everyone. "


async def _note(world: World) -> None:
    world.auto()
    await world.member.send(world.channel, CLAIM)
    await world.settle()


async def test_why_this_shows_the_reasons_to_the_one_who_asks(world: World) -> None:
    """The answer names wording, confidence, gates, fact and quotes, and nobody else sees it."""
    await _note(world)
    result = await world.member.click(world.bot_messages()[0], label="Why this?")

    assert result.ephemeral
    shown = words(result.response)
    assert "Known wording: “The moon is a big cheese.”" in shown
    assert "confidence 97%, needed 90%" in shown
    assert "moon-cheese, version 1" in shown
    assert "The moon consists of rock." in shown


async def test_why_this_works_after_a_restart(world: World) -> None:
    """The button carries all it needs."""
    await _note(world)
    await world.restart()
    result = await world.member.click(world.bot_messages()[0], label="Why this?")

    assert "Known wording" in words(result.response)


async def test_reasons_that_are_gone_are_said_to_be_gone(world: World) -> None:
    """A note whose fact was removed still gets an answer."""
    await _note(world)
    world.memory.facts.by_slug.clear()
    result = await world.member.click(world.bot_messages()[0], label="Why this?")

    assert words(result.response) == "The reasons of this note are no longer kept."


async def test_a_fault_behind_the_button_ends_in_an_apology(world: World) -> None:
    """Whoever clicks hears that it failed; the log gets ids."""
    await _note(world)
    world.store.fail_next.append(OSError("disk"))
    result = await world.member.click(world.bot_messages()[0], label="Why this?")

    assert "something went wrong" in words(result.response)


class TestLong:
    @pytest.fixture
    def fact(self) -> Fact:
        """A fact with more context than one message holds."""
        return a_fact(context=LONG * 150)

    async def test_long_reasons_are_shortened_section_by_section(self, world: World) -> None:
        """Each section keeps its share, so that the last one is there too."""
        await _note(world)
        result = await world.member.click(world.bot_messages()[0], label="Why this?")

        shown = words(result.response)
        assert len(shown) <= 4000
        assert "…" in shown
        assert "**Quotes**" in shown
        assert "The moon consists of rock." in shown
        assert "@everyone" not in shown
