"""Whose post a note answers: asked of Discord at every click, and stored nowhere."""

from __future__ import annotations

from enum import StrEnum

import discord

from bot.discord_app.access import Interaction
from bot.discord_app.places import fetch_post
from bot.domain.note import Note


class Author(StrEnum):
    """What can be said of the member who pressed, and the post's author."""

    SAME = "the member wrote the post"
    OTHER = "somebody else wrote it"
    PROXIED = "it was posted through a proxy, which doesn't say for whom"
    GONE = "the post is gone, or can't be read"
    UNKNOWN = "Discord doesn't say at the moment"


async def author_of_post(interaction: Interaction, note: Note) -> Author:
    """Return whether the member who pressed wrote the post that a note answers."""
    new = note.new
    try:
        post = await fetch_post(interaction.client, new.guild_id, new.channel_id, new.source_message_id)
    except discord.HTTPException:
        return Author.UNKNOWN
    if post is None:
        return Author.GONE
    if post.webhook_id is not None:
        return Author.PROXIED
    return Author.SAME if post.author.id == interaction.user.id else Author.OTHER
