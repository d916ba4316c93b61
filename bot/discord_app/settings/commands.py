"""``/settings``: how far Footnote goes by itself in a server, and where. Asks for the permission in code too."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.discord_app.access import Interaction, finish, in_servers, refused, services_of
from bot.discord_app.queue.resume import resume
from bot.discord_app.settings.card import settings_card
from bot.discord_app.settings.limits import limit, limits
from bot.discord_app.settings.moderators import escalation_role, log_channel, moderator_role, queue_channel
from bot.discord_app.settings.quiet import quiet_hours
from bot.discord_app.settings.raters import rater_age
from bot.discord_app.settings.retention import retention
from bot.discord_app.settings.rights import answer_problems, card_problems, gone
from bot.discord_app.settings.setup import setup
from bot.discord_app.settings.trust import approvals, floor, mode, threshold
from bot.discord_app.settings.watch import ignore, ignore_role, language, watch, window
from bot.services.standings import held


@app_commands.command(name="show", description="Show the settings")
async def show(interaction: Interaction) -> None:
    """Show the settings, and what keeps them from working."""
    if await refused(interaction, "manage_guild"):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    services, guild, guild_id = services_of(interaction), interaction.guild, interaction.guild_id or 0
    policy = await services.policies.get(guild_id)
    problems = []
    if guild is not None:
        problems += card_problems(guild, policy.queue_channel, quotes=True)
        problems += card_problems(guild, policy.log_channel, quotes=False)
        problems += answer_problems(guild, policy)
    card = settings_card(
        policy,
        gone=gone(guild, policy),
        held=held(policy, services.clock()),
        limits=len(await services.policies.limits(guild_id)),
        problems=problems,
    )
    await finish(interaction, card)


settings = in_servers(
    app_commands.Group(
        name="settings",
        description="How far Footnote goes by itself in this server",
        default_permissions=discord.Permissions(manage_guild=True),
    )
)
_COMMANDS: tuple[app_commands.Command[Any, ..., None], ...] = (
    *(setup, show, mode, threshold, approvals, floor, resume, limit, limits),
    *(queue_channel, log_channel, moderator_role, escalation_role),
    *(watch, ignore, ignore_role, window, language, quiet_hours, rater_age, retention),
)
for _command in _COMMANDS:
    settings.add_command(_command)
