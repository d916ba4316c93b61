"""``/stats``: the figures of the server, in words and as a picture."""

from __future__ import annotations

import asyncio

from discord import app_commands

from bot.discord_app.access import Interaction, finish, in_servers, refuse_unless_moderator, services_of
from bot.discord_app.figures.picture import draw_stats
from bot.discord_app.files import named_file
from bot.discord_app.layouts import section_texts, text_layout
from bot.notes.why import Section
from bot.review.summary import alternative, in_words
from bot.services.stats import LONGEST_DAYS


@in_servers
@app_commands.command(name="stats", description="What Footnote did in this server, and how often it was right")
@app_commands.default_permissions(manage_messages=True)
@app_commands.describe(days="The last so many days, today included; 30 unless you say otherwise")
async def stats(interaction: Interaction, days: app_commands.Range[int, 1, LONGEST_DAYS] = 30) -> None:
    """Show the figures of the last days."""
    if interaction.guild_id is None or await refuse_unless_moderator(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    figures = await services_of(interaction).stats.figures(interaction.guild_id, days=days)
    png = await asyncio.to_thread(draw_stats, figures)
    files = [named_file("stats.png", png, description=alternative(figures))]
    told = section_texts([Section(heading, tuple(lines)) for heading, lines in in_words(figures)])
    await finish(interaction, text_layout(*told, files=files), files)
