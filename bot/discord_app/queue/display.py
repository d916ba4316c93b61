"""Cards in Discord: rendered, posted, edited."""

from __future__ import annotations

import discord
from discord import ui

from bot.discord_app.facts.repairs import expired_buttons
from bot.discord_app.faults import delivery_faults
from bot.discord_app.layouts import Button, text_layout
from bot.discord_app.places import moderators_see
from bot.discord_app.queue.appeals import appeal_buttons, appeal_view
from bot.discord_app.queue.cards import Seen, closed_view, expired_view, items_view, note_view, stop_view
from bot.discord_app.queue.item_buttons import card_buttons
from bot.discord_app.queue.judging import judge_buttons
from bot.discord_app.queue.resume import ResumeButton
from bot.discord_app.queue.ruling_buttons import ruling_buttons
from bot.domain.review import NewReviewItem
from bot.services.bundle import Services
from bot.services.cards import AppealCard, Card, ClosedCard, ExpiredCard, ItemsCard, NoteCard, StopCard


class DiscordDisplay:
    """The board's way into Discord."""

    def __init__(self, client: discord.Client, services: Services) -> None:
        self._client = client
        self._services = services

    async def show(self, card: Card, *, channel_id: int, message_id: int | None) -> int:
        """Post a card, or bring a posted one up to date, and return its message id.

        Raises:
            SourceGone: The message, or the channel, is gone.
            DeliveryRefused: Not allowed there.
            DeliveryDelayed: A passing fault.
        """
        channel = self._channel(card.key.guild_id, channel_id)
        with delivery_faults(channel_id, thread=False):
            view = await self._view(card)
            if message_id is not None:
                await channel.get_partial_message(message_id).edit(view=view)
                return message_id
            return (await channel.send(view=view, silent=True)).id

    async def remove(self, *, channel_id: int, message_id: int) -> None:
        """Delete a card; succeed where it is gone already or may not be deleted."""
        channel = self._client.get_partial_messageable(channel_id)
        try:
            await channel.get_partial_message(message_id).delete()
        except (discord.NotFound, discord.Forbidden):
            return

    async def tell(self, guild_id: int, channel_id: int, sentence: str) -> None:
        """Post a sentence. Raises as ``show`` does."""
        with delivery_faults(channel_id, thread=False):
            await self._channel(guild_id, channel_id).send(view=text_layout(sentence), silent=True)

    def _channel(self, guild_id: int, channel_id: int) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel_id, guild_id=guild_id)

    async def _view(self, card: Card) -> ui.LayoutView:
        match card:
            case ItemsCard():
                seen = await self._seen(card)
                return items_view(card, seen, buttons=card_buttons(card), others=seen.words)
            case ClosedCard():
                return closed_view(card, buttons=ruling_buttons(card.event) if card.undo else [])
            case NoteCard():
                return note_view(card, buttons=_note_buttons(card))
            case StopCard():
                return stop_view(card, buttons=[ResumeButton()] if card.stop else [])
            case ExpiredCard():
                return expired_view(card, buttons=expired_buttons(card))
            case AppealCard():
                return appeal_view(card, buttons=appeal_buttons(card))

    async def _seen(self, card: ItemsCard) -> Seen:
        """Return what may be shown of the first post in the queue channel."""
        new = card.item.new
        guild = self._client.get_guild(new.guild_id)
        policy = await self._services.policies.get(new.guild_id)
        words = guild is not None and moderators_see(guild, new.channel_id, roles=policy.moderator_roles)
        return Seen(words=words, author_id=await self._author(new))

    async def _author(self, new: NewReviewItem) -> int | None:
        """Return who wrote a post; where it was deleted while Footnote was away, its item is closed."""
        channel = self._channel(new.guild_id, new.channel_id)
        try:
            return (await channel.fetch_message(new.message_id)).author.id
        except discord.NotFound:
            await self._services.watch.deleted([new.message_id])
        except discord.Forbidden:
            pass
        return None


def _note_buttons(card: NoteCard) -> list[Button]:
    if card.event is None:
        return [*judge_buttons(card.note.id)]
    return ruling_buttons(card.event) if card.undo else []
