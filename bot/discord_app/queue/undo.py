"""The button that takes a ruling back while it is fresh."""

from __future__ import annotations

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
        words = await _words(interaction, event)
        if words is None:
            await say(interaction, "The post is gone or not yours to see, so this can't be undone here.")
            return
        undone = await services.undo.undo(
            self.number,
            guild_id=guild_id,
            by=interaction.user.id,
            post_text=words,
            authors=await _authors(interaction, self.number),
        )
        await say(interaction, undone.message)


async def _words(interaction: Interaction, event: AuditEvent) -> str | None:
    """Return the words of the post that was ruled on; a note's are not needed."""
    if event.new.item_id is None:
        return ""
    guild_id = interaction.guild_id or 0
    item = await services_of(interaction).reviews.get(event.new.item_id, guild_id=guild_id)
    if item is None or not sees(interaction, item.new.channel_id):
        return None
    post = await fetch_post(interaction.client, guild_id, item.new.channel_id, item.new.message_id)
    return None if post is None else post_of(post).words()


async def _authors(interaction: Interaction, event_id: int) -> dict[int, int]:
    """Return who wrote the posts that would wait again, which was forgotten when their items were closed."""
    guild_id = interaction.guild_id or 0
    authors: dict[int, int] = {}
    for item in await services_of(interaction).undo.items(event_id, guild_id=guild_id):
        post = await fetch_post(interaction.client, guild_id, item.new.channel_id, item.new.message_id)
        if post is not None:
            authors[post.id] = post.author.id
    return authors
