"""Checks on request: the message menu and ``/check``. Nothing is stored, and only the member sees the answer.

Where no fact answers, the member may pass the words on to the moderators.
"""

from __future__ import annotations

import discord
from discord import app_commands

from bot.discord_app.access import Interaction, finish, in_servers, say, services_of
from bot.discord_app.layouts import check_layout
from bot.discord_app.members.asking import AskButton, claim_of, is_own, quote
from bot.discord_app.posts import post_of
from bot.domain.post import Post

_OPTED_OUT = "The author of this message has asked Footnote to leave their posts alone, so it isn't checked."


@in_servers
@app_commands.context_menu(name="Check this message")
async def check_message(interaction: Interaction, message: discord.Message) -> None:
    """Say which note a message would get."""
    author = message.author.id
    if author != interaction.user.id and await services_of(interaction).privacy.opted_out(author):
        await say(interaction, _OPTED_OUT)
        return
    await _answer(interaction, post_of(message), message)


@in_servers
@app_commands.command(name="check", description="See which note a text would get; nothing is posted or stored")
@app_commands.describe(text="What somebody claims, in their words")
async def check_text(interaction: Interaction, text: app_commands.Range[str, 1, 4000]) -> None:
    """Say which note a text would get."""
    await _answer(interaction, Post(text=text))


async def _answer(interaction: Interaction, post: Post, message: discord.Message | None = None) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    checked = await services_of(interaction).checks.check(post, guild_id=interaction.guild_id)
    words = claim_of(post)
    askable = checked.fact is None and words and not (message is not None and is_own(interaction, message))
    ask = AskButton(0 if message is None else message.id) if askable else None
    await finish(interaction, check_layout(checked, words=quote(words), ask=ask))
