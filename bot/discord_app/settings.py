"""``/settings``: how far Footnote goes by itself in a server, and where. Asks for the permission in code too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import discord
from discord import app_commands

from bot.discord_app.access import Interaction, finish, in_servers, refuse_without, services_of
from bot.discord_app.settings_card import settings_card
from bot.domain.policy import Mode, Policy

WatchableChannel = (
    discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel | discord.Thread
)

_LONGEST_WINDOW = 30 * 24 * 60

settings = in_servers(
    app_commands.Group(
        name="settings",
        description="How far Footnote goes by itself in this server",
        default_permissions=discord.Permissions(manage_guild=True),
    )
)


@settings.command(name="show", description="Show the settings")
async def show(interaction: Interaction) -> None:
    """Show the settings."""
    await _change(interaction, None)


@settings.command(name="mode", description="off, shadow (decide and post nothing), queue (ask a moderator) or auto")
@app_commands.describe(mode="auto answers certain matches at once; doubtful ones always wait for a moderator")
async def set_mode(interaction: Interaction, mode: Literal["off", "shadow", "queue", "auto"]) -> None:
    """Set the mode."""
    await _change(interaction, lambda policy: replace(policy, mode=Mode(mode)))


@settings.command(name="threshold", description="The confidence from which a reply is allowed")
@app_commands.describe(confidence="From 0.5 to 1.0; leave it out to return to the shipped one")
async def set_threshold(
    interaction: Interaction, confidence: app_commands.Range[float, 0.5, 1.0] | None = None
) -> None:
    """Set or reset the threshold."""
    await _change(interaction, lambda policy: replace(policy, threshold=confidence))


@settings.command(name="window", description="How long one note speaks for its fact in a channel")
@app_commands.describe(minutes="In minutes; in that time a repetition gets a quiet link to the note")
async def set_window(interaction: Interaction, minutes: app_commands.Range[int, 1, _LONGEST_WINDOW]) -> None:
    """Set the window."""
    await _change(interaction, lambda policy: replace(policy, window_minutes=minutes))


@settings.command(name="watch", description="Look at this channel and others so named, and no longer at all")
@app_commands.describe(channel="A channel, forum or thread", on="False takes it off the list; an empty list means all")
async def watch(interaction: Interaction, channel: WatchableChannel, on: bool = True) -> None:  # noqa: FBT001, FBT002
    """Name a channel to be watched, or take it off the list."""
    await _change(
        interaction,
        lambda policy: replace(policy, watched_channels=_toggled(policy.watched_channels, channel.id, on=on)),
    )


@settings.command(name="ignore", description="Never look at this channel")
@app_commands.describe(channel="A channel, forum or thread", on="False looks at it again")
async def ignore(interaction: Interaction, channel: WatchableChannel, on: bool = True) -> None:  # noqa: FBT001, FBT002
    """Ignore a channel, or no longer."""
    await _change(
        interaction,
        lambda policy: replace(policy, ignored_channels=_toggled(policy.ignored_channels, channel.id, on=on)),
    )


@settings.command(name="ignore-role", description="Never look at posts of members who have this role")
@app_commands.describe(role="A role", on="False looks at them again")
async def ignore_role(interaction: Interaction, role: discord.Role, on: bool = True) -> None:  # noqa: FBT001, FBT002
    """Ignore a role, or no longer."""
    await _change(
        interaction,
        lambda policy: replace(policy, ignored_roles=_toggled(policy.ignored_roles, role.id, on=on)),
    )


async def _change(interaction: Interaction, change: Callable[[Policy], Policy] | None) -> None:
    """Apply a change, if there is one, and show the settings."""
    if interaction.guild_id is None or await refuse_without(interaction, "manage_guild"):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    policies = services_of(interaction).policies
    if change is None:
        policy = await policies.get(interaction.guild_id)
    else:
        policy = await policies.change(interaction.guild_id, change, by=interaction.user.id)
    await finish(interaction, settings_card(policy))


def _toggled(ids: frozenset[int], one: int, *, on: bool) -> frozenset[int]:
    return ids | {one} if on else ids - {one}
