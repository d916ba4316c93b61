"""The list of what waits: filtered, in pages, to open one item or to dismiss all that are listed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self

import discord
from discord import ui

from bot.discord_app.access import Interaction, board_problem, finish, services_of
from bot.discord_app.controls import Control, chosen
from bot.discord_app.fields import option
from bot.discord_app.layouts import Button, text_layout
from bot.discord_app.places import sees
from bot.discord_app.queue.cards import item_line
from bot.discord_app.queue.filter import FILTER, STATES, Filter, fact_hash
from bot.discord_app.queue.item_acts import NOT_HERE, visible_item
from bot.discord_app.queue.item_buttons import item_card, next_card
from bot.discord_app.text import safe, small, stamp
from bot.domain.fact import Fact
from bot.domain.review import WAITING, ReviewItem, ReviewState, Wanted
from bot.services.pace import MOST_WAITING

PAGE = 10
_FULL = f"{MOST_WAITING:,} posts wait, and no more are added: rule on some, or dismiss what is listed."
_MOST = 1000
"""Items that a list goes through; more are not looked at one by one anyway."""


class ListButton(Control[ui.Button[Any]], template=rf"footnote:list:(?P<act>page|next|ask|dismiss|back):{FILTER}"):
    """Turns a page, goes to the next item, or dismisses what is listed after asking once more."""

    needs = "moderator"

    def __init__(self, act: str, where: Filter, label: str) -> None:
        style = {"next": discord.ButtonStyle.primary, "dismiss": discord.ButtonStyle.danger}.get(
            act, discord.ButtonStyle.secondary
        )
        custom_id = f"footnote:list:{act}:{where}"
        super().__init__(ui.Button(label=label, style=style, custom_id=custom_id))
        self.act = act
        self.where = where

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the list."""
        return cls(match["act"], Filter.of(match), match["act"])

    async def answer(self, interaction: Interaction) -> None:
        """Show what follows."""
        await interaction.response.defer()
        if self.act == "next":
            await finish(interaction, await next_card(interaction, None))
        elif self.act == "ask":
            await finish(interaction, await _ask(interaction, self.where))
        elif self.act == "dismiss":
            await finish(interaction, await _dismiss(interaction, self.where))
        else:
            await finish(interaction, await list_view(interaction, self.where))


class OpenSelect(Control[ui.Select[Any]], template=r"footnote:open"):
    """Opens one of the listed items."""

    needs = "moderator"

    def __init__(self, options: list[discord.SelectOption] | None = None) -> None:
        offered = options or [option("an item", "0")]
        super().__init__(ui.Select(custom_id="footnote:open", options=offered, placeholder="Open an item"))

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:  # noqa: ARG003 - there is only one
        """Return the select."""
        return cls()

    async def answer(self, interaction: Interaction) -> None:
        """Show the item that was chosen."""
        await interaction.response.defer()
        item = await visible_item(interaction, int(chosen(interaction)[0]))
        if item is None or item.state is ReviewState.CLOSED:
            gone = NOT_HERE if item is None else "That item is closed already."
            await finish(interaction, await list_view(interaction, Filter(), outcome=gone))
        else:
            await finish(interaction, await item_card(interaction, item, None))


async def list_view(interaction: Interaction, where: Filter, *, outcome: str | None = None) -> ui.LayoutView:
    """Return a page of the list, of items in channels that the moderator sees."""
    found = await _listed(interaction, where)
    pages = max(1, -(-len(found) // PAGE))
    where = replace(where, page=min(where.page, pages - 1))
    shown = found[where.page * PAGE : (where.page + 1) * PAGE]
    head = f"**Queue** · {len(found)} {_state(where)}" + (f" · page {where.page + 1} of {pages}" if pages > 1 else "")
    lines = [_line(item, fact) for item, fact in shown] or ["Nothing waits here."]
    return text_layout(
        small(outcome),
        small(board_problem(interaction)),
        small(_FULL if await services_of(interaction).reviews.is_full(interaction.guild_id or 0) else None),
        head,
        "\n".join(lines),
        buttons=_controls(where, shown, len(found), pages),
    )


def _controls(where: Filter, shown: list[tuple[ReviewItem, Fact | None]], count: int, pages: int) -> list[Button]:
    if not shown:
        return []
    options = [
        option(f"{item.id}: {item.new.post_text}", str(item.id), description=fact.claim if fact else item.new.slug)
        for item, fact in shown
    ]
    turns = (("◀", where.page - 1), ("▶", where.page + 1))
    turn = [ListButton("page", replace(where, page=place), label) for label, place in turns if 0 <= place < pages]
    return [
        OpenSelect(options),
        *turn,
        ListButton("next", where, "Rule on the next"),
        ListButton("ask", where, f"Dismiss all {count}"),
    ]


async def _ask(interaction: Interaction, where: Filter) -> ui.LayoutView:
    count = len(await _listed(interaction, where))
    now = replace(where, before=int(services_of(interaction).clock().timestamp()) + 1)
    return text_layout(
        f"**Dismiss {count} items?**\nNothing is posted for them, and it says nothing about whether they matched.",
        buttons=[ListButton("dismiss", now, f"Dismiss {count}"), ListButton("back", where, "Back")],
    )


async def _dismiss(interaction: Interaction, where: Filter) -> ui.LayoutView:
    guild_id = interaction.guild_id or 0
    wanted = await _wanted(interaction, where)
    count = 0
    if wanted is not None:
        count = await services_of(interaction).rulings.dismiss_all(
            guild_id, wanted, by=interaction.user.id, sees=partial(sees, interaction)
        )
    return await list_view(interaction, Filter(), outcome=f"Dismissed {count}.")


async def _listed(interaction: Interaction, where: Filter) -> list[tuple[ReviewItem, Fact | None]]:
    wanted = await _wanted(interaction, where)
    if wanted is None:
        return []
    found = await services_of(interaction).reviews.open(interaction.guild_id or 0, wanted, limit=_MOST)
    return [(item, fact) for item, fact in found if sees(interaction, item.new.channel_id)]


async def _wanted(interaction: Interaction, where: Filter) -> Wanted | None:
    """Return what a filter asks for, or None where the fact that it names has nothing that waits."""
    slug = None
    if where.fact != "0":
        waiting = await services_of(interaction).reviews.open(
            interaction.guild_id or 0, Wanted(states=WAITING), limit=_MOST
        )
        slug = next((item.new.slug for item, _ in waiting if fact_hash(item.new.slug) == where.fact), None)
        if slug is None:
            return None
    before = datetime.fromtimestamp(where.before, UTC) if where.before else None
    return Wanted(states=STATES[where.state], slug=slug, channel_id=where.channel_id or None, before=before)


def _line(item: ReviewItem, fact: Fact | None) -> str:
    new = item.new
    urgent = "**escalated** · " if item.state is ReviewState.ESCALATED else ""
    back = f" · back {stamp(item.snoozed_until)}" if item.snoozed_until else f" · {stamp(new.created_at)}"
    claim = safe(fact.claim if fact else new.slug, 90)
    return f"- {urgent}{item_line(item)}\n-# {claim} · {new.confidence:.2f} · <#{new.channel_id}>{back}"


def _state(where: Filter) -> str:
    return "at hand" if where.state == "hand" else where.state
