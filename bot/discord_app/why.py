"""The button "Why this?" under every note, which works for as long as the message stands."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import ui

from bot.discord_app.access import Interaction, finish, services_of
from bot.discord_app.controls import Control
from bot.discord_app.layouts import text_layout, why_layout


def why_id(note_id: int) -> str:
    """Return the custom id of a note's button, by which the note is recognised among messages too."""
    return f"footnote:why:{note_id}"


class WhyButton(Control[ui.Button[Any]], template=r"footnote:why:(?P<note>[0-9]{1,18})"):
    """Shows the reasons of one note to the member who asks."""

    def __init__(self, note_id: int) -> None:
        super().__init__(ui.Button(label="Why this?", style=discord.ButtonStyle.secondary, custom_id=why_id(note_id)))
        self.note_id = note_id

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the note."""
        return cls(int(match["note"]))

    async def answer(self, interaction: Interaction) -> None:
        """Answer with the note's reasons."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        sections = None
        if interaction.guild_id is not None:
            sections = await services_of(interaction).why.note(self.note_id, guild_id=interaction.guild_id)
        if sections is None:
            await finish(interaction, text_layout("The reasons of this note are no longer kept."))
        else:
            await finish(interaction, why_layout(sections))
