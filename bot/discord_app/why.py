"""The button "Why this?" under every note, which works for as long as the message stands."""

from __future__ import annotations

from bot.discord_app.access import Interaction, finish, services_of
from bot.discord_app.controls import NumberButton
from bot.discord_app.layouts import text_layout, why_layout
from bot.discord_app.places import visible_note


class WhyButton(NumberButton, kind="why", label="Why this?"):
    """Shows the reasons of one note to the member who asks."""

    async def answer(self, interaction: Interaction) -> None:
        """Answer with the note's reasons."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        sections = None
        note = await visible_note(interaction, self.number)
        if note is not None:
            sections = await services_of(interaction).why.note(note.id, guild_id=note.new.guild_id)
        if sections is None:
            await finish(interaction, text_layout("The reasons of this note are no longer kept."))
        else:
            await finish(interaction, why_layout(sections))
