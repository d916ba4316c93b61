"""``/request``, and the menu of a message: members ask for a fact-check, see what came of it, and take it back."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import app_commands, ui

from bot.discord_app.access import Interaction, finish, in_servers, services_of
from bot.discord_app.controls import Control, chosen_ids
from bot.discord_app.fields import option
from bot.discord_app.layouts import Button
from bot.discord_app.members.asking import ask
from bot.discord_app.members.request_views import mine_view, one_view, state
from bot.discord_app.posts import post_of
from bot.domain.post import Post
from bot.domain.request import REQUEST_LIMIT
from bot.services.requests import Mine

_LISTED = 25
"""Options of a select (Discord's documentation, components reference)."""
_ACTS = {
    "back": ("Take it back", discord.ButtonStyle.danger),
    "list": ("All of mine", discord.ButtonStyle.secondary),
}
_NOT_YOURS = "That is none of your requests any more: it was taken back, removed, or is older than 90 days."
_TAKEN_BACK = "Taken back: nothing tells any more that you asked for it."

request = in_servers(app_commands.Group(name="request", description="Ask the moderators to have a claim checked"))


class MineSelect(Control[ui.Select[Any]], template=r"footnote:mine"):
    """Shows one of a member's own requests in full."""

    def __init__(self, mine: list[Mine] | None = None) -> None:
        options = [option(one.request.text, str(one.request.id), description=state(one)) for one in mine or []]
        offered = options or [option("a request", "0")]
        super().__init__(
            ui.Select(custom_id="footnote:mine", options=offered, placeholder="Show one in full, or take it back")
        )

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:  # noqa: ARG003 - there is only one
        """Return the select."""
        return cls()

    async def answer(self, interaction: Interaction) -> None:
        """Show the request that was chosen."""
        await interaction.response.defer()
        [request_id] = chosen_ids(interaction)
        mine = await _mine(interaction)
        found = next((one for one in mine if one.request.id == request_id), None)
        if found is None:
            await finish(interaction, _list(mine, _NOT_YOURS))
            return
        buttons = [MineButton(request_id, act) for act in _ACTS]
        await finish(interaction, one_view(found, buttons=buttons))


class MineButton(Control[ui.Button[Any]], template=rf"footnote:mine:(?P<id>[0-9]{{1,18}}):(?P<act>{'|'.join(_ACTS)})"):
    """Takes one of a member's own requests back, or shows the others."""

    def __init__(self, request_id: int, act: str) -> None:
        label, look = _ACTS[act]
        super().__init__(ui.Button(label=label, style=look, custom_id=f"footnote:mine:{request_id}:{act}"))
        self.request_id = request_id
        self.act = act

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the request."""
        return cls(int(match["id"]), match["act"])

    async def answer(self, interaction: Interaction) -> None:
        """Do it, and show what is left."""
        await interaction.response.defer()
        outcome = ""
        if self.act == "back":
            requests, guild_id = services_of(interaction).requests, interaction.guild_id or 0
            done = await requests.take_back(guild_id, self.request_id, by=interaction.user.id)
            outcome = _TAKEN_BACK if done else _NOT_YOURS
        await finish(interaction, _list(await _mine(interaction), outcome))


@in_servers
@app_commands.context_menu(name="Ask for a fact-check")
async def ask_message(interaction: Interaction, message: discord.Message) -> None:
    """Ask the moderators about what a message says now."""
    await ask(interaction, post_of(message), message)


@request.command(name="ask", description="Ask the moderators to have a claim checked; they don't see who asked")
@app_commands.describe(text="What somebody claims, in their words")
async def ask_text(interaction: Interaction, text: app_commands.Range[str, 1, REQUEST_LIMIT]) -> None:
    """Ask the moderators about a claim."""
    await ask(interaction, Post(text=text))


@request.command(name="mine", description="See what came of your requests, and take one back")
async def mine(interaction: Interaction) -> None:
    """List a member's own requests."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    await finish(interaction, _list(await _mine(interaction), ""))


async def _mine(interaction: Interaction) -> list[Mine]:
    return await services_of(interaction).requests.mine(interaction.guild_id or 0, by=interaction.user.id)


def _list(found: list[Mine], outcome: str) -> ui.LayoutView:
    shown = found[:_LISTED]
    buttons: list[Button] = [MineSelect(shown)] if shown else []
    return mine_view(found, shown, outcome, buttons=buttons)
