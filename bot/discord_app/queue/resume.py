"""The way on after the circuit breaker: the button under its notice, and ``/settings resume``."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import app_commands, ui

from bot.discord_app.access import Interaction, refused, say, services_of
from bot.discord_app.controls import Control
from bot.discord_app.text import safe, stamp

_REASON_LIMIT = 600


class ResumeButton(Control[ui.Button[Any]], template=r"footnote:resume"):
    """Lets automatic replies go on, for whoever may change the server's settings."""

    needs = "manage_guild"

    def __init__(self) -> None:
        look = discord.ButtonStyle.primary
        super().__init__(ui.Button(label="Resume automatic replies", style=look, custom_id="footnote:resume"))

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:  # noqa: ARG003 - there is only one
        """Return the button."""
        return cls()

    async def answer(self, interaction: Interaction) -> None:
        """Resume, and say so."""
        await interaction.response.defer()
        await _resume(interaction)


@app_commands.command(name="resume", description="Let automatic replies go on after they were stopped")
async def resume(interaction: Interaction) -> None:
    """Lift the stop, and say what was wrong."""
    if not await refused(interaction, "manage_guild"):
        await _resume(interaction)


async def _resume(interaction: Interaction) -> None:
    stop = await services_of(interaction).policies.resume(interaction.guild_id or 0, by=interaction.user.id)
    if stop is None:
        await say(interaction, "Automatic replies are not stopped.")
        return
    since = stamp(stop.at)
    await say(interaction, f"Automatic replies go on. They were stopped {since}: {safe(stop.because, _REASON_LIMIT)}.")
