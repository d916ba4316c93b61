"""What Discord's objects look like on the wire, as far as the library and Footnote read them."""

from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

EPOCH_MS = 1_420_070_400_000
"""Discord's epoch: ids carry their time since then in milliseconds, shifted by 22 bits."""

ME, APPLICATION = 9001, 9001
OWNER, MEMBER, MODERATOR = 501, 502, 503
GUILD, CHANNEL, QUEUE = 7001, 7101, 7102
MOD_ROLE, BOT_ROLE = 7201, 7202

VIEW, SEND, HISTORY, MANAGE_MESSAGES, EMBED, THREADS = 1 << 10, 1 << 11, 1 << 16, 1 << 13, 1 << 14, 1 << 38
EVERYBODY_MAY = VIEW | SEND | HISTORY | EMBED | THREADS

_serial = itertools.count(1)


def snowflake(at: float | None = None) -> int:
    """Return a new id of a time (seconds since 1970), now where none is given; later calls give larger ones."""
    return ((int((time.time() if at is None else at) * 1000) - EPOCH_MS) << 22) | (next(_serial) & 0x3FFFFF)


def stamp(message_id: int) -> str:
    """Return the time in an id as Discord writes it."""
    return datetime.fromtimestamp(((message_id >> 22) + EPOCH_MS) / 1000, UTC).isoformat()


def user(user_id: int, *, bot: bool = False) -> Json:
    """Return a user."""
    name = {ME: "Footnote", OWNER: "owner", MEMBER: "member", MODERATOR: "moderator"}.get(user_id, f"user{user_id}")
    base: Json = {"id": str(user_id), "username": name, "discriminator": "0", "global_name": None, "avatar": None}
    return {**base, "bot": True} if bot else base


def member(user_id: int) -> Json:
    """Return what belongs to a user in the server."""
    roles = {ME: [str(BOT_ROLE)], MODERATOR: [str(MOD_ROLE)]}.get(user_id, [])
    return {
        "roles": roles,
        "joined_at": "2024-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        "nick": None,
        "avatar": None,
        "premium_since": None,
        "pending": False,
    }


def role(role_id: int, name: str, permissions: int, *, position: int, managed: bool = False) -> Json:
    """Return a role."""
    return {
        "id": str(role_id),
        "name": name,
        "permissions": str(permissions),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": managed,
        "mentionable": False,
        "flags": 0,
        **({"tags": {"bot_id": str(ME)}} if managed else {}),
    }


def channel(channel_id: int, name: str, *, last: int | None) -> Json:
    """Return a text channel."""
    return {
        "id": str(channel_id),
        "type": 0,
        "guild_id": str(GUILD),
        "name": name,
        "position": 0,
        "permission_overwrites": [],
        "nsfw": False,
        "parent_id": None,
        "topic": None,
        "rate_limit_per_user": 0,
        "last_message_id": None if last is None else str(last),
        "flags": 0,
    }


def guild(channels: list[Json]) -> Json:
    """Return the server, as a GUILD_CREATE has it."""
    return {
        "id": str(GUILD),
        "name": "The server",
        "owner_id": str(OWNER),
        "unavailable": False,
        "member_count": 4,
        "large": False,
        "joined_at": "2024-01-01T00:00:00+00:00",
        "roles": [
            role(GUILD, "@everyone", EVERYBODY_MAY, position=0),
            role(MOD_ROLE, "Moderators", EVERYBODY_MAY | MANAGE_MESSAGES, position=1),
            role(BOT_ROLE, "Footnote", EVERYBODY_MAY, position=2, managed=True),
        ],
        "channels": channels,
        "threads": [],
        "members": [{**member(ME), "user": user(ME, bot=True)}],
        "emojis": [],
        "stickers": [],
        "features": [],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "system_channel_flags": 0,
        "afk_timeout": 300,
    }


def message(message_id: int, channel_id: int, author: int, **over: Any) -> Json:
    """Return a message."""
    return {
        "id": str(message_id),
        "channel_id": str(channel_id),
        "author": user(author, bot=author == ME),
        "content": "",
        "timestamp": stamp(message_id),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
        "components": [],
        **over,
    }
