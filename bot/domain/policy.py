"""A server's settings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

CONSOLE_GUILD = 0
"""The server id of the console. Discord's ids are never 0."""


class Mode(StrEnum):
    """How far Footnote goes by itself in a server."""

    OFF = "off"
    SHADOW = "shadow"
    QUEUE = "queue"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Policy:
    """What one server wants. The defaults are safe: everything goes to the queue.

    ``threshold`` is the confidence (0..1) from which a reply is allowed; None means the shipped one.
    ``watched_channels`` empty means every channel. ``window_minutes`` is how long one note speaks for its fact in
    a channel. ``moderator_roles`` are the roles that make a member a moderator who lacks Discord's permission.
    """

    guild_id: int
    mode: Mode = Mode.QUEUE
    threshold: float | None = None
    window_minutes: int = 24 * 60
    watched_channels: frozenset[int] = frozenset()
    ignored_channels: frozenset[int] = frozenset()
    ignored_roles: frozenset[int] = frozenset()
    moderator_roles: frozenset[int] = frozenset()

    def watches(self, channel_id: int, parent_id: int | None) -> bool:
        """Tell whether posts of a channel, or of a thread under ``parent_id``, are looked at."""
        here = {channel_id} if parent_id is None else {channel_id, parent_id}
        if self.mode is Mode.OFF or here & self.ignored_channels:
            return False
        return not self.watched_channels or bool(here & self.watched_channels)


def default_policy(guild_id: int) -> Policy:
    """Return the policy of a server that has set nothing; the console's is auto, for there is nobody to disturb."""
    return Policy(guild_id, mode=Mode.AUTO if guild_id == CONSOLE_GUILD else Mode.QUEUE)
