"""``/audit``: what was done by whom, to page through, and as a file."""

from __future__ import annotations

import re
from typing import Any, Literal, Self

import discord
from discord import app_commands, ui

from bot.discord_app.access import (
    Interaction,
    finish,
    in_servers,
    refuse_unless_moderator,
    refuse_without,
    say,
    services_of,
)
from bot.discord_app.controls import Control
from bot.discord_app.facts.choices import fact_choices
from bot.discord_app.figures.audit_view import audit_view, export_view
from bot.discord_app.files import named_file
from bot.discord_app.layouts import text_layout
from bot.domain.audit import Act
from bot.services.audit import WantedEvents

FILE_LIMIT = 10_000_000
"""Bytes; Discord takes 10 MB in servers without boosts (Discord's documentation, uploading files)."""

_CHOICES = 25
"""Choices that Discord shows while somebody types."""
_PAGE = 8
_LONGEST_DAYS = 3650

audit = in_servers(
    app_commands.Group(
        name="audit",
        description="What was done by whom in this server",
        default_permissions=discord.Permissions(manage_messages=True),
    )
)


class AuditButton(
    Control[ui.Button[Any]],
    template=r"footnote:audit:(?P<go>older|newest):(?P<event>[0-9]{1,18}):(?P<days>[0-9]{1,4}):(?P<by>act|fact|both|all)",
):
    """Turns a page of the log.

    A slug may be too long for a custom id: where the pages hold ``by`` one act or one fact alone, ``event``, an entry
    of theirs, has it.
    """

    needs = "moderator"

    def __init__(self, go: str, event_id: int, *, days: int, by: str) -> None:
        custom_id = f"footnote:audit:{go}:{event_id}:{days}:{by}"
        super().__init__(ui.Button(label=go.capitalize(), custom_id=custom_id))
        self.go = go
        self.event_id = event_id
        self.days = days
        self.by = by

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the entry."""
        return cls(match["go"], int(match["event"]), days=int(match["days"]), by=match["by"])

    async def answer(self, interaction: Interaction) -> None:
        """Show the page."""
        await interaction.response.defer()
        event = await services_of(interaction).audit.get(self.event_id, guild_id=interaction.guild_id or 0)
        if event is None:
            await finish(interaction, text_layout("That entry is not in this server's log."))
            return
        wanted = WantedEvents(
            act=event.new.act if self.by in {"act", "both"} else None,
            slug=event.new.slug if self.by in {"fact", "both"} else None,
            days=self.days or None,
        )
        await finish(
            interaction, await _page(interaction, wanted, before=self.event_id if self.go == "older" else None)
        )


async def act_choices(_: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Offer the kinds of acts: there are more than Discord takes as a fixed list."""
    fitting = [act for act in Act if typed.strip().casefold() in act.value]
    return [app_commands.Choice(name=act.value, value=act.value) for act in fitting[:_CHOICES]]


@audit.command(name="show", description="Who ruled, changed or stopped what, newest first")
@app_commands.describe(
    act="Only this kind of act", fact="Only what was done about this fact", days="Only the last days"
)
@app_commands.autocomplete(act=act_choices, fact=fact_choices)
async def show(
    interaction: Interaction,
    act: str | None = None,
    fact: str | None = None,
    days: app_commands.Range[int, 1, _LONGEST_DAYS] | None = None,
) -> None:
    """Show the first page."""
    if await refuse_unless_moderator(interaction):
        return
    if act and act not in set(Act):
        await say(interaction, "There is no such kind of act. Choose one of those offered while you type.")
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    wanted = WantedEvents(act=Act(act) if act else None, slug=fact or None, days=days)
    await finish(interaction, await _page(interaction, wanted, before=None))


@audit.command(name="export", description="The log as a file; needs Manage Server")
@app_commands.describe(days="Only the last days", form="csv opens in spreadsheets, json is for programs")
@app_commands.rename(form="format")
async def export(
    interaction: Interaction,
    days: app_commands.Range[int, 1, _LONGEST_DAYS] | None = None,
    form: Literal["csv", "json"] = "csv",
) -> None:
    """Attach the log."""
    if interaction.guild_id is None or await refuse_without(interaction, "manage_guild"):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    services = services_of(interaction)
    written = await services.audit.export(interaction.guild_id, WantedEvents(days=days), form=form, limit=FILE_LIMIT)
    name = f"audit-{interaction.guild_id}-{services.clock():%Y-%m-%d}.{form}"
    files = [named_file(name, written.data, description="The audit log")]
    await finish(interaction, export_view(written, files=files), files)


async def _page(interaction: Interaction, wanted: WantedEvents, *, before: int | None) -> ui.LayoutView:
    audit_log, guild_id = services_of(interaction).audit, interaction.guild_id or 0
    found = await audit_log.page(guild_id, wanted, limit=_PAGE + 1, before=before)
    shown = found[:_PAGE]
    narrowed = (wanted.act is not None, wanted.slug is not None)
    by = {(True, True): "both", (True, False): "act", (False, True): "fact"}.get(narrowed, "all")
    turns = [("older", shown[-1])] if len(found) > _PAGE else []
    turns += [("newest", shown[0])] if before is not None and shown else []
    buttons = [AuditButton(go, event.id, days=wanted.days or 0, by=by) for go, event in turns]
    return audit_view(shown, wanted, buttons=buttons)
