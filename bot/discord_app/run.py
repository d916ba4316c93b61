"""Running the bot until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from bot.discord_app.client import FootnoteClient, build_client
from bot.discord_app.doctor import Diagnosis, diagnose
from bot.discord_app.errors import in_words
from bot.discord_app.sessions import SessionStarts
from bot.domain.errors import FootnoteError, SettingsError
from bot.services.bundle import Services

__all__ = ["Diagnosis", "diagnose", "run_discord"]

log = logging.getLogger(__name__)

_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 300.0
"""Seconds between starts."""

_GOOD_RUN = 600.0
"""Seconds after which a run counts as a good one and the pauses begin anew."""


async def run_discord(
    services: Services,
    token: str,
    *,
    proxy: str | None = None,
    build: Callable[..., FootnoteClient] = build_client,
    first_pause: float = _FIRST_PAUSE,
) -> None:
    """Connect, and stay connected until cancelled.

    The library ends on the first event that it can't read and on some network faults; at its first start it ends on
    any. It is started again with growing pauses. Logging is the caller's to set up.

    Args:
        services: The services.
        token: The bot's token.
        proxy: The address of the proxy through which Discord is reached.
        build: Makes the client of each start.
        first_pause: Seconds before the first new start.

    Raises:
        SettingsError: The token or an intent is wrong: waiting won't help.
    """
    was_connected = False
    pause = first_pause
    sessions = SessionStarts(services.connection)
    while True:
        client = build(services, proxy=proxy, sessions=sessions)
        began = time.monotonic()
        services.connection.starting()
        try:
            async with client:
                await client.start(token)
        except Exception as error:  # noqa: BLE001 - raised again, or told of and outlived
            was_connected = was_connected or client.was_connected
            cause = _passing(error, was_connected=was_connected)
            services.connection.failed()
            services.meter.failed("connection")
        else:
            return
        pause = first_pause if time.monotonic() - began > _GOOD_RUN else pause
        log.warning("discord.restarting", extra={"cause": cause, "seconds": pause})
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def _passing(error: Exception, *, was_connected: bool) -> str:
    """Return in words a fault that passes by itself, and raise any other.

    A fault that nobody foresaw is let out at the first start, where somebody sees it; later it is logged, and the bot
    goes on.
    """
    if isinstance(error, FootnoteError):
        raise error
    reason = in_words(error)
    if isinstance(reason, SettingsError):
        raise reason from error
    if reason is not None:
        return str(reason)
    if not was_connected:
        raise error
    log.error("discord.ended", exc_info=error)
    return f"The connection ended on {type(error).__name__}."
