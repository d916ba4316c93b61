"""The versions of a fact: what changed in each, and a button that brings one back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

import discord
from discord import ui

from bot.discord_app.access import Interaction, finish, say, services_of
from bot.discord_app.controls import CUSTOM_ID_LIMIT, Control, chosen_ids
from bot.discord_app.facts.cards import history_card
from bot.discord_app.facts.repairs import repair_buttons
from bot.discord_app.fields import option
from bot.discord_app.layouts import Button
from bot.domain.fact import Fact, FactVersion
from bot.services.edit_facts import NO_FACT

_OPTIONS = 25
_SLUG = r"(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)"


class VersionSelect(Control[ui.Select[Any]], template=rf"footnote:versions:{_SLUG}"):
    """Shows what changed in another version."""

    needs = "moderator"

    def __init__(self, slug: str, versions: Sequence[FactVersion] = ()) -> None:
        options = [option(f"Version {one.fact.version}: {one.act}", str(one.fact.version)) for one in versions]
        super().__init__(
            ui.Select(custom_id=_versions_id(slug), options=options[:_OPTIONS], placeholder="What changed in version …")
        )
        self.slug = slug

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the select of the fact."""
        return cls(match["slug"])

    async def answer(self, interaction: Interaction) -> None:
        """Show the version that was chosen."""
        await interaction.response.defer()
        [version] = chosen_ids(interaction)
        await show_history(interaction, self.slug, version)


class RestoreButton(Control[ui.Button[Any]], template=rf"footnote:restore:(?P<version>[0-9]{{1,9}}):{_SLUG}"):
    """Makes one version the next one."""

    needs = "moderator"

    def __init__(self, slug: str, version: int) -> None:
        look = discord.ButtonStyle.danger
        super().__init__(
            ui.Button(label=f"Restore version {version}", style=look, custom_id=_restore_id(slug, version))
        )
        self.slug = slug
        self.version = version

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the fact and the version."""
        return cls(match["slug"], int(match["version"]))

    async def answer(self, interaction: Interaction) -> None:
        """Restore it, and show the history with what came of it."""
        await interaction.response.defer()
        guild_id, by = interaction.guild_id or 0, interaction.user.id
        saved = await services_of(interaction).edits.restore(guild_id, self.slug, self.version, by=by)
        if saved.fact is None:
            await say(interaction, saved.message)
        else:
            await show_history(interaction, self.slug, saved.fact.version, saved.message)


async def show_history(interaction: Interaction, slug: str, version: int | None, outcome: str = "") -> None:
    """Show a fact's versions and what changed in one of them (the newest unless named), in place of the answer."""
    services, guild_id = services_of(interaction), interaction.guild_id or 0
    fact = await services.facts.find(slug, guild_id)
    if fact is None:
        await say(interaction, NO_FACT.message)
        return
    versions = await services.edits.history(slug, guild_id)
    shown = next((one for one in versions if version in (None, one.fact.version)), None)
    if version is not None and shown is None:
        outcome = outcome or f"No version {version} of this fact is kept."
    buttons = [*_buttons(fact, versions, shown), *await repair_buttons(interaction, fact)]
    await finish(interaction, history_card(fact, versions, shown, outcome=outcome, buttons=buttons))


def _buttons(fact: Fact, versions: Sequence[FactVersion], shown: FactVersion | None) -> list[Button]:
    """Return what fits: the slug of a fact from elsewhere may be too long for a custom id."""
    buttons: list[Button] = []
    if len(versions) > 1 and len(_versions_id(fact.slug)) <= CUSTOM_ID_LIMIT:
        buttons.append(VersionSelect(fact.slug, versions))
    if fact.guild_id is None or shown is None:
        return buttons
    version = shown.fact.version
    if (fact.retired or version != fact.version) and len(_restore_id(fact.slug, version)) <= CUSTOM_ID_LIMIT:
        buttons.append(RestoreButton(fact.slug, version))
    return buttons


def _versions_id(slug: str) -> str:
    return f"footnote:versions:{slug}"


def _restore_id(slug: str, version: int) -> str:
    return f"footnote:restore:{version}:{slug}"
