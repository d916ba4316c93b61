"""The buttons with which members rate a note, and what they are asked then."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import ui

from bot.discord_app.access import Interaction, finish, say, services_of
from bot.discord_app.controls import Control, NumberButton, chosen
from bot.discord_app.fields import option
from bot.discord_app.layouts import text_layout
from bot.discord_app.members.posts import Author, author_of_post
from bot.discord_app.places import visible_note
from bot.discord_app.text import small
from bot.domain.rating import Helpfulness, Rating, Reason, reasons_for
from bot.services.rate import Rated, Rater

_ID = r"[0-9]{1,18}"
_SAID = {
    "yes": (Helpfulness.HELPFUL, "Helpful"),
    "some": (Helpfulness.SOMEWHAT, "Somewhat"),
    "no": (Helpfulness.NOT_HELPFUL, "Not helpful"),
}
_CODES = {said: code for code, (said, _) in _SAID.items()}
_WHY = "Why? You may say so; a status needs reasons that several members give."
_MOST_REASONS = 5

_TROUBLE = {
    Author.GONE: "The post is gone, or Footnote can't read it now, so nothing was done.",
    Author.UNKNOWN: "Footnote couldn't see whether this is your own post, so nothing was noted. Please try again.",
}


class RateButton(Control[ui.Button[Any]], template=rf"footnote:rate:(?P<note>{_ID}):(?P<said>{'|'.join(_SAID)})"):
    """Rates one note."""

    def __init__(self, note_id: int, said: str) -> None:
        look = discord.ButtonStyle.secondary
        super().__init__(ui.Button(label=_SAID[said][1], style=look, custom_id=f"footnote:rate:{note_id}:{said}"))
        self.note_id = note_id
        self.said = said

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the note and the word."""
        return cls(int(match["note"]), match["said"])

    async def answer(self, interaction: Interaction) -> None:
        """Store the rating, and ask for reasons; only the member sees it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        services, guild_id = services_of(interaction), interaction.guild_id or 0
        note = await visible_note(interaction, self.note_id)
        if note is None:
            await say(interaction, "There is no such note in this server any more.")
            return
        whose = await author_of_post(interaction, note)
        if whose in _TROUBLE:
            await say(interaction, _TROUBLE[whose])
            return
        user = interaction.user
        rater = Rater(user.id, getattr(user, "joined_at", None), whose is Author.SAME, bot=user.bot)
        said = _SAID[self.said][0]
        rated = await services.rate.rate(self.note_id, guild_id=guild_id, rater=rater, said=said)
        await finish(interaction, _answer_view(rated))


class ReasonSelect(Control[ui.Select[Any]], template=rf"footnote:reasons:(?P<note>{_ID}):(?P<said>{'|'.join(_SAID)})"):
    """Says why a member rates a note so."""

    def __init__(self, note_id: int, said: str, given: frozenset[Reason] = frozenset()) -> None:
        offered = [
            option(label, reason.value, default=reason in given)
            for reason, label in reasons_for(_SAID[said][0]).items()
        ]
        super().__init__(
            ui.Select(
                custom_id=f"footnote:reasons:{note_id}:{said}",
                options=offered,
                min_values=0,
                max_values=min(_MOST_REASONS, len(offered)),
                placeholder="Reasons (optional)",
            )
        )
        self.note_id = note_id
        self.said = said

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the select of the note and the word."""
        return cls(int(match["note"]), match["said"])

    async def answer(self, interaction: Interaction) -> None:
        """Store the reasons."""
        await interaction.response.defer()
        rated = await services_of(interaction).rate.give_reasons(
            self.note_id,
            guild_id=interaction.guild_id or 0,
            member_id=interaction.user.id,
            said=_SAID[self.said][0],
            reasons=[Reason(value) for value in chosen(interaction)],
        )
        await finish(interaction, _answer_view(rated))


class TakeBackButton(NumberButton, kind="unrate", label="Take back"):
    """Takes a rating back."""

    async def answer(self, interaction: Interaction) -> None:
        """Delete the rating."""
        await interaction.response.defer()
        rated = await services_of(interaction).rate.take_back(
            self.number, guild_id=interaction.guild_id or 0, member_id=interaction.user.id
        )
        await finish(interaction, _answer_view(rated))


def rate_buttons(note_id: int) -> list[RateButton]:
    """Return the buttons of one note."""
    return [RateButton(note_id, said) for said in _SAID]


def _answer_view(rated: Rated) -> ui.LayoutView:
    rating: Rating | None = rated.rating
    if rating is None:
        return text_layout(rated.message)
    code = _CODES[rating.said]
    buttons = [ReasonSelect(rating.note_id, code, rating.reasons), TakeBackButton(rating.note_id)]
    return text_layout(rated.message, small(_WHY), buttons=buttons)
