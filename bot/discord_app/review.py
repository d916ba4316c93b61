"""The review queue: ``/queue`` and the buttons under its card, which ask for the permission at every click."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any, Self

import discord
from discord import app_commands, ui

from bot.discord_app.access import Interaction, finish, in_servers, refuse_without, services_of
from bot.discord_app.cards import empty_card, review_card
from bot.discord_app.controls import Control
from bot.domain.fact import Fact
from bot.domain.review import ReviewItem, Ruling

_PAGE = 25

_RULINGS = {"approve": Ruling.APPROVE, "wrong": Ruling.WRONG_MATCH, "dismiss": Ruling.DISMISS}
_LOOKS = {
    "approve": ("Approve", discord.ButtonStyle.success),
    "wrong": ("Wrong match", discord.ButtonStyle.danger),
    "dismiss": ("Dismiss", discord.ButtonStyle.secondary),
}


class RuleButton(
    Control[ui.Button[Any]],
    template=r"footnote:rule:(?P<item>[0-9]{1,18}):(?P<ruling>approve|wrong|dismiss)",
):
    """Closes one review item with one ruling."""

    needs = "manage_messages"

    def __init__(self, item_id: int, ruling: str) -> None:
        label, style = _LOOKS[ruling]
        super().__init__(ui.Button(label=label, style=style, custom_id=f"footnote:rule:{item_id}:{ruling}"))
        self.item_id = item_id
        self.ruling = ruling

    @classmethod
    def again(cls, match: re.Match[str]) -> Self:
        """Return the button of the item and the ruling."""
        return cls(int(match["item"]), match["ruling"])

    async def answer(self, interaction: Interaction) -> None:
        """Rule, say what came of it, and show the next open item."""
        await interaction.response.defer()
        outcome = await self._rule(interaction)
        await finish(interaction, await _next_card(interaction, outcome))

    async def _rule(self, interaction: Interaction) -> str:
        reviews = services_of(interaction).reviews
        guild_id = interaction.guild_id or 0
        item = await reviews.get(self.item_id, guild_id=guild_id)
        if item is None or not _visible(interaction, item):
            return "That item is not in a channel that you can see."
        ruled = await services_of(interaction).rulings.rule(
            self.item_id, guild_id=guild_id, ruling=_RULINGS[self.ruling], by=interaction.user.id
        )
        return f"Item {self.item_id}: {ruled.message}"


@in_servers
@app_commands.command(name="queue", description="Rule on matches that wait for a moderator")
@app_commands.default_permissions(manage_messages=True)
async def queue(interaction: Interaction) -> None:
    """Show the oldest open item."""
    if await refuse_without(interaction, "manage_messages"):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    await finish(interaction, await _next_card(interaction, None))


async def _next_card(interaction: Interaction, outcome: str | None) -> ui.LayoutView:
    async for item, fact in _open_items(interaction):
        if _visible(interaction, item):
            count = await services_of(interaction).reviews.count(item.new.guild_id)
            fit = fact is not None and not fact.retired
            buttons = [RuleButton(item.id, ruling) for ruling in _RULINGS if fit or ruling == "dismiss"]
            return review_card(item, fact, count=count, outcome=outcome, buttons=buttons)
    return empty_card(outcome)


async def _open_items(interaction: Interaction) -> AsyncIterator[tuple[ReviewItem, Fact | None]]:
    reviews = services_of(interaction).reviews
    offset = 0
    while page := await reviews.open(interaction.guild_id or 0, limit=_PAGE, offset=offset):
        for item, fact in page:
            yield item, fact
        offset += len(page)


def _visible(interaction: Interaction, item: ReviewItem) -> bool:
    """Tell whether the moderator can see the channel of an item: the card shows what was posted there."""
    member, guild = interaction.user, interaction.guild
    if guild is None or not isinstance(member, discord.Member):
        return False
    channel = guild.get_channel_or_thread(item.new.channel_id)
    # A thread that isn't cached is archived; the permission for the whole server has to do.
    return channel is None or channel.permissions_for(member).view_channel
