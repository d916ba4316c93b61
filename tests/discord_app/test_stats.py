from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
import pytest

from bot.domain.fact import Fact
from bot.domain.review import Ruling
from bot.review.figures import Figures
from bot.services.stats import CountFigures
from tests.builders import a_fact
from tests.discord_app.world import CLAIM, World, words
from tests.review.figures import HUGE

PNG = b"\x89PNG\r\n\x1a\n"


async def test_the_figures_come_in_words_and_as_a_picture(world: World) -> None:
    """In one answer that only the moderator sees; the picture says in words what it shows."""
    world.auto()
    await world.member.send(world.channel, CLAIM)
    await world.settle()
    [note] = world.notes
    await world.client.services.notes.judge(
        note.id, guild_id=world.guild.id, ruling=Ruling.APPROVE, by=world.moderator.id
    )
    result = await world.moderator.slash(world.channel, "stats", days=7)

    assert result.ephemeral
    assert result.response is not None
    shown = words(result.response)
    assert shown.startswith("**The last 7 days**\n- 1 automatic reply, 0 posts queued")
    assert "100% right: 1 of 1 judged" in shown
    assert "The moon is made of cheese. \\(1 note\\)" in shown
    [picture] = result.response.attachments
    assert picture.filename == "stats.png"
    assert picture.size > 1000
    assert picture.description is not None
    assert picture.description.startswith("The last 7 days. 1 automatic reply")
    view = discord.ui.LayoutView.from_message(result.response.message)
    [gallery] = [part for part in view.walk_children() if isinstance(part, discord.ui.MediaGallery)]
    assert gallery.items[0].description == picture.description


async def test_without_a_number_of_days_it_is_a_month(world: World) -> None:
    """A server in which nothing happened gets its figures, too."""
    result = await world.moderator.slash(world.channel, "stats")

    shown = words(result.response)
    assert shown.startswith("**The last 30 days**\n- 0 automatic replies")
    assert "Nothing waits for a ruling." in shown


async def test_a_moderator_role_is_enough(world: World) -> None:
    """Those whom the server named may look."""
    role = world.guild.create_role("Helpers")
    world.set_policy(moderator_roles=frozenset({role.id}))
    helper = world.guild.add_member(world.env.create_user("helper"), roles=[role])
    command = world.env.backend.commands[None]["stats", 1]
    world.guild.set_command_permissions(int(command["id"]), {helper: True})
    result = await helper.slash(world.channel, "stats")

    assert "The last 30 days" in words(result.response)


async def test_a_member_is_refused(world: World) -> None:
    """Where an admin opened the command to everybody."""
    assert "stats" not in world.member.available_commands(world.channel)
    world.open_to_member("stats")
    result = await world.member.slash(world.channel, "stats")

    assert words(result.response).startswith("This is for the server's moderators")


async def test_a_thread_has_the_figures_of_its_server(world: World) -> None:
    """They are nobody's channel's."""
    await world.member.send(world.channel, CLAIM)
    thread = await world.thread(world.channel)
    result = await world.moderator.slash(thread, "stats")

    assert "1 post queued" in words(result.response)


async def test_the_largest_figures_fit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long claims and questions are, and however much there is to escape in them."""

    async def huge(*args: Any, **more: Any) -> Figures:
        hostile = tuple((f"{n} " + "[*_~`|]()<>#@ http://x " * 30, 10**9) for n in range(30))
        return replace(HUGE, top_facts=hostile, unanswered=hostile)

    monkeypatch.setattr(CountFigures, "figures", huge)
    result = await world.moderator.slash(world.channel, "stats", days=365)

    shown = words(result.response)
    assert 1000 < len(shown) <= 4000
    assert "http://x" not in shown
    assert result.response is not None
    [picture] = result.response.attachments
    assert len(picture.description or "") <= 1024


async def test_a_claim_pings_nobody(world: World) -> None:
    """Words of facts are shown letter by letter."""
    fact: Fact = a_fact(claim="The moon is a big cheese, @everyone <@&1>.")
    world.memory.facts.by_slug[fact.slug] = fact
    world.auto()
    await world.member.send(world.channel, CLAIM)
    await world.settle()
    result = await world.moderator.slash(world.channel, "stats")

    shown = words(result.response)
    assert "@everyone" not in shown
    assert "<@&1>" not in shown
