"""Where posts stand, and who sees them."""

from __future__ import annotations

from collections.abc import Iterable

import discord

from bot.discord_app.access import Interaction, services_of
from bot.domain.note import Note


def jump_url(guild_id: int, channel_id: int, message_id: int) -> str:
    """Return the address of a message."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def sees(interaction: Interaction, channel_id: int) -> bool:
    """Tell whether a member sees a channel: what was posted there is shown to them only then."""
    member, guild = interaction.user, interaction.guild
    if guild is None or not isinstance(member, discord.Member):
        return False
    if channel_id == interaction.channel_id:
        return True  # Discord passes nothing on from a channel that a member doesn't see
    channel = guild.get_channel_or_thread(channel_id)
    if channel is None:
        return True  # a thread that isn't cached is archived; the permission for the whole server has to do
    granted = channel.permissions_for(member)
    if isinstance(channel, discord.Thread) and channel.is_private():
        # Its permissions are its channel's, but only who was invited sees it, and who manages threads.
        return granted.manage_threads or channel.owner_id == member.id
    return granted.view_channel


async def visible_note(interaction: Interaction, note_id: int) -> Note | None:
    """Return a note of this server in a channel that the member sees, or None."""
    note = await services_of(interaction).notes.get(note_id, guild_id=interaction.guild_id or 0)
    return note if note is not None and sees(interaction, note.new.channel_id) else None


def moderators_see(guild: discord.Guild, channel_id: int, *, roles: Iterable[int]) -> bool:
    """Tell whether a channel's posts may be quoted to moderators: everybody sees it, or every role of theirs does.

    The members themselves aren't known to Footnote, so this goes by roles: those named in the settings, and those that
    manage messages.
    """
    here = _channel_of(guild, channel_id)
    if here is None:
        return False
    if here.permissions_for(guild.default_role).view_channel:
        return True
    named = set(roles)
    moderating = [role for role in guild.roles if role.id in named or role.permissions.manage_messages]
    human = [role for role in moderating if not role.is_bot_managed()]
    return bool(human) and all(here.permissions_for(role).view_channel for role in human)


def everybody_sees(guild: discord.Guild, channel_id: int) -> bool:
    """Tell whether what stands in a channel may be shown to every member of its server."""
    here = _channel_of(guild, channel_id)
    return here is not None and here.permissions_for(guild.default_role).view_channel


def _channel_of(guild: discord.Guild, channel_id: int) -> discord.abc.GuildChannel | None:
    """Return a channel, of a thread the one that it is in; None for a private thread, and where it isn't known."""
    channel = guild.get_channel_or_thread(channel_id)
    if not isinstance(channel, discord.Thread):
        return channel
    return None if channel.is_private() else channel.parent


async def fetch_post(client: discord.Client, guild_id: int, channel_id: int, message_id: int) -> discord.Message | None:
    """Return a message as Discord has it now, or None where it is gone or can't be read.

    Raises:
        discord.DiscordServerError: A passing fault.
    """
    channel = client.get_partial_messageable(channel_id, guild_id=guild_id)
    try:
        return await channel.fetch_message(message_id)
    except (discord.NotFound, discord.Forbidden):
        return None
