"""The button that takes a ruling back while it is fresh."""

from __future__ import annotations

from collections.abc import Mapping

import discord

from bot.discord_app.access import Interaction, say, services_of
from bot.discord_app.controls import NumberButton
from bot.discord_app.places import fetch_post, sees
from bot.discord_app.posts import post_of
from bot.domain.audit import AuditEvent


class UndoButton(NumberButton, kind="undo", label="Undo"):
    """Undoes one ruling."""

    needs = "moderator"

    async def answer(self, interaction: Interaction) -> None:
        """Take the ruling back; the words of the post, which were forgotten, are fetched again."""
        await interaction.response.defer()
        services, guild_id = services_of(interaction), interaction.guild_id or 0
        event = await services.undo.event(self.number, guild_id=guild_id)
        if event is None:
            await say(interaction, "There is no such ruling in this server.")
            return
        posts = await _posts(interaction, self.number)
        words = await _words(interaction, event, posts)
        if words is None:
            await say(interaction, "The post is gone or not yours to see, so this can't be undone here.")
            return
        undone = await services.undo.undo(
            self.number,
            guild_id=guild_id,
            by=interaction.user.id,
            post_text=words,
            authors={post.id: post.author.id for post in posts.values()},
        )
        await say(interaction, undone.message)


async def _posts(interaction: Interaction, event_id: int) -> dict[int, discord.Message]:
    """Return the posts that would wait again, by message: their words and authors were forgotten with the ruling."""
    guild_id = interaction.guild_id or 0
    items = [item.new for item in await services_of(interaction).undo.items(event_id, guild_id=guild_id)]
    fetched = [await fetch_post(interaction.client, guild_id, one.channel_id, one.message_id) for one in items]
    return {post.id: post for post in fetched if post is not None}


async def _words(interaction: Interaction, event: AuditEvent, posts: Mapping[int, discord.Message]) -> str | None:
    """Return the words of the post that was ruled on; a note's are not needed."""
    if event.new.item_id is None:
        return ""
    item = await services_of(interaction).reviews.get(event.new.item_id, guild_id=interaction.guild_id or 0)
    if item is None or not sees(interaction, item.new.channel_id):
        return None
    post = posts.get(item.new.message_id)
    return None if post is None else post_of(post).words()
