"""The ways to bring posted notes in step with a fact that was changed, retired or found expired."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

import discord
from discord import ui

from bot.discord_app.access import Interaction, finish, say, services_of
from bot.discord_app.controls import CUSTOM_ID_LIMIT, Control, NumberButton, chosen
from bot.discord_app.fields import option
from bot.discord_app.layouts import Button, text_layout
from bot.discord_app.text import safe, small
from bot.domain.fact import Fact
from bot.domain.note import Progress
from bot.services.cards import ExpiredCard
from bot.services.repair_notes import Begun

_OPTIONS = 25
_CLAIM_LIMIT = 200
_GONE = "This update is forgotten by now; `/note history` tells what became of each note."
_PLACE = "Each note is edited where it stands, with a dated line. That goes on by itself, after a restart, too."


class RepairButton(Control[ui.Button[Any]], template=r"footnote:repair:(?P<slug>.+)"):
    """Updates the posted notes of one fact."""

    needs = "moderator"

    def __init__(self, slug: str, count: int = 0) -> None:
        notes = "1 posted note" if count == 1 else f"{count} posted notes" if count else "posted notes"
        look = discord.ButtonStyle.primary
        super().__init__(ui.Button(label=f"Update {notes}", style=look, custom_id=_repair_id(slug)))
        self.slug = slug

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the fact."""
        return cls(match["slug"])

    async def answer(self, interaction: Interaction) -> None:
        """Begin, and show how far it is."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        guild_id, by = interaction.guild_id or 0, interaction.user.id
        await _show_begun(interaction, await services_of(interaction).repairs.repair(guild_id, self.slug, by=by))


class ExpiredSelect(Control[ui.Select[Any]], template=r"footnote:expired"):
    """Updates the posted notes of a fact past its shelf life."""

    needs = "moderator"

    def __init__(self, facts: Sequence[Fact] = ()) -> None:
        offered = [option(fact.claim, fact.slug) for fact in facts[:_OPTIONS]] or [option("a fact", "-")]
        super().__init__(
            ui.Select(custom_id="footnote:expired", options=offered, placeholder="Say on posted notes that it is due")
        )

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:  # noqa: ARG003 - there is only one
        """Return the select."""
        return cls()

    async def answer(self, interaction: Interaction) -> None:
        """Begin, and show how far it is."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        [slug] = chosen(interaction)
        guild_id, by = interaction.guild_id or 0, interaction.user.id
        await _show_begun(interaction, await services_of(interaction).repairs.repair(guild_id, slug, by=by))


class ProgressButton(NumberButton, kind="progress", label="Refresh"):
    """Shows how far an update is by now."""

    needs = "moderator"

    async def answer(self, interaction: Interaction) -> None:
        """Show it in place of what was shown."""
        await interaction.response.defer()
        await finish(interaction, await _progress(interaction, self.number))


async def repair_buttons(interaction: Interaction, fact: Fact) -> list[Button]:
    """Return the way to update the posted notes of a fact, where there are any that don't show it as it is."""
    count = await services_of(interaction).repairs.affected(interaction.guild_id or 0, fact.slug)
    fits = len(_repair_id(fact.slug)) <= CUSTOM_ID_LIMIT
    return [RepairButton(fact.slug, count)] if count and fits else []


def expired_buttons(card: ExpiredCard) -> list[Button]:
    """Return the way to say on posted notes that their facts are past their shelf life."""
    return [ExpiredSelect(card.facts)] if card.facts else []


async def _show_begun(interaction: Interaction, begun: Begun) -> None:
    if begun.repair_id is None:
        await say(interaction, begun.message)
    else:
        await finish(interaction, await _progress(interaction, begun.repair_id))


async def _progress(interaction: Interaction, repair_id: int) -> ui.LayoutView:
    progress = await services_of(interaction).repairs.progress(repair_id, guild_id=interaction.guild_id or 0)
    if progress is None:
        return text_layout(_GONE)
    finished = progress.done >= progress.repair.total
    return text_layout(_told(progress), small(_PLACE), buttons=[] if finished else [ProgressButton(repair_id)])


def _told(progress: Progress) -> str:
    refused = f", {progress.refused} of them could not be edited" if progress.refused else ""
    head = f"**{progress.done} of {progress.repair.total} posted notes are up to date**{refused}"
    return f"{head}\n{safe(progress.repair.cause.capitalize(), _CLAIM_LIMIT)}."


def _repair_id(slug: str) -> str:
    return f"footnote:repair:{slug}"
