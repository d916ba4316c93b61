"""``/requests``: what members asked to have checked. Moderators answer, reopen and remove it, or take it as a file.

Which request a control is about stands in its custom id; who asked is nowhere here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

import discord
from discord import app_commands, ui

from bot.discord_app.access import Interaction, finish, in_servers, refuse_unless_moderator, say, services_of
from bot.discord_app.controls import Control, chosen, chosen_ids
from bot.discord_app.facts.editor import open_new
from bot.discord_app.fields import option
from bot.discord_app.files import named_file
from bot.discord_app.layouts import Button
from bot.discord_app.queue.request_views import card, file_view, list_view, members
from bot.domain.fact import Fact
from bot.domain.request import Answer, Request
from bot.notes.reviews import said
from bot.services.answer_requests import Answered

_LISTED = 25
"""Options of a select (Discord's documentation, components reference)."""
_VALUE_LIMIT = 100
"""Characters of an option's value (the same)."""
_ID = r"(?P<request>[0-9]{1,18})"
_GREY, _RED = discord.ButtonStyle.secondary, discord.ButtonStyle.danger
_ACTS = {
    "answer": ("Answer with a fact", discord.ButtonStyle.primary),
    "new": ("New fact", discord.ButtonStyle.primary),
    "needless": ("No fact-check needed", _GREY),
    "remove": ("Remove", _RED),
    "reopen": ("Reopen", _RED),
    "waiting": ("What waits", _GREY),
}
_LISTS = {"waiting": ("What waits", _GREY), "answered": ("What was answered", _GREY), "export": ("Export", _GREY)}
_GONE = "This request is gone: it was removed, taken back or is older than 90 days."
_NOTHING_NEAR = "No fact comes near these words. “New fact” writes one."


class RequestSelect(Control[ui.Select[Any]], template=r"footnote:requests"):
    """Opens a request."""

    needs = "moderator"

    def __init__(self, shown: Sequence[Request] = ()) -> None:
        options = [option(one.text, str(one.id), description=members(one)) for one in shown]
        offered = options or [option("a request", "0")]
        super().__init__(ui.Select(custom_id="footnote:requests", options=offered, placeholder="Open a request"))

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:  # noqa: ARG003 - there is only one
        """Return the select."""
        return cls()

    async def answer(self, interaction: Interaction) -> None:
        """Show the request that was chosen."""
        await interaction.response.defer()
        [request_id] = chosen_ids(interaction)
        request = await services_of(interaction).request_answers.get(request_id, interaction.guild_id or 0)
        await _show(interaction, request, _GONE if request is None else "")


class RequestsButton(Control[ui.Button[Any]], template=rf"footnote:requests:(?P<act>{'|'.join(_LISTS)})"):
    """Lists what waits or what was answered, or hands out what waits as a file."""

    needs = "moderator"

    def __init__(self, act: str) -> None:
        label, look = _LISTS[act]
        super().__init__(ui.Button(label=label, style=look, custom_id=f"footnote:requests:{act}"))
        self.act = act

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the act."""
        return cls(match["act"])

    async def answer(self, interaction: Interaction) -> None:
        """Do it."""
        if self.act != "export":
            await interaction.response.defer()
            await _list(interaction, self.act)
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        await _export(interaction)


class RequestButton(Control[ui.Button[Any]], template=rf"footnote:request:{_ID}:(?P<act>{'|'.join(_ACTS)})"):
    """Does one thing to one request."""

    needs = "moderator"

    def __init__(self, request_id: int, act: str) -> None:
        label, look = _ACTS[act]
        super().__init__(ui.Button(label=label, style=look, custom_id=f"footnote:request:{request_id}:{act}"))
        self.request_id = request_id
        self.act = act

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the request and the act."""
        return cls(int(match["request"]), match["act"])

    async def answer(self, interaction: Interaction) -> None:
        """Do it, and show what came of it, or open the form of a new fact."""
        answers, guild_id, by = services_of(interaction).request_answers, interaction.guild_id or 0, interaction.user.id
        if self.act != "new":
            await interaction.response.defer()
        if self.act == "waiting":
            await _list(interaction, "waiting")
        elif self.act == "needless":
            await _told(interaction, await answers.answer(self.request_id, Answer.NOT_NEEDED, guild_id=guild_id, by=by))
        elif self.act == "reopen":
            await _told(interaction, await answers.reopen(self.request_id, guild_id=guild_id, by=by))
        elif self.act == "remove":
            await _told(interaction, await answers.remove(self.request_id, guild_id=guild_id, by=by))
        else:
            await self._with_fact(interaction, await answers.get(self.request_id, guild_id))

    async def _with_fact(self, interaction: Interaction, request: Request | None) -> None:
        """Offer the facts near a request, or open the form of a new one."""
        if self.act == "new":
            if request is None:
                await say(interaction, _GONE)
            else:
                await open_new(interaction, claim=request.text)
            return
        if request is None or request.answer is not None:
            await _show(interaction, request, _GONE if request is None else "")
            return
        services = services_of(interaction)
        found = await services.facts.search(request.text, limit=_LISTED, guild_id=request.guild_id)
        facts = await services.request_answers.offered(request, found)
        near = [fact for fact in facts if len(fact.slug) <= _VALUE_LIMIT][:_LISTED]
        await _show(interaction, request, "" if near else _NOTHING_NEAR, near)


class RequestFactSelect(Control[ui.Select[Any]], template=rf"footnote:request-fact:{_ID}"):
    """Answers a request with the fact that is chosen."""

    needs = "moderator"

    def __init__(self, request_id: int, facts: Sequence[Fact] = ()) -> None:
        options = [option(fact.claim, fact.slug, description=said(fact)) for fact in facts]
        offered = options or [option("a fact", "a-fact")]
        super().__init__(
            ui.Select(
                custom_id=f"footnote:request-fact:{request_id}", options=offered, placeholder="The fact that answers it"
            )
        )
        self.request_id = request_id

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the select of the request."""
        return cls(int(match["request"]))

    async def answer(self, interaction: Interaction) -> None:
        """Answer the request."""
        await interaction.response.defer()
        [slug] = chosen(interaction)
        answers, guild_id, by = services_of(interaction).request_answers, interaction.guild_id or 0, interaction.user.id
        await _told(
            interaction, await answers.answer(self.request_id, Answer.FACT, guild_id=guild_id, by=by, slug=slug)
        )


@in_servers
@app_commands.command(name="requests", description="What members asked to have checked, and what was answered")
@app_commands.default_permissions(manage_messages=True)
async def requests(interaction: Interaction) -> None:
    """List what waits."""
    if await refuse_unless_moderator(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    await _list(interaction, "waiting")


async def _told(interaction: Interaction, answered: Answered) -> None:
    await _show(interaction, answered.request, answered.message)


async def _show(interaction: Interaction, request: Request | None, outcome: str, near: Sequence[Fact] = ()) -> None:
    """Show a request as it is now, with the facts that may answer it, or what waits where it is gone."""
    if request is None:
        await _list(interaction, "waiting", outcome)
        return
    fact = await services_of(interaction).request_answers.fact_of(request)
    acts = ("answer", "new", "needless", "remove") if request.answer is None else ("reopen", "remove")
    offered: list[Button] = [RequestFactSelect(request.id, near)] if near else []
    buttons = [*offered, *(RequestButton(request.id, act) for act in (*acts, "waiting"))]
    await finish(interaction, card(request, fact, outcome=outcome, buttons=buttons))


async def _list(interaction: Interaction, kind: str, outcome: str = "") -> None:
    answers, guild_id = services_of(interaction).request_answers, interaction.guild_id or 0
    find = answers.waiting if kind == "waiting" else answers.answered
    found = await find(guild_id, limit=_LISTED + 1)
    shown = found[:_LISTED]
    opens: list[Button] = [RequestSelect(shown)] if shown else []
    turns = ["answered" if kind == "waiting" else "waiting", *(["export"] if kind == "waiting" and shown else [])]
    buttons = [*opens, *(RequestsButton(act) for act in turns)]
    await finish(interaction, list_view(kind, shown, more=len(found) > len(shown), outcome=outcome, buttons=buttons))


async def _export(interaction: Interaction) -> None:
    services, guild_id = services_of(interaction), interaction.guild_id or 0
    export = await services.request_answers.export(guild_id)
    name = f"requests-{guild_id}-{services.clock():%Y-%m-%d}.csv"
    files = [named_file(name, export.data, description="What members asked to have checked and was not answered")]
    await finish(interaction, file_view(export.count, files=files), files)
