"""The button that shows a note which was put aside, to the member who asks."""

from __future__ import annotations

from bot.discord_app.access import Interaction, finish, services_of
from bot.discord_app.controls import NumberButton
from bot.discord_app.layouts import note_layout, text_layout
from bot.discord_app.members.rating import rate_buttons
from bot.discord_app.places import visible_note
from bot.discord_app.why import WhyButton
from bot.notes.compose import compose


class ShowButton(NumberButton, kind="show", label="Show the note"):
    """Shows one note in full."""

    async def answer(self, interaction: Interaction) -> None:
        """Answer with the note as it stood."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        seen = await visible_note(interaction, self.number)
        life = services_of(interaction).life
        found = None if seen is None else await life.shown(seen.id, guild_id=seen.new.guild_id)
        if found is None:
            await finish(interaction, text_layout("This note doesn't stand any more."))
            return
        note, fact, standing = found
        view = compose(fact, note.new.provenance, standing=standing, amendment=note.amendment)
        # What was put aside for its ratings must stay ratable, or nothing could bring it back.
        await finish(interaction, note_layout(view, why=WhyButton(note.id), buttons=rate_buttons(note.id)))
