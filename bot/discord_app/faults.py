"""What Discord's refusals mean for a note: given up, tried again, or its post gone."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import aiohttp
import discord

from bot.domain.errors import DeliveryDelayed, DeliveryError, DeliveryRefused, SourceGone
from bot.domain.ports import Clock

log = logging.getLogger(__name__)

_UNKNOWN_CHANNEL = 10003
_MISSING_ACCESS = 50001
_MISSING_PERMISSIONS = 50013
_INVALID_FORM = 50035
_ARCHIVED = 50083
_NO_HISTORY = 160002
_LOCKED = 160005
_GONE = frozenset({_UNKNOWN_CHANNEL, 10008})
"""Discord's JSON error codes: unknown channel, unknown message."""

_SERVER_FAULT = 500
_RATE_LIMITED = 429
_UNAUTHORIZED = 401
_TOO_MANY_OLD_EDITS = 30046
_TIMED_OUT = 408


@contextmanager
def delivery_faults(channel_id: int, *, thread: bool) -> Iterator[None]:
    """Run a block that talks to Discord about a note; raise what Discord says as ours.

    Args:
        channel_id: The channel or thread, to be named in the sentence.
        thread: Whether it is a thread, where another permission counts.

    Raises:
        SourceGone: The post or its channel is gone.
        DeliveryRefused: Not allowed there.
        DeliveryDelayed: A passing fault.
    """
    try:
        yield
    except discord.HTTPException as error:
        raise _meaning(error, channel_id, thread=thread) from error
    except (discord.RateLimited, aiohttp.ClientError, OSError) as error:
        raise DeliveryDelayed(f"Discord could not be reached ({type(error).__name__}).") from error


def passing(error: discord.HTTPException) -> bool:
    """Tell whether what Discord answered is a fault that passes, rather than a refusal."""
    return isinstance(_meaning(error, 0, thread=False), DeliveryDelayed)


def _meaning(error: discord.HTTPException, channel_id: int, *, thread: bool) -> DeliveryError:
    if error.code in _GONE or (error.code == _INVALID_FORM and "message_reference" in error.text):
        return SourceGone("The post is gone.")
    if error.code == _TOO_MANY_OLD_EDITS:
        return DeliveryDelayed("Discord asks to wait before more old messages are edited.")
    if error.status >= _SERVER_FAULT or error.status in {_RATE_LIMITED, _UNAUTHORIZED, _TIMED_OUT}:
        return DeliveryDelayed(f"Discord answered {error.status}.")
    if error.code == 0 and isinstance(error, discord.Forbidden):
        # A refusal with no code comes from what stands before Discord, and passes.
        return DeliveryDelayed("Discord's gate answered 403.")
    return DeliveryRefused(_sentence(error.code, channel_id, thread=thread))


def _sentence(code: int, channel_id: int, *, thread: bool) -> str:
    if code == _LOCKED:
        return f"The thread {channel_id} is locked: only members with “Manage Threads” can write there."
    if code == _ARCHIVED:
        return f"The thread {channel_id} is archived."
    permission = {
        _MISSING_ACCESS: "View Channel",
        _MISSING_PERMISSIONS: "Send Messages in Threads" if thread else "Send Messages",
        _NO_HISTORY: "Read Message History",
    }.get(code)
    if permission is None:
        return f"Discord refused the note in channel {channel_id} (error code {code})."
    return f"Footnote lacks the permission “{permission}” in channel {channel_id}."


class RefusalLog:
    """Tells the log of a channel that refuses notes, once a channel and day."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._day: date | None = None
        self._told: set[int] = set()

    def tell(self, channel_id: int, refusal: DeliveryRefused) -> None:
        """Log a refusal, unless the day's log has one of that channel."""
        today = self._clock().date()
        if today != self._day:
            self._day = today
            self._told.clear()
        if channel_id in self._told:
            return
        self._told.add(channel_id)
        log.warning("channel.refuses", extra={"channel_id": channel_id, "cause": str(refusal)})
