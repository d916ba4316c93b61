"""The buttons of a review item: they work on its card in the queue channel and on the one that ``/queue`` shows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Self

import discord
from discord import ui

from bot.discord_app.access import Interaction, finish, say, services_of
from bot.discord_app.controls import Control
from bot.discord_app.facts.wordings import PhrasingButton
from bot.discord_app.fields import choice_field, option, text_field
from bot.discord_app.layouts import Button
from bot.discord_app.modals import Submitted, form
from bot.discord_app.places import sees
from bot.discord_app.queue import item_acts
from bot.discord_app.queue.cards import Seen, empty_view, items_view
from bot.discord_app.queue.item_acts import ACTS, LABELS, NOT_HERE, SPANS, ItemAct, visible_item
from bot.discord_app.queue.ruling_buttons import ruling_buttons
from bot.domain.audit import RULINGS, AuditEvent
from bot.domain.review import ReviewItem, Ruling
from bot.notes.compose import CORRECTION_LIMIT
from bot.notes.reviews import said
from bot.notes.sanitise import shorten
from bot.services.cards import ItemsCard
from bot.services.ruled import Ruled

_PAGE = 25
_ID = r"[0-9]{1,18}"
_RULINGS = {
    "approve": (Ruling.APPROVE, "Approve", discord.ButtonStyle.success),
    "wrong": (Ruling.WRONG_MATCH, "Wrong match", discord.ButtonStyle.danger),
    "noclaim": (Ruling.NOT_A_CLAIM, "Not a claim", discord.ButtonStyle.secondary),
    "dismiss": (Ruling.DISMISS, "Dismiss", discord.ButtonStyle.secondary),
}


class RuleButton(Control[ui.Button[Any]], template=rf"footnote:rule:(?P<item>{_ID}):(?P<ruling>{'|'.join(_RULINGS)})"):
    """Closes one review item with one ruling."""

    needs = "moderator"

    def __init__(self, item_id: int, ruling: str) -> None:
        _, label, style = _RULINGS[ruling]
        super().__init__(ui.Button(label=label, style=style, custom_id=f"footnote:rule:{item_id}:{ruling}"))
        self.item_id = item_id
        self.ruling = ruling

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the item and the ruling."""
        return cls(int(match["item"]), match["ruling"])

    async def answer(self, interaction: Interaction) -> None:
        """Rule, say what came of it, and show the next item at hand."""
        await interaction.response.defer()
        await _act(interaction, self.item_id, partial(item_acts.rule, ruling=_RULINGS[self.ruling][0]))


