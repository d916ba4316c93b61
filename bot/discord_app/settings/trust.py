"""``/settings mode``, ``threshold``, ``approvals`` and ``floor``: what Footnote may do by itself, and what stops it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from discord import app_commands

from bot.discord_app.access import Interaction
from bot.discord_app.settings.change import change
from bot.domain.policy import Mode


@app_commands.command(name="mode", description="off, shadow (decide and post nothing), queue (ask a moderator) or auto")
@app_commands.describe(mode="auto answers certain matches at once; doubtful ones always wait for a moderator")
async def mode(interaction: Interaction, mode: Literal["off", "shadow", "queue", "auto"]) -> None:
    """Set the mode."""
    await change(interaction, lambda policy: replace(policy, mode=Mode(mode)))


@app_commands.command(name="threshold", description="The confidence from which a reply is allowed")
@app_commands.describe(confidence="From 0.5 to 1.0; leave it out to return to the shipped one")
async def threshold(interaction: Interaction, confidence: app_commands.Range[float, 0.5, 1.0] | None = None) -> None:
    """Set or reset the threshold."""
    await change(interaction, lambda policy: replace(policy, threshold=confidence))


@app_commands.command(
    name="approvals", description="How often a fact must be approved here before it replies by itself"
)
@app_commands.describe(count="From 0 to 50; a wrong match sets the count of its fact back to none")
async def approvals(interaction: Interaction, count: app_commands.Range[int, 0, 50]) -> None:
    """Set how many approvals a fact needs."""
    await change(interaction, lambda policy: replace(policy, approvals_needed=count))


@app_commands.command(name="floor", description="The precision under which automatic replies stop by themselves")
@app_commands.describe(precision="From 0.5 to 0.99; what the rulings on automatic replies make sure of must reach it")
async def floor(interaction: Interaction, precision: app_commands.Range[float, 0.5, 0.99]) -> None:
    """Set the precision floor."""
    await change(interaction, lambda policy: replace(policy, precision_floor=precision))
