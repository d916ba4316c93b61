"""``/settings retention``: how long what is over is remembered in a server."""

from __future__ import annotations

from dataclasses import replace

from discord import app_commands

from bot.discord_app.access import Interaction
from bot.discord_app.settings.change import change
from bot.domain.policy import RETENTION_DAYS


@app_commands.command(name="retention", description="How long what is over is remembered: rulings, ratings, old notes")
@app_commands.describe(days=f"From 30 to 3650; {RETENTION_DAYS} unless you say otherwise")
async def retention(interaction: Interaction, days: app_commands.Range[int, 30, 3650]) -> None:
    """Set the retention."""
    await change(interaction, lambda policy: replace(policy, retention_days=days))