class ItemButton(Control[ui.Button[Any]], template=rf"footnote:item:(?P<item>{_ID}):(?P<act>{'|'.join(LABELS)})"):
    """Does something else with one review item, or asks more about it first."""

    needs = "moderator"

    def __init__(self, item_id: int, act: str, *, label: str | None = None) -> None:
        style = discord.ButtonStyle.primary if act == "edit" else discord.ButtonStyle.secondary
        super().__init__(ui.Button(label=label or LABELS[act], style=style, custom_id=f"footnote:item:{item_id}:{act}"))
        self.item_id = item_id
        self.act = act

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the item and the act."""
        return cls(int(match["item"]), match["act"])

    async def answer(self, interaction: Interaction) -> None:
        """Do it and show what came of it, or open its form."""
        if self.act in ACTS:
            await interaction.response.defer()
            await _act(interaction, self.item_id, ACTS[self.act], tell=self.act.startswith("mute"))
            return
        item = await visible_item(interaction, self.item_id)
        if item is None:
            await say(interaction, NOT_HERE)
        elif self.act == "snooze":
            options = [option(label, hours) for hours, label in SPANS.items()]
            await snoozed.open(
                interaction, item.id, title="Snooze", fields=[choice_field("hours", "Back after", options)]
            )
        else:
            await _open_edit(interaction, item)


async def _open_edit(interaction: Interaction, item: ReviewItem) -> None:
    fact = await services_of(interaction).facts.get(item.new.slug)
    wording = text_field(
        "wording",
        f"The note's words ({CORRECTION_LIMIT} characters)",
        default=shorten(said(fact), CORRECTION_LIMIT) if fact else "",
        limit=CORRECTION_LIMIT,
        long=True,
        description="For this post alone; the fact stays as it is. The sources are added.",
    )
    await edited.open(interaction, item.id, title=f"Edit and approve item {item.id}", fields=[wording])


@form("edit", argument=_ID, needs="moderator")
async def edited(interaction: Interaction, argument: str, sent: Submitted) -> None:
    """Approve an item with the words that were sent in."""
    await interaction.response.defer()
    wording = sent.text("wording").strip()
    await _act(interaction, int(argument), partial(item_acts.rule, ruling=Ruling.EDIT, wording=wording))


@form("snooze", argument=_ID, needs="moderator")
async def snoozed(interaction: Interaction, argument: str, sent: Submitted) -> None:
    """Put an item away for the hours that were chosen."""
    await interaction.response.defer()
    [hours] = sent.chosen("hours")
    if hours not in SPANS:
        await say(interaction, "Choose one of the times that the form offers.")
        return
    await _act(interaction, int(argument), partial(item_acts.snooze, span=timedelta(hours=int(hours))))


def card_buttons(card: ItemsCard) -> list[Button]:
    """Return the buttons under an item; one whose fact is gone can only be dismissed."""
    item_id = card.item.id
    if card.fact is None or card.fact.retired:
        return [RuleButton(item_id, "dismiss"), *ruling_buttons(card.last)]
    assign = ItemButton(item_id, "assign", label="Give up" if card.assignee else None)
    return [
        *(RuleButton(item_id, "approve"), ItemButton(item_id, "edit")),
        *(RuleButton(item_id, ruling) for ruling in ("wrong", "noclaim", "dismiss")),
        *(assign, ItemButton(item_id, "escalate"), ItemButton(item_id, "snooze"), PhrasingButton(item_id)),
        *(ItemButton(item_id, "mute"), ItemButton(item_id, "mute-channel")),
        *ruling_buttons(card.last),
    ]


async def next_card(
    interaction: Interaction, outcome: str | None, *, ruling: AuditEvent | None = None
) -> ui.LayoutView:
    """Return the card of the most urgent item at hand in a channel that the moderator sees.

    ``ruling`` is what was ruled just now, which can be undone.
    """
    reviews = services_of(interaction).reviews
    offset = 0
    while page := await reviews.open(interaction.guild_id or 0, limit=_PAGE, offset=offset):
        for item, _ in page:
            if sees(interaction, item.new.channel_id):
                return await item_card(interaction, item, outcome, ruling=ruling)
        offset += len(page)
    return empty_view(outcome, buttons=ruling_buttons(ruling))


async def item_card(
    interaction: Interaction, item: ReviewItem, outcome: str | None, *, ruling: AuditEvent | None = None
) -> ui.LayoutView:
    """Return the card of one item, for the moderator alone."""
    card = await services_of(interaction).reviews.card(item)
    if card is None:
        return empty_view(outcome, buttons=ruling_buttons(ruling))
    card = replace(card, last=ruling or card.last)
    others = all(sees(interaction, other.new.channel_id) for other in card.others)
    return items_view(card, Seen(), buttons=card_buttons(card), outcome=outcome, others=others)


async def _act(interaction: Interaction, item_id: int, act: ItemAct, *, tell: bool = False) -> None:
    """Do something with an item; a card in the queue channel shows by itself what came of it."""
    item = await visible_item(interaction, item_id)
    ruled = None if item is None else await act(interaction, item)
    message = NOT_HERE if ruled is None else f"Item {item_id}: {ruled.message}"
    if interaction.message is not None and interaction.message.flags.ephemeral:
        ruling = await _event(interaction, ruled)
        await finish(interaction, await next_card(interaction, message, ruling=ruling))
    elif tell or ruled is None or not ruled.done:
        await say(interaction, message)


async def _event(interaction: Interaction, ruled: Ruled | None) -> AuditEvent | None:
    """Return the audit event of what was done, where it was a ruling."""
    if ruled is None or ruled.event_id is None:
        return None
    event = await services_of(interaction).undo.event(ruled.event_id, guild_id=interaction.guild_id or 0)
    return event if event is not None and event.new.act in RULINGS else None
