"""``/queue``: what waits for a moderator, to list, to filter, to rule on and to dismiss."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands

from bot.discord_app.access import Interaction, finish, in_servers, refuse_unless_moderator
from bot.discord_app.facts.choices import fact_choices
from bot.discord_app.queue.filter import Filter, fact_hash
from bot.discord_app.queue.listing import list_view

PostsChannel = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


@in_servers
@app_commands.command(name="queue", description="Rule on matches that wait for a moderator")
@app_commands.default_permissions(manage_messages=True)
@app_commands.describe(
    fact="Only matches of this fact", channel="Only posts of this channel", state="Only those in this state"
)
@app_commands.autocomplete(fact=fact_choices)
async def queue(
    interaction: Interaction,
    fact: str | None = None,
    channel: PostsChannel | None = None,
    state: Literal["open", "escalated", "snoozed"] | None = None,
) -> None:
    """List what waits, the most urgent first."""
    if await refuse_unless_moderator(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    where = Filter(
        state=state or "hand",
        channel_id=channel.id if channel else 0,
        fact=fact_hash(fact) if fact else "0",
    )
    await finish(interaction, await list_view(interaction, where))
