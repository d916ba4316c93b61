"""Turning a Discord message into a post and its place. Pure: no network, no services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import discord

from bot.domain.post import Place, Post

PROXIES = frozenset({466378653216014359, 431544605209788416})
"""Application ids of PluralKit and Tupperbox, which post again, by a webhook, what a member wrote."""

_WRITTEN = frozenset({discord.MessageType.default, discord.MessageType.reply})


def is_members_post(message: discord.Message, *, me: int) -> bool:
    """Tell whether a member wrote a message, themselves or through a proxy, in a server.

    Bots, the account ``me``, plain webhooks, service messages and direct messages are nobody's post.
    """
    if message.guild is None or message.author.id == me or message.type not in _WRITTEN:
        return False
    if message.webhook_id is not None:
        return message.application_id in PROXIES
    return not (message.author.bot or message.author.system)


def post_of(message: discord.Message) -> Post:
    """Return what a message says: its author's words, and the words of others that it carries along."""
    shared = list(_embedded(message.embeds))
    for snapshot in message.message_snapshots:
        shared += [snapshot.content or "", *_embedded(snapshot.embeds)]
    return Post(text=message.content or "", shared=tuple(part for part in shared if part.strip()))


def place_of(message: discord.Message, author: discord.abc.User | None = None) -> Place:
    """Return where a member's post stands.

    Args:
        message: A message for which :func:`is_members_post` holds.
        author: Its author as a member, where the message itself came without roles.
    """
    assert message.guild is not None
    author = author or message.author
    channel = message.channel
    return Place(
        guild_id=message.guild.id,
        channel_id=channel.id,
        message_id=message.id,
        author_id=author.id,
        parent_id=channel.parent_id if isinstance(channel, discord.Thread) else None,
        author_roles=frozenset(role.id for role in author.roles) if isinstance(author, discord.Member) else frozenset(),
    )


def says_the_same(before: discord.Message, after: discord.Message) -> bool:
    """Tell whether an update left a message's words and embeds as they were (a pin, a flag, a reaction's count)."""
    return before.content == after.content and before.embeds == after.embeds


def _embedded(embeds: Iterable[discord.Embed]) -> Iterator[str]:
    for embed in embeds:
        parts = [embed.author.name, embed.title, embed.description]
        for field in embed.fields:
            parts += [field.name, field.value]
        yield "\n".join(part for part in parts if part)
