"""The button "Not what I said", with which the author of a post puts its note aside, and the appeal in words."""

from __future__ import annotations

import discord
from discord import ui

from bot.discord_app.access import Interaction, board_problem, finish, say, services_of
from bot.discord_app.controls import NumberButton
from bot.discord_app.fields import text_field
from bot.discord_app.layouts import text_layout
from bot.discord_app.members.posts import Author, author_of_post
from bot.discord_app.modals import Submitted, form
from bot.discord_app.text import safe
from bot.domain.appeal import APPEAL_LIMIT
from bot.services.appeals import Heard

_ID = r"[0-9]{1,18}"
_MESSAGE_LIMIT = 1500

_NOT_YOURS = {
    Author.OTHER: "This is for the author of the post. If the note isn't right, rate it “Not helpful”.",
    Author.PROXIED: "This post came through a proxy, so Footnote can't see whose it is. Please ask a moderator.",
    Author.GONE: "The post is gone, or Footnote can't read it now, so nothing was done.",
    Author.UNKNOWN: "Footnote couldn't see whether this is your post, so nothing was done. Please try again.",
}


class NotSaidButton(NumberButton, kind="notsaid", label="Not what I said"):
    """Puts one note aside at its author's word, and tells what came of it."""

    async def answer(self, interaction: Interaction) -> None:
        """Do it, if the member wrote the post; only they see the answer."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        problem = await _refusal(interaction, self.number)
        if problem is not None:
            await say(interaction, problem)
            return
        heard = await services_of(interaction).appeals.not_said(
            self.number, guild_id=interaction.guild_id or 0, author_id=interaction.user.id
        )
        await finish(interaction, await _heard_view(interaction, self.number, heard))


class AppealButton(NumberButton, kind="appeal", label="Appeal", style=discord.ButtonStyle.primary):
    """Opens the form for an appeal in words; shown only where somebody can act on it."""

    async def answer(self, interaction: Interaction) -> None:
        """Open the form; who may send it in is asked then."""
        words = text_field(
            "words",
            "What did you say instead?",
            limit=APPEAL_LIMIT,
            long=True,
            description="Moderators read it. The words go once they have answered.",
        )
        await appealed.open(interaction, self.number, title="Appeal against this note", fields=[words])


@form("appeal", argument=_ID)
async def appealed(interaction: Interaction, argument: str, sent: Submitted) -> None:
    """Pass an appeal on to the moderators."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    note_id = int(argument)
    problem = await _refusal(interaction, note_id)
    if problem is not None:
        await say(interaction, problem)
        return
    heard = await services_of(interaction).appeals.write(
        note_id,
        guild_id=interaction.guild_id or 0,
        author_id=interaction.user.id,
        text=sent.text("words"),
        heard=await _somebody_acts(interaction),
    )
    await say(interaction, safe(heard.message, _MESSAGE_LIMIT))


async def _refusal(interaction: Interaction, note_id: int) -> str | None:
    note = await services_of(interaction).notes.get(note_id, guild_id=interaction.guild_id or 0)
    if note is None:
        return "There is no such note in this server any more."
    return _NOT_YOURS.get(await author_of_post(interaction, note))


async def _somebody_acts(interaction: Interaction) -> bool:
    """Tell whether moderators see appeals: they have a channel for them, and its cards can be shown."""
    policy = await services_of(interaction).policies.get(interaction.guild_id or 0)
    return policy.queue_channel is not None and board_problem(interaction) is None


async def _heard_view(interaction: Interaction, note_id: int, heard: Heard) -> ui.LayoutView:
    appeal = heard.may_appeal and await _somebody_acts(interaction)
    return text_layout(safe(heard.message, _MESSAGE_LIMIT), buttons=[AppealButton(note_id)] if appeal else [])
