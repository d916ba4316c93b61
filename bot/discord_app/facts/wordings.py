"""The buttons by which a post becomes a test of its fact: a wording that must match, or one that must not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import discord

from bot.discord_app.access import Interaction, finish, say, services_of
from bot.discord_app.controls import NumberButton
from bot.discord_app.facts.cards import outcome_card
from bot.discord_app.fields import choice_field, option, text_field
from bot.discord_app.modals import Submitted, form
from bot.discord_app.places import fetch_post, sees
from bot.discord_app.posts import post_of
from bot.discord_app.queue.item_acts import NOT_HERE, visible_item
from bot.domain.audit import Act
from bot.domain.rules import WORDING_LIMIT
from bot.services.edit_facts import Saved

KINDS = (
    *("other person", "other place", "other number", "other date", "other scope", "role swap", "other topic"),
    *("denial", "question", "report", "truth", "other"),
)
"""How a post can differ from the claim that it is like."""

_ID = r"[0-9]{1,18}"
_FETCH_SECONDS = 1.5
"""How long a post is waited for: a form must be opened within three seconds."""
_NO_RULING = "That ruling is not on a post that you can see."
_AS_SAID = "Shorten it to the claim itself, and leave out names of members."


class PhrasingButton(NumberButton, kind="phrasing", label="New phrasing"):
    """Adds the words of an item's post to its fact, as a wording that must match."""

    needs = "moderator"

    async def answer(self, interaction: Interaction) -> None:
        """Open the form with the post's words."""
        item = await visible_item(interaction, self.number)
        if item is None:
            await say(interaction, NOT_HERE)
            return
        words = item.new.post_text or await _fetched(interaction, item.new.channel_id, item.new.message_id)
        field = text_field(
            "text", "A wording that must match", default=words, limit=WORDING_LIMIT, long=True, description=_AS_SAID
        )
        await phrased.open(interaction, self.number, title="New phrasing", fields=[field])


class NearMissButton(NumberButton, kind="near-miss", label="New near miss"):
    """Adds the words of a post that was ruled a wrong match to the fact, as a wording that must not match."""

    needs = "moderator"

    async def answer(self, interaction: Interaction) -> None:
        """Open the form with the post's words, which the store forgot when the item was closed."""
        found = await _ruled(interaction, self.number)
        if found is None:
            await say(interaction, _NO_RULING)
            return
        words = await _fetched(interaction, found.channel_id, found.message_id)
        text = text_field(
            "text", "A wording that must not match", default=words, limit=WORDING_LIMIT, long=True, description=_AS_SAID
        )
        kinds = choice_field("kind", "What is different in it?", [option(kind, kind) for kind in KINDS])
        await missed.open(interaction, self.number, title="New near miss", fields=[text, kinds])


@form("phrasing", argument=_ID, needs="moderator")
async def phrased(interaction: Interaction, argument: str, sent: Submitted) -> None:
    """Add a phrasing to the fact of an item."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    item = await visible_item(interaction, int(argument))
    if item is None:
        await finish(interaction, outcome_card(NOT_HERE))
        return
    edits, guild_id, by = services_of(interaction).edits, item.new.guild_id, interaction.user.id
    await _finish(interaction, await edits.add_phrasing(guild_id, item.new.slug, sent.text("text"), by=by))


@form("near-miss", argument=_ID, needs="moderator")
async def missed(interaction: Interaction, argument: str, sent: Submitted) -> None:
    """Add a near miss to the fact of a ruling."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    found = await _ruled(interaction, int(argument))
    if found is None:
        await finish(interaction, outcome_card(_NO_RULING))
        return
    edits, guild_id, by = services_of(interaction).edits, interaction.guild_id or 0, interaction.user.id
    [kind] = sent.chosen("kind")
    if kind not in KINDS:
        await finish(interaction, outcome_card("Choose one of the kinds that the form offers."))
        return
    await _finish(interaction, await edits.add_near_miss(guild_id, found.slug, sent.text("text"), kind, by=by))


@dataclass(frozen=True, slots=True)
class _Ruled:
    """The post of a wrong match, and the fact that it was matched with."""

    slug: str
    channel_id: int
    message_id: int


async def _ruled(interaction: Interaction, event_id: int) -> _Ruled | None:
    """Return what was ruled a wrong match, where the member sees its channel."""
    services, guild_id = services_of(interaction), interaction.guild_id or 0
    event = await services.undo.event(event_id, guild_id=guild_id)
    if event is None or event.new.act is not Act.WRONG_MATCH:
        return None
    item = await services.reviews.get(event.new.item_id or 0, guild_id=guild_id)
    note = await services.notes.get(event.new.note_id or 0, guild_id=guild_id)
    found = None
    if item is not None:
        found = _Ruled(item.new.slug, item.new.channel_id, item.new.message_id)
    elif note is not None:
        found = _Ruled(note.new.slug, note.new.channel_id, note.new.source_message_id)
    return found if found is not None and sees(interaction, found.channel_id) else None


async def _fetched(interaction: Interaction, channel_id: int, message_id: int) -> str:
    """Return the words of a post as Discord has them now, or none where it can't be had in time."""
    try:
        async with asyncio.timeout(_FETCH_SECONDS):
            post = await fetch_post(interaction.client, interaction.guild_id or 0, channel_id, message_id)
    except (discord.HTTPException, OSError):  # a TimeoutError is an OSError
        return ""
    return "" if post is None else post_of(post).words()


async def _finish(interaction: Interaction, saved: Saved) -> None:
    await finish(interaction, outcome_card(saved.message, saved.fact.failed_tests if saved.fact else ()))
