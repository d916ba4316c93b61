"""``/settings rater-age``: since when a member must be in the server to rate notes there."""

from __future__ import annotations

from dataclasses import replace

from discord import app_commands

from bot.discord_app.access import Interaction
from bot.discord_app.settings.change import change
from bot.domain.policy import RATER_AGE_DAYS


@app_commands.command(name="rater-age", description="How long a member must be here before they can rate notes")
@app_commands.describe(days=f"From 0 (at once) to 365; {RATER_AGE_DAYS} unless you say otherwise")
async def rater_age(interaction: Interaction, days: app_commands.Range[int, 0, 365]) -> None:
    """Set the age. Earlier ratings stay as they are."""
    await change(interaction, lambda policy: replace(policy, rater_age_days=days))
