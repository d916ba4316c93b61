from __future__ import annotations

from typing import Any

import discord

from bot.discord_app.commands import build_tree
from tests.discord_app.world import World, words


def _all(world: World) -> dict[str, dict[str, Any]]:
    """Every command of the group with what it needs."""
    role = world.guild.roles["Moderators"]
    plain = ("setup", "show", "resume", "limits", "threshold", "queue-channel", "log-channel", "escalation-role")
    options: dict[str, dict[str, Any]] = {name: {} for name in (*plain, "quiet-hours")}
    return options | {
        **{name: {"channel": world.channel} for name in ("watch", "ignore")},
        **{name: {"role": role} for name in ("ignore-role", "moderator-role")},
        "mode": {"mode": "auto"},
        "window": {"minutes": 1},
        "approvals": {"count": 0},
        "floor": {"precision": 0.5},
        "language": {"code": "en"},
        "limit": {"fact": "moon-cheese", "mode": "off"},
        "retention": {"days": 90},
        "rater-age": {"days": 1},
    }


async def test_a_member_is_refused_in_code(world: World) -> None:
    """Where an admin opened the commands to everybody, members still change nothing, and see nothing."""
    world.open_to_member("settings")
    commands = _all(world)
    available = [name for name in world.member.available_commands(world.channel) if name.startswith("settings ")]
    assert sorted(available) == sorted(f"settings {name}" for name in commands)
    for name, options in commands.items():
        result = await world.member.slash(world.channel, f"settings {name}", **options)
        assert words(result.response) == "This needs the permission “Manage Server” in this server.", name

    assert not world.memory.policies.by_guild
    assert not world.memory.audit.events


async def test_a_member_does_not_even_see_the_command(world: World) -> None:
    """Discord hides the settings from members who may not manage the server."""
    assert not [name for name in world.member.available_commands(world.channel) if name.startswith("settings")]


async def test_the_commands_stay_within_discords_limits() -> None:
    """25 to a group, and 8000 characters of names, descriptions and values (its documentation)."""

    def size(node: dict[str, Any]) -> int:
        own = sum(len(str(node.get(key, ""))) for key in ("name", "description", "value"))
        return own + sum(size(child) for key in ("options", "choices") for child in node.get(key) or [])

    tree = build_tree(discord.Client(intents=discord.Intents.none()))
    for command in tree.get_commands():
        payload = command.to_dict(tree)
        assert len(payload.get("options") or []) <= 25
        assert size(payload) <= 8000


async def test_settings_work_in_a_thread(world: World) -> None:
    """A thread belongs to the server as well."""
    thread = await world.thread(world.channel)
    result = await world.moderator.slash(thread, "settings approvals", count=3)

    assert world.policy().approvals_needed == 3
    assert "after 3 approvals here" in words(result.response)
