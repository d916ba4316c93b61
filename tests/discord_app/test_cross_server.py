"""What one server has is out of reach for the moderators and admins of every other, whatever ids they send."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import discord
import pytest
import simcord

from bot.discord_app.settings.setup import SetupChannels, SetupRoles
from tests.discord_app.entries import COMMANDS_USED, CONTROLS_USED, FORMS_USED, OFFERING, Entry
from tests.discord_app.furnished import SECRET, Things, furnish, press, said
from tests.discord_app.world import World

ABOUT_THE_SERVER = frozenset(
    {
        *("PrivacyButton", "ResumeButton", "SetupChannels", "SetupRoles", "SetupMode", "fact"),
        *(one.name for one in COMMANDS_USED if one.name.startswith("settings") and one.name != "settings limit"),
        *("request ask", "facts export"),
    }
)
"""What is about no id, but about the server in which it is used: that changes with each use."""
KINDS = {"controls": CONTROLS_USED, "forms": FORMS_USED, "commands": COMMANDS_USED}


@pytest.fixture
async def things(world: World) -> Things:
    """What the server has."""
    return await furnish(world)


@pytest.fixture
def rival(world: World) -> simcord.MemberActor:
    """An admin of another server, who isn't here at all."""
    elsewhere = world.env.create_guild("Elsewhere")
    elsewhere.create_text_channel("general")
    boss = elsewhere.create_role("Moderators", permissions=discord.Permissions(administrator=True))
    return elsewhere.add_member(world.env.create_user("rival"), roles=[boss])


@pytest.mark.parametrize("kind", KINDS)
async def test_ids_of_another_server_lead_nowhere(
    world: World, things: Things, rival: simcord.MemberActor, kind: str
) -> None:
    """Each control, form and command with the ids of this server, used in another: nothing told, nothing changed.

    What is said of them is what is said of ids that nobody ever had.
    """
    before = _of(world, world.guild.id)
    for entry in KINDS[kind]:
        heard = await _tried(world, things, rival, entry)
        assert SECRET not in heard, entry.name
        assert _of(world, world.guild.id) == before, entry.name
        if entry.name not in ABOUT_THE_SERVER:
            assert heard == await _tried(world, _never_there(things), rival, entry), entry.name


async def test_the_facts_of_another_server_are_not_offered(
    world: World, things: Things, rival: simcord.MemberActor
) -> None:
    """Neither by typing nothing nor by typing the very claim."""
    [place] = [one for name, one in rival.guild.channels.items() if name == "general"]
    for command, option in OFFERING:
        for typed in ("", SECRET, things.slug):
            offered = await rival.autocomplete(place, command, option, typed)
            assert SECRET not in str(offered), (command, typed)


async def test_the_walk_takes_no_channel_and_no_role_of_another_server(
    world: World, things: Things, rival: simcord.MemberActor
) -> None:
    """Or cards would be posted into a channel whose server never asked for them."""
    await press(world, rival, SetupChannels("queue", []), [str(world.channel.id)])
    await press(world, rival, SetupChannels("watched", []), [str(world.channel.id)])
    await press(world, rival, SetupRoles([]), [str(world.guild.roles["Moderators"].id)])
    policy = await world.client.services.policies.get(rival.guild.id)
    assert policy.queue_channel is None
    assert not policy.watched_channels
    assert not policy.moderator_roles


async def _tried(world: World, things: Things, rival: simcord.MemberActor, entry: Entry) -> str:
    """Use an entry; what can't even be sent from another server, as it names a channel or a member, says nothing."""
    try:
        heard = said(await entry.use(world, things, rival))
    except simcord.SetupError:
        assert entry.name.startswith(("settings", "ratings"))
        return ""
    return re.sub(r"\d+", "0", heard.replace(things.slug, "slug"))


def _never_there(things: Things) -> Things:
    """Return ids that nothing has."""
    none = 10**9
    ids = replace(things, note=none, item=none, ruling=none, appeal=none, request=none, draft=none)
    return replace(ids, slug="no-such-fact", repair=none, file=none)


def _of(world: World, guild_id: int) -> dict[str, Any]:
    """Return all that is stored of a server."""
    memory = world.memory
    notes = {number: note for number, note in memory.notes.by_id.items() if note.new.guild_id == guild_id}
    return {
        "facts": {slug: fact for slug, fact in memory.facts.by_slug.items() if fact.guild_id in (None, guild_id)},
        "versions": {slug: dict(kept) for slug, kept in memory.facts.versions.items()},
        "notes": notes,
        "history": [step for step in memory.notes.history if step.note_id in notes],
        "items": {number: item for number, item in memory.reviews.by_id.items() if item.new.guild_id == guild_id},
        "policy": memory.policies.by_guild.get(guild_id),
        "limits": [one for one in memory.policies.fact_limits.values() if one.guild_id == guild_id],
        "events": [event for event in memory.audit.events if event.new.guild_id == guild_id],
        "drafts": {number: draft for number, draft in memory.drafts.by_id.items() if draft.guild_id == guild_id},
        "appeals": dict(memory.appeals.by_id),
        "ratings": repr(memory.ratings),
        "requests": {number: one for number, one in memory.requests.by_id.items() if one.guild_id == guild_id},
        "files": sorted(world.client.services.pending_imports._kept),
    }
