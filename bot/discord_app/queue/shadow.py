"""``/shadow report``, and the menu by which moderators rule on a note that Footnote posted by itself."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.discord_app.access import Interaction, finish, in_servers, refuse_unless_moderator, services_of
from bot.discord_app.layouts import text_layout
from bot.discord_app.queue.judging import judge_buttons, shadow_page
from bot.discord_app.queue.note_views import note_ruling_view
from bot.domain.note import Provenance

_NO_NOTE = "This is no note of Footnote's: only notes that Footnote posted here by itself can be ruled on."
_APPROVED = "A moderator approved this note before it was posted, so there is no automatic match to rule on."

shadow = in_servers(
    app_commands.Group(
        name="shadow",
        description="What Footnote would have posted in mode shadow",
        default_permissions=discord.Permissions(manage_messages=True),
    )
)


@shadow.command(name="report", description="Look through what would have been posted, and say what was right")
async def report(interaction: Interaction) -> None:
    """Show the newest note that nobody has ruled on."""
    if await refuse_unless_moderator(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    await finish(interaction, await shadow_page(interaction))


@in_servers
@app_commands.context_menu(name="Rule on this note")
@app_commands.default_permissions(manage_messages=True)
async def rule_on_note(interaction: Interaction, message: discord.Message) -> None:
    """Offer the rulings on an automatic note."""
    if interaction.guild_id is None or await refuse_unless_moderator(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    services = services_of(interaction)
    note = await services.notes.by_message(message.id, guild_id=interaction.guild_id)
    if note is None:
        await finish(interaction, text_layout(_NO_NOTE))
    elif note.new.provenance is not Provenance.AUTO:
        await finish(interaction, text_layout(_APPROVED))
    elif note.ruling is not None:
        await finish(interaction, text_layout(f"This note was ruled on already: {note.ruling.value}."))
    else:
        fact = await services.facts.get(note.new.slug)
        await finish(interaction, note_ruling_view(note, fact, buttons=judge_buttons(note.id)))
