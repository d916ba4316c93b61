"""A server's settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

CONSOLE_GUILD = 0
"""The server id of the console. Discord's ids are never 0."""

APPROVALS_NEEDED = 5
"""Approvals after which a fact may reply by itself in a server, unless the server says otherwise."""

PRECISION_FLOOR = 0.75
"""The lower bound of live precision under which a server's automatic replies stop, unless the server says otherwise."""


RATER_AGE_DAYS = 7
"""Days that a member must have been in a server before their ratings count there, unless the server says otherwise."""

RETENTION_DAYS = 365
"""Days after which what is over is forgotten, unless the server says otherwise."""
SHORTEST_RETENTION, LONGEST_RETENTION = 30, 3650


class Mode(StrEnum):
    """How far Footnote goes by itself in a server, or a fact in it; each goes further than the one before."""

    OFF = "off"
    SHADOW = "shadow"
    QUEUE = "queue"
    AUTO = "auto"


_REACH = tuple(Mode)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def least(*modes: Mode) -> Mode:
    """Return the mode that goes least far."""
    return min(modes, key=_REACH.index)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours in which nothing is posted by itself: from ``start`` to ``end``, in minutes after midnight in ``zone``.

    ``zone`` is a name of the IANA time zone database. Where ``end`` comes before ``start`` the hours reach past
    midnight.
    """

    start: int
    end: int
    zone: str = "UTC"

    def holds(self, now: datetime) -> bool:
        """Tell whether a moment falls into these hours."""
        local = now.astimezone(ZoneInfo(self.zone))
        minute = local.hour * 60 + local.minute
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    def __str__(self) -> str:
        return f"{_clock(self.start)} to {_clock(self.end)} ({self.zone})"


@dataclass(frozen=True, slots=True)
class Stop:
    """The circuit breaker, open: since when automatic replies are stopped in a server, and why."""

    at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What one server wants. The defaults are safe: everything goes to the queue.

    ``threshold`` is the confidence (0..1) from which a reply is allowed; None means the shipped one.
    ``watched_channels`` empty means every channel. ``window_minutes`` is how long one note speaks for its fact in
    a channel. ``language`` (ISO 639-1) is what members write where nothing else tells. ``approvals_needed`` is how
    often a fact's matches must have been approved here, with no wrong match since, before it replies by itself;
    ``precision_floor`` (0..1) what the lower bound of live precision may not fall under. ``stop`` stands while
    automatic replies are stopped. ``shift`` is what the server's rulings add to confidence, in log-odds, learned
    from ``shift_rulings`` of them. Members rate notes from ``rater_age_days`` after they joined on. What is over is
    forgotten after ``retention_days``.
    """

    guild_id: int
    mode: Mode = Mode.QUEUE
    threshold: float | None = None
    window_minutes: int = 24 * 60
    watched_channels: frozenset[int] = frozenset()
    ignored_channels: frozenset[int] = frozenset()
    ignored_roles: frozenset[int] = frozenset()
    moderator_roles: frozenset[int] = frozenset()
    escalation_role: int | None = None
    queue_channel: int | None = None
    log_channel: int | None = None
    language: str | None = None
    quiet_hours: QuietHours | None = None
    approvals_needed: int = APPROVALS_NEEDED
    precision_floor: float = PRECISION_FLOOR
    stop: Stop | None = None
    shift: float = 0.0
    shift_rulings: int = 0
    rater_age_days: int = RATER_AGE_DAYS
    retention_days: int = RETENTION_DAYS

    def watches(self, channel_id: int, parent_id: int | None) -> bool:
        """Tell whether posts of a channel, or of a thread under ``parent_id``, are looked at."""
        here = {channel_id} if parent_id is None else {channel_id, parent_id}
        if self.mode is Mode.OFF or here & self.ignored_channels or here & self.own_channels():
            return False
        return not self.watched_channels or bool(here & self.watched_channels)

    def own_channels(self) -> frozenset[int]:
        """Return the channels of the moderators: what stands there quotes posts, and is none."""
        return frozenset(filter(None, (self.queue_channel, self.log_channel)))


@dataclass(frozen=True, slots=True)
class FactLimit:
    """How far one fact may go in a server, or in one channel of it (threads included); ``off`` mutes it."""

    guild_id: int
    slug: str
    mode: Mode
    channel_id: int | None = None


def default_policy(guild_id: int) -> Policy:
    """Return the policy of a server that has set nothing; the console's is auto, for there is nobody to disturb."""
    if guild_id == CONSOLE_GUILD:
        return Policy(guild_id, mode=Mode.AUTO, approvals_needed=0)
    return Policy(guild_id)
