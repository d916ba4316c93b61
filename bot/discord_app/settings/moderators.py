"""``/settings queue-channel``, ``log-channel``, ``moderator-role`` and ``escalation-role``: who rules, and where."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import app_commands

from bot.discord_app.access import Interaction
from bot.discord_app.settings.change import EVERYONE, change, toggled
from bot.discord_app.settings.rights import card_problems


@app_commands.command(name="queue-channel", description="Where matches that wait for a moderator appear as cards")
@app_commands.describe(channel="A channel for moderators only; leave it out to have none")
async def queue_channel(interaction: Interaction, channel: discord.TextChannel | None = None) -> None:
    """Name the queue channel, or none."""
    await change(
        interaction,
        lambda policy: replace(policy, queue_channel=channel.id if channel else None),
        problems=lambda guild, policy: card_problems(guild, policy.queue_channel, quotes=True),
    )


@app_commands.command(name="log-channel", description="Where notes that were posted automatically appear, to be judged")
@app_commands.describe(channel="A channel for moderators; leave it out to have none")
async def log_channel(interaction: Interaction, channel: discord.TextChannel | None = None) -> None:
    """Name the log channel, or none."""
    await change(
        interaction,
        lambda policy: replace(policy, log_channel=channel.id if channel else None),
        problems=lambda guild, policy: card_problems(guild, policy.log_channel, quotes=False),
    )


@app_commands.command(name="moderator-role", description="Let members with this role rule on matches")
@app_commands.describe(
    role="A role; Discord shows it /queue only if an admin allows it under Integrations", on="False ends it"
)
async def moderator_role(interaction: Interaction, role: discord.Role, on: bool = True) -> None:  # noqa: FBT001, FBT002
    """Make a role one of moderators, or no longer."""
    await change(
        interaction,
        lambda policy: replace(policy, moderator_roles=toggled(policy.moderator_roles, role.id, on=on)),
        unless=EVERYONE if on and role.is_default() else None,
    )


@app_commands.command(name="escalation-role", description="Which role an escalated match names; it is not pinged")
@app_commands.describe(role="A role; leave it out to have none")
async def escalation_role(interaction: Interaction, role: discord.Role | None = None) -> None:
    """Name the role for escalations, or none."""
    await change(
        interaction,
        lambda policy: replace(policy, escalation_role=role.id if role else None),
        unless=EVERYONE if role is not None and role.is_default() else None,
    )
