"""The button under the notice of the circuit breaker."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import ui

from bot.discord_app.access import Interaction, say, services_of
from bot.discord_app.controls import Control


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
        resumed = await services_of(interaction).policies.resume(interaction.guild_id or 0, by=interaction.user.id)
        await say(interaction, "Automatic replies go on." if resumed else "They are not stopped: somebody was first.")
