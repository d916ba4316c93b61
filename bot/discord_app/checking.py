"""Checks on request: the message menu and ``/check``. Nothing is stored, and only the member sees the answer."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.discord_app.access import Interaction, finish, in_servers, services_of
from bot.discord_app.layouts import check_layout
from bot.discord_app.posts import post_of
from bot.domain.post import Post


@in_servers
@app_commands.context_menu(name="Check this message")
async def check_message(interaction: Interaction, message: discord.Message) -> None:
    """Say which note a message would get."""
    await _answer(interaction, post_of(message))


@in_servers
@app_commands.command(name="check", description="See which note a text would get; nothing is posted or stored")
@app_commands.describe(text="What somebody claims, in their words")
async def check_text(interaction: Interaction, text: app_commands.Range[str, 1, 4000]) -> None:
    """Say which note a text would get."""
    await _answer(interaction, Post(text=text))


async def _answer(interaction: Interaction, post: Post) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    checked = await services_of(interaction).checks.check(post, guild_id=interaction.guild_id)
    await finish(interaction, check_layout(checked))
