"""``/ratings``: what moderators can do about raters, without a list of who said what."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import app_commands, ui

from bot.discord_app.access import Interaction, finish, in_servers, refuse_unless_moderator, say, services_of
from bot.discord_app.controls import Control
from bot.discord_app.files import named_file
from bot.discord_app.layouts import Button, steps_layout, text_layout
from bot.discord_app.text import safe

_LISTED = 8
_SENTENCE_LIMIT = 400
_HOW = "**Members who always vote together**\n-# A pattern, not names. Friends agree, too: look at the notes first."
_NONE = "**No pattern stands out**\nNo group of raters answers alike more than liking the same notes explains."
_TABLE = (
    "Raters are numbered anew, so that the file names nobody. `footnote ratings score FILE.csv` recomputes from it "
    "what every note comes to."
)

ratings = in_servers(
    app_commands.Group(
        name="ratings",
        description="Whose ratings count, patterns of raters, and the table to recheck",
        default_permissions=discord.Permissions(manage_messages=True),
    )
)


class PatternButton(Control[ui.Button[Any]], template=r"footnote:pattern:(?P<key>[0-9a-f]{16})"):
    """Lets the ratings of one group of raters not count."""

    needs = "moderator"

    def __init__(self, key: str) -> None:
        look = discord.ButtonStyle.danger
        super().__init__(ui.Button(label="Don't count these", style=look, custom_id=f"footnote:pattern:{key}"))
        self.key = key

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the group."""
        return cls(match["key"])

    async def answer(self, interaction: Interaction) -> None:
        """Do it, and say so."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        guild_id, by = interaction.guild_id or 0, interaction.user.id
        await say(interaction, await services_of(interaction).raters.discount_group(guild_id, self.key, by=by))


@ratings.command(name="discount", description="Let none of a member's ratings count here, earlier and later ones")
async def discount(interaction: Interaction, member: discord.Member | discord.User) -> None:
    """Discount a member's ratings."""
    if await refuse_unless_moderator(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    guild_id, by = interaction.guild_id or 0, interaction.user.id
    await say(interaction, await services_of(interaction).raters.discount(guild_id, member.id, by=by))


@ratings.command(name="readmit", description="Let a member's ratings count again")
async def readmit(interaction: Interaction, member: discord.Member | discord.User) -> None:
    """Readmit a member's ratings."""
    if await refuse_unless_moderator(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    guild_id, by = interaction.guild_id or 0, interaction.user.id
    await say(interaction, await services_of(interaction).raters.readmit(guild_id, member.id, by=by))


@ratings.command(name="patterns", description="Groups of raters who always vote together, without names")
async def patterns(interaction: Interaction) -> None:
    """Show the groups."""
    if await refuse_unless_moderator(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    groups = await services_of(interaction).raters.groups(interaction.guild_id or 0)
    if not groups:
        await finish(interaction, text_layout(_NONE))
        return
    steps: list[tuple[str, list[Button]]] = [(_HOW, [])]
    steps += [(safe(one.sentence, _SENTENCE_LIMIT), [PatternButton(one.key)]) for one in groups[:_LISTED]]
    await finish(interaction, steps_layout(*steps))


@ratings.command(name="export", description="The ratings that count as a table, without names")
async def export(interaction: Interaction) -> None:
    """Attach the table."""
    if await refuse_unless_moderator(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    services, guild_id = services_of(interaction), interaction.guild_id or 0
    table = await services.raters.table(guild_id)
    name = f"ratings-{guild_id}-{services.clock():%Y-%m-%d}.csv"
    files = [named_file(name, table, description="The ratings that count, without names")]
    await finish(interaction, text_layout(_TABLE, files=files), files)
