"""``/settings watch``, ``ignore``, ``ignore-role``, ``window`` and ``language``: which posts are looked at, and how."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import app_commands

from bot.discord_app.access import Interaction
from bot.discord_app.settings.change import CHOICES, WatchableChannel, change, toggled
from bot.discord_app.settings.languages import LANGUAGES, find_languages, language_name
from bot.discord_app.settings.rights import answer_problems

_LONGEST_WINDOW = 30 * 24 * 60
_NONE = "none"


@app_commands.command(name="watch", description="Look at this channel and others so named, and no longer at all")
@app_commands.describe(channel="A channel, forum or thread", on="False takes it off the list; an empty list means all")
async def watch(interaction: Interaction, channel: WatchableChannel, on: bool = True) -> None:  # noqa: FBT001, FBT002
    """Name a channel to be watched, or take it off the list."""
    await change(
        interaction,
        lambda policy: replace(policy, watched_channels=toggled(policy.watched_channels, channel.id, on=on)),
        problems=answer_problems,
    )


@app_commands.command(name="ignore", description="Never look at this channel")
@app_commands.describe(channel="A channel, forum or thread", on="False looks at it again")
async def ignore(interaction: Interaction, channel: WatchableChannel, on: bool = True) -> None:  # noqa: FBT001, FBT002
    """Ignore a channel, or no longer."""
    await change(
        interaction,
        lambda policy: replace(policy, ignored_channels=toggled(policy.ignored_channels, channel.id, on=on)),
    )


@app_commands.command(name="ignore-role", description="Never look at posts of members who have this role")
@app_commands.describe(role="A role", on="False looks at them again")
async def ignore_role(interaction: Interaction, role: discord.Role, on: bool = True) -> None:  # noqa: FBT001, FBT002
    """Ignore a role, or no longer."""
    await change(
        interaction, lambda policy: replace(policy, ignored_roles=toggled(policy.ignored_roles, role.id, on=on))
    )


@app_commands.command(name="window", description="How long one note speaks for its fact in a channel")
@app_commands.describe(minutes="In minutes; in that time a repetition gets a quiet link to the note")
async def window(interaction: Interaction, minutes: app_commands.Range[int, 1, _LONGEST_WINDOW]) -> None:
    """Set the window."""
    await change(interaction, lambda policy: replace(policy, window_minutes=minutes))


async def _language_choices(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:  # noqa: ARG001
    none = [app_commands.Choice(name="none: told from each post", value=_NONE)] if typed.strip() in _NONE else []
    found = [app_commands.Choice(name=language_name(code), value=code) for code in find_languages(typed)]
    return [*none, *found][:CHOICES]


@app_commands.command(name="language", description="What members write in where a post doesn't tell")
@app_commands.describe(
    code="A code such as en (ISO 639-1), or none; in languages that the models lack nothing is certain"
)
@app_commands.autocomplete(code=_language_choices)
async def language(interaction: Interaction, code: str) -> None:
    """Set or reset the language."""
    wanted = code.strip().lower()
    unknown = None
    if wanted != _NONE and wanted not in LANGUAGES:
        unknown = "That is no language code: choose one from the list, such as en, or none."
    said = None if wanted == _NONE else wanted
    await change(interaction, lambda policy: replace(policy, language=said), unless=unknown)
