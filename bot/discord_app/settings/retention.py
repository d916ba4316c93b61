"""``/settings retention``: how long what is over is remembered in a server."""

from __future__ import annotations

from dataclasses import replace

from discord import app_commands

from bot.discord_app.access import Interaction
from bot.discord_app.settings.change import change
from bot.domain.policy import LONGEST_RETENTION, RETENTION_DAYS, SHORTEST_RETENTION


@app_commands.command(name="retention", description="How long what is over is remembered: rulings, ratings, old notes")
@app_commands.describe(
    days=f"From {SHORTEST_RETENTION} to {LONGEST_RETENTION}; {RETENTION_DAYS} unless you say otherwise"
)
async def retention(
    interaction: Interaction, days: app_commands.Range[int, SHORTEST_RETENTION, LONGEST_RETENTION]
) -> None:
    """Set the retention."""
    await change(interaction, lambda policy: replace(policy, retention_days=days))
