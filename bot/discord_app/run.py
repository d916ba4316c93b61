"""Running the bot until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from bot.discord_app.client import FootnoteClient, build_client
from bot.discord_app.doctor import Diagnosis, diagnose
from bot.discord_app.errors import in_words
from bot.domain.errors import FootnoteError, SettingsError
from bot.services.bundle import Services

__all__ = ["Diagnosis", "diagnose", "run_discord"]

log = logging.getLogger(__name__)

_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 300.0
"""Seconds between starts; Discord allows 1000 a day."""

_GOOD_RUN = 600.0
"""Seconds after which a run counts as a good one and the pauses begin anew."""


async def run_discord(
    services: Services,
    token: str,
    *,
    build: Callable[[Services], FootnoteClient] = build_client,
    first_pause: float = _FIRST_PAUSE,
) -> None:
    """Connect, and stay connected until cancelled.

    The library ends on the first event that it can't read and on some network faults. Once the bot was there, it is
    started again with growing pauses; before that, a fault is reported at once. Logging is the caller's to set up.

    Args:
        services: The services.
        token: The bot's token.
        build: Makes the client of each start.
        first_pause: Seconds before the first new start.

    Raises:
        SettingsError: The token or an intent is wrong: waiting won't help.
        FootnoteError: Discord could not be reached in the first place.
    """
    was_ready = False
    pause = first_pause
    while True:
        client = build(services)
        began = time.monotonic()
        try:
            async with client:
                await client.start(token)
        except Exception as error:
            was_ready = was_ready or client.was_ready
            _raise_if_final(error, was_ready=was_ready)
            log.exception("discord.restarting")
        else:
            return
        pause = first_pause if time.monotonic() - began > _GOOD_RUN else pause
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def _raise_if_final(error: Exception, *, was_ready: bool) -> None:
    if isinstance(error, FootnoteError):
        raise error
    reason = in_words(error)
    if isinstance(reason, SettingsError) or (reason is not None and not was_ready):
        raise reason from error
    if not was_ready:
        raise error
