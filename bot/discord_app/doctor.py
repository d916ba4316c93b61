"""``footnote doctor``, Discord's part: is the token good, and is the message content allowed?"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import discord

from bot.discord_app.errors import INTENT_SENTENCE, in_words

_PATIENCE = 20.0
"""Seconds in all: somebody waits at a terminal."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One check by name, whether it went well, and a sentence that says what to do where it didn't."""

    name: str
    ok: bool
    sentence: str


async def diagnose(token: str) -> list[Diagnosis]:
    """Log in and read the application's flags, without connecting to the gateway.

    Args:
        token: The bot's token. It is in no sentence.

    Returns:
        The checks that could be made, the last one being the first that failed.
    """
    async with discord.Client(intents=discord.Intents.none()) as client:
        return await examine(client, token)


async def examine(client: discord.Client, token: str) -> list[Diagnosis]:
    """Make the checks with a client that isn't logged in yet."""
    try:
        async with asyncio.timeout(_PATIENCE):
            await client.login(token)
            application = await client.application_info()
    except Exception as error:  # noqa: BLE001 - a diagnosis ends in a sentence, whatever is wrong
        reason = in_words(error)
        return [Diagnosis("Discord token", ok=False, sentence=str(reason or f"Unexpected: {type(error).__name__}."))]
    flags = application.flags
    allowed = flags.gateway_message_content or flags.gateway_message_content_limited
    name = application.name
    return [
        Diagnosis("Discord token", ok=True, sentence=f"Discord knows the bot as {name}."),
        Diagnosis(
            "Message content",
            ok=allowed,
            sentence="Footnote may read messages." if allowed else INTENT_SENTENCE,
        ),
    ]
