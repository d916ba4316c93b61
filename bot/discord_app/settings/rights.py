"""What Footnote may do in channels, in words. Pure: from what is known of a server, without asking Discord."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import discord

from bot.discord_app.doctor import NEEDED
from bot.domain.policy import Policy

WATCHABLE = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
    discord.ChannelType.forum,
)
"""The kinds of channels in which members post, threads aside."""

CARDS = (discord.ChannelType.text, discord.ChannelType.news)
"""The kinds of channels in which cards can stand."""

_SHOWING = ("view_channel", "send_messages", "read_message_history")
_FORUM = tuple(name for name in NEEDED if name != "send_messages")
_LISTED = 8

_NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "read_message_history": "Read Message History",
}


def card_problems(guild: discord.Guild, channel_id: int | None, *, quotes: bool) -> list[str]:
    """Return what is wrong with a channel for moderators, in sentences.

    Args:
        guild: The server.
        channel_id: The channel, if one is chosen.
        quotes: Whether what is shown there quotes posts.
    """
    if channel_id is None:
        return []
    channel = guild.get_channel(channel_id)
    if channel is None:
        return [f"The channel {channel_id} was deleted: choose another."]
    found = list(_lacks(channel, guild.me, _SHOWING))
    if quotes and channel.permissions_for(guild.default_role).view_channel:
        found.append(f"@everyone can read <#{channel_id}>, and cards quote posts: let only moderators see it.")
    return found


def answer_problems(guild: discord.Guild, policy: Policy) -> list[str]:
    """Return where Footnote can't look or answer as it is to, in sentences.

    Where every channel is watched, those that it doesn't see are left alone, and are no problem.
    """
    found: list[str] = []
    for channel in _watched(guild, policy):
        needed = _FORUM if isinstance(channel, discord.ForumChannel) else NEEDED
        if policy.watched_channels or channel.permissions_for(guild.me).view_channel:
            found += _lacks(channel, guild.me, needed)
    more = [f"… and {len(found) - _LISTED} more channels."] if len(found) > _LISTED else []
    return [*found[:_LISTED], *more]


def gone(guild: discord.Guild | None, policy: Policy) -> frozenset[int]:
    """Return the channels and roles of a policy that the server doesn't have any more; archived threads look alike."""
    if guild is None:
        return frozenset()
    channels = policy.watched_channels | policy.ignored_channels | policy.own_channels()
    roles = policy.moderator_roles | policy.ignored_roles | frozenset(filter(None, [policy.escalation_role]))
    return frozenset(
        [one for one in channels if guild.get_channel_or_thread(one) is None]
        + [one for one in roles if guild.get_role(one) is None]
    )


def _watched(guild: discord.Guild, policy: Policy) -> Iterator[discord.abc.GuildChannel | discord.Thread]:
    wanted: Iterable[discord.abc.GuildChannel | discord.Thread | None]
    if policy.watched_channels:
        wanted = (guild.get_channel_or_thread(one) for one in sorted(policy.watched_channels))
    else:
        wanted = (one for one in guild.channels if one.type in WATCHABLE)
    for channel in wanted:
        hidden = isinstance(channel, discord.Thread) and channel.parent is None
        if channel is not None and not hidden and policy.watches(channel.id, None):
            yield channel


def _lacks(
    channel: discord.abc.GuildChannel | discord.Thread, me: discord.Member, needed: Sequence[str]
) -> Iterator[str]:
    given = channel.permissions_for(me)
    lacking = [name for name in needed if not getattr(given, name)]
    if "view_channel" in lacking:
        lacking = ["view_channel"]  # what follows from it is not worth a line
    if lacking:
        yield f"Footnote lacks {' and '.join(f'“{_NAMES[name]}”' for name in lacking)} in <#{channel.id}>."
