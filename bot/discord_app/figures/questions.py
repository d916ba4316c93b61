"""What no fact answers: the button that passes it on to the moderators, and their list, ``/questions``."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import app_commands, ui

from bot.discord_app.access import Interaction, finish, in_servers, refuse_unless_moderator, say, services_of
from bot.discord_app.controls import Control, chosen
from bot.discord_app.fields import option
from bot.discord_app.layouts import text_layout
from bot.discord_app.places import fetch_post
from bot.discord_app.posts import post_of
from bot.discord_app.text import quoted, safe, small, stamp, unquoted
from bot.domain.post import Post
from bot.domain.request import Request
from bot.notes.sanitise import plain, shorten
from bot.services.questions import QUESTION_LIMIT

_LISTED = 25
"""Options of a select (Discord's documentation, components reference)."""
_LIST_LIMIT = 3300
_ESCAPED_LIMIT = 2 * QUESTION_LIMIT

_UNREADABLE = "These words can't be read any more; please check them again."
_GONE = "The message is gone, or Footnote may not read it, so nothing was passed on."
_CHANGED = "The message says something else now, so nothing was passed on. Please check it again."


class AskButton(Control[ui.Button[Any]], template=r"footnote:ask:(?P<message>[0-9]{1,19})"):
    """Passes on the words that are quoted above it: the message holds them, so that nothing need be stored before.

    Words of a message are passed on only while it still stands and says the same; 0 is none.
    """

    def __init__(self, message_id: int) -> None:
        look = discord.ButtonStyle.primary
        super().__init__(ui.Button(label="Ask the moderators", style=look, custom_id=f"footnote:ask:{message_id}"))
        self.message_id = message_id

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the message."""
        return cls(int(match["message"]))

    async def answer(self, interaction: Interaction) -> None:
        """Pass the words on and say so, or say why not."""
        await interaction.response.defer()
        words = _quoted_words(interaction.message)
        problem = await self._problem(interaction, words) if words else _UNREADABLE
        if problem is not None:
            await say(interaction, problem)
            return
        asked = await services_of(interaction).questions.ask(interaction.guild_id or 0, words, by=interaction.user.id)
        if asked.done:
            await finish(interaction, text_layout(asked.message, quote(words)))
        else:
            await say(interaction, asked.message)

    async def _problem(self, interaction: Interaction, words: str) -> str | None:
        if not self.message_id:
            return None
        message = await fetch_post(
            interaction.client, interaction.guild_id or 0, interaction.channel_id or 0, self.message_id
        )
        if message is None:
            return _GONE
        return None if question_of(post_of(message)) == words else _CHANGED


class QuestionSelect(Control[ui.Select[Any]], template=r"footnote:questions"):
    """Removes the questions that are chosen."""

    needs = "moderator"

    def __init__(self, options: list[discord.SelectOption] | None = None) -> None:
        offered = options or [option("a question", "0")]
        super().__init__(
            ui.Select(
                custom_id="footnote:questions",
                options=offered,
                max_values=len(offered),
                placeholder="Remove what was answered or isn't needed",
            )
        )

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:  # noqa: ARG003 - there is only one
        """Return the select."""
        return cls()

    async def answer(self, interaction: Interaction) -> None:
        """Remove them, and show what is left."""
        await interaction.response.defer()
        ids = [int(value) for value in chosen(interaction)]
        count = await services_of(interaction).questions.remove(interaction.guild_id or 0, ids)
        outcome = f"Removed {count}." if count else "Somebody was first: that was removed already."
        await finish(interaction, await _list_view(interaction, outcome))


def question_of(post: Post) -> str:
    """Return what of a post would be passed on: its words in one line, shortened to what a question holds."""
    return shorten(" ".join(plain(post.words()).split()), QUESTION_LIMIT)


def quote(words: str) -> str:
    """Return a question as it is shown, and read again."""
    return quoted(words, _ESCAPED_LIMIT)


@in_servers
@app_commands.command(name="questions", description="What members asked to have checked and no fact answers")
@app_commands.default_permissions(manage_messages=True)
async def questions(interaction: Interaction) -> None:
    """List the questions."""
    if await refuse_unless_moderator(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    await finish(interaction, await _list_view(interaction, None))


async def _list_view(interaction: Interaction, outcome: str | None) -> ui.LayoutView:
    found = await services_of(interaction).questions.top(interaction.guild_id or 0, limit=_LISTED + 1)
    if not found:
        return text_layout(small(outcome), "**No question waits**\nWhat members pass on from `/check` stands here.")
    shown = found[:_LISTED]
    more = ["-# There are more; they show once some of these are removed."] if len(found) > _LISTED else []
    lines = [_line(one, _LIST_LIMIT // len(shown)) for one in shown]
    options = [option(one.text, str(one.id), description=_times(one)) for one in shown]
    head = "**Asked, and no fact answers it**\n-# Kept without names, for 90 days after it was last asked"
    return text_layout(small(outcome), head, "\n".join([*lines, *more]), buttons=[QuestionSelect(options)])


def _line(question: Request, limit: int) -> str:
    tail = f" ({_times(question)}, {stamp(question.last_at)})"
    return f"- {safe(question.text, max(1, limit - len(tail) - 3))}{tail}"


def _times(question: Request) -> str:
    return "asked once" if question.asked == 1 else f"asked {question.asked:,} times"


def _quoted_words(message: discord.Message | None) -> str:
    if message is None:
        return ""
    parts = ui.LayoutView.from_message(message, timeout=None).walk_children()
    texts = (part.content for part in parts if isinstance(part, ui.TextDisplay))
    return next((unquoted(text) for text in texts if text.startswith("> ")), "")
