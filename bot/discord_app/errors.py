"""Why the bot can't start or go on, in one sentence that says what to do."""

from __future__ import annotations

import aiohttp
import discord

from bot.domain.errors import FootnoteError, SettingsError

INTENT_SENTENCE = (
    "Switch on “Message Content Intent” in the Discord Developer Portal (your application, Bot, Privileged Gateway "
    "Intents), then start Footnote again."
)
LOGIN_SENTENCE = (
    "Discord refused the token: set DISCORD_TOKEN to the bot's token (Discord Developer Portal, your application, Bot, "
    "Reset Token)."
)
NETWORK_SENTENCE = "Discord can't be reached: check this computer's network connection and FOOTNOTE_PROXY."

_BAD_TOKEN = 4004
_BAD_INTENTS = frozenset({4013, 4014})
"""Discord's gateway close codes: authentication failed; invalid and disallowed intents."""


def in_words(error: Exception) -> FootnoteError | None:
    """Return an error that says in one sentence what stopped the bot, or None where it is none that is known.

    A :class:`SettingsError` will not pass by waiting; any other may.
    """
    closed = error.code if isinstance(error, discord.ConnectionClosed) else None
    if isinstance(error, discord.PrivilegedIntentsRequired) or closed in _BAD_INTENTS:
        return SettingsError(INTENT_SENTENCE)
    if isinstance(error, discord.LoginFailure) or closed == _BAD_TOKEN:
        return SettingsError(LOGIN_SENTENCE)
    if isinstance(error, discord.HTTPException | discord.GatewayNotFound | discord.ConnectionClosed):
        return FootnoteError("Discord is not answering as it should: try again in a few minutes.")
    if isinstance(error, aiohttp.ClientError | OSError):
        return FootnoteError(NETWORK_SENTENCE)
    return None
