"""Asking for a fact-check: where a fact answers already the note is shown, else the words go to the moderators."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import ui

from bot.discord_app.access import Interaction, finish, say, services_of
from bot.discord_app.controls import Control
from bot.discord_app.layouts import REQUEST_STORED, check_layout, text_layout
from bot.discord_app.members.request_views import answer_texts
from bot.discord_app.places import everybody_sees, fetch_post
from bot.discord_app.posts import post_of
from bot.discord_app.text import quoted, unquoted
from bot.domain.post import Post
from bot.domain.request import REQUEST_LIMIT
from bot.notes.sanitise import plain, shorten
from bot.services.requests import Asked

_ESCAPED_LIMIT = 2 * REQUEST_LIMIT

_UNREADABLE = "These words can't be read any more; please check them again."
_GONE = "The message is gone, or Footnote may not read it, so nothing was passed on."
_CHANGED = "The message says something else now, so nothing was passed on. Please check it again."
_NO_WORDS = "There are no words in this that could be checked, so nothing was passed on."
_HIDDEN = (
    "This message stands in a channel that not everybody sees, so its words aren't passed on. Put the claim in your "
    "own words with “/request ask”."
)
_OWN = "This message is Footnote's own, so nothing was passed on. Under a note, “Why this?” shows its reasons."


class AskButton(Control[ui.Button[Any]], template=r"footnote:ask:(?P<message>[0-9]{1,19})"):
    """Passes on the words that are quoted above it: the message holds them, so that nothing need be stored before.

    Words of a message are passed on only while it still stands and says the same; 0 is none. Under a note that
    answers already, ``anyway``, the button says so.
    """

    def __init__(self, message_id: int, *, anyway: bool = False) -> None:
        label = "Not this – ask anyway" if anyway else "Ask the moderators"
        look = discord.ButtonStyle.secondary if anyway else discord.ButtonStyle.primary
        super().__init__(ui.Button(label=label, style=look, custom_id=f"footnote:ask:{message_id}"))
        self.message_id = message_id

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the message."""
        return cls(int(match["message"]))

    async def answer(self, interaction: Interaction) -> None:
        """Pass the words on and say so, or say why not."""
        await interaction.response.defer()
        words = _quoted_words(interaction.message)
        message = await self._message(interaction) if self.message_id else None
        problem = self._problem(interaction, words, message)
        if problem is not None:
            await say(interaction, problem)
            return
        asked = await _store(interaction, words, message)
        if asked.done:
            await finish(interaction, asked_view(asked, words))
        else:
            await say(interaction, asked.message)

    async def _message(self, interaction: Interaction) -> discord.Message | None:
        place = (interaction.guild_id or 0, interaction.channel_id or 0)
        return await fetch_post(interaction.client, *place, self.message_id)

    def _problem(self, interaction: Interaction, words: str, message: discord.Message | None) -> str | None:
        if not words:
            return _UNREADABLE
        if not self.message_id:
            return None
        if message is None:
            return _GONE
        if claim_of(post_of(message)) != words:
            return _CHANGED
        return _unfit(interaction, message)


def claim_of(post: Post) -> str:
    """Return what of a post would be passed on: its words in one line, shortened to what a request holds."""
    return shorten(" ".join(plain(post.words()).split()), REQUEST_LIMIT)


def quote(words: str) -> str:
    """Return a request as it is shown, and read again."""
    return quoted(words, _ESCAPED_LIMIT)


def is_own(interaction: Interaction, message: discord.Message) -> bool:
    """Tell whether a message is Footnote's own."""
    return message.author.id == interaction.application_id or message.author == interaction.client.user


async def ask(interaction: Interaction, post: Post, message: discord.Message | None = None) -> None:
    """Show the note that answers a post already, or pass its words on; only the member sees what came of it.

    Args:
        interaction: The command.
        post: What is to be checked.
        message: The message that it stands in, where it stands in one.
    """
    await interaction.response.defer(ephemeral=True, thinking=True)
    words = claim_of(post)
    problem = await _refused(interaction, words, message)
    if problem is not None:
        await finish(interaction, text_layout(problem))
        return
    checked = await services_of(interaction).checks.check(post, guild_id=interaction.guild_id)
    if checked.fact is not None:
        button = AskButton(0 if message is None else message.id, anyway=True)
        await finish(interaction, check_layout(checked, words=quote(words), ask=button))
        return
    await finish(interaction, asked_view(await _store(interaction, words, message), words))


def asked_view(asked: Asked, words: str) -> ui.LayoutView:
    """Return what a member is told of a request: whether it was passed on, its words, and what is stored."""
    if not asked.done or asked.request is None:
        return text_layout(asked.message)
    if asked.request.answer is not None:
        return text_layout(asked.message, quote(words), *answer_texts(asked.request, asked.fact))
    shown = asked.request.text if asked.others else words
    return text_layout(asked.message, quote(shown), f"-# {REQUEST_STORED}")


async def _refused(interaction: Interaction, words: str, message: discord.Message | None) -> str | None:
    problem = None if message is None else _unfit(interaction, message)
    if problem is not None:
        return problem
    if not words:
        return _NO_WORDS
    requests, guild_id = services_of(interaction).requests, interaction.guild_id or 0
    return await requests.refusal(guild_id, words, by=interaction.user.id, author_id=_author_id(message))


def _unfit(interaction: Interaction, message: discord.Message) -> str | None:
    """Return why a message isn't passed on: requests are read by moderators, and by members who ask for the same."""
    if is_own(interaction, message):
        return _OWN
    shown = interaction.guild is not None and everybody_sees(interaction.guild, message.channel.id)
    return None if shown else _HIDDEN


async def _store(interaction: Interaction, words: str, message: discord.Message | None) -> Asked:
    requests, guild_id = services_of(interaction).requests, interaction.guild_id or 0
    return await requests.ask(guild_id, words, by=interaction.user.id, author_id=_author_id(message))


def _author_id(message: discord.Message | None) -> int | None:
    return None if message is None else message.author.id


def _quoted_words(message: discord.Message | None) -> str:
    if message is None:
        return ""
    parts = ui.LayoutView.from_message(message, timeout=None).walk_children()
    texts = (part.content for part in parts if isinstance(part, ui.TextDisplay))
    return next((unquoted(text) for text in texts if text.startswith("> ")), "")
