"""``footnote doctor``, Discord's part: is the token good, may messages be read, what do servers allow?"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import discord

from bot.discord_app.errors import INTENT_SENTENCE, in_words

_PATIENCE = 20.0
"""Seconds in all: somebody waits at a terminal."""

_SERVERS = 20
"""How many servers are looked at: each costs two requests."""

_FEW = 0.2
"""The part of a day's session starts under which something is wrong: a bot that runs well needs a handful."""

NEEDED = ("view_channel", "send_messages", "send_messages_in_threads", "read_message_history")
"""The permissions that Footnote needs, by discord.py's names."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One check by name, whether it went well, and a sentence that says what to do where it didn't."""

    name: str
    ok: bool
    sentence: str


async def diagnose(token: str, *, proxy: str | None = None) -> list[Diagnosis]:
    """Log in and read the application's flags, without connecting to the gateway.

    Args:
        token: The bot's token. It is in no sentence.
        proxy: The address of the proxy through which Discord is reached.

    Returns:
        The checks that could be made; where the token is refused, that one alone.
    """
    async with discord.Client(intents=discord.Intents(guilds=True), proxy=proxy) as client:
        return await examine(client, token)


async def examine(client: discord.Client, token: str) -> list[Diagnosis]:
    """Make the checks with a client that isn't logged in yet."""
    try:
        async with asyncio.timeout(_PATIENCE):
            await client.login(token)
            application = await client.application_info()
    except Exception as error:  # noqa: BLE001 - a diagnosis ends in a sentence, whatever is wrong
        return [_failed("Discord token", error)]
    flags = application.flags
    allowed = flags.gateway_message_content or flags.gateway_message_content_limited
    name = application.name
    findings = [
        Diagnosis("Discord token", ok=True, sentence=f"Discord knows the bot as {name}."),
        Diagnosis(
            "Message content",
            ok=allowed,
            sentence="Footnote may read messages." if allowed else INTENT_SENTENCE,
        ),
    ]
    for name, look in (("Session starts", _starts(client)), ("Servers", _servers(client, application.id))):
        try:
            async with asyncio.timeout(_PATIENCE):
                findings.append(await look)
        except Exception as error:  # noqa: BLE001 - the same
            findings.append(_failed(name, error))
    return findings


async def _starts(client: discord.Client) -> Diagnosis:
    """Look at how many sessions may still be begun: Discord resets the token of a bot that begins too many."""
    shards, _, limit = await client.http.get_bot_gateway()
    left, total, hours = limit["remaining"], limit["total"], limit["reset_after"] / 3_600_000
    said = f"{left} of {total} session starts are left for {hours:.1f} hours; Discord advises {shards} shard(s)."
    if left >= total * _FEW:
        return Diagnosis("Session starts", ok=True, sentence=said)
    why = "Something starts the bot again and again: stop it, and see in its log why it ends."
    return Diagnosis("Session starts", ok=False, sentence=f"{said} {why}")


async def _servers(client: discord.Client, application_id: int) -> Diagnosis:
    """Look at what the bot's roles allow, server by server; a channel may still say otherwise."""
    assert client.user is not None
    servers = [server async for server in client.fetch_guilds(limit=_SERVERS)]
    lacking = []
    for server in servers:
        member = await (await client.fetch_guild(server.id)).fetch_member(client.user.id)
        missing = [name for name, given in member.guild_permissions if name in NEEDED and not given]
        lacking += [f"{server.id} ({', '.join(name.replace('_', ' ') for name in missing)})"] if missing else []
    if lacking:
        return Diagnosis("Servers", ok=False, sentence=f"Permissions are missing in {'; '.join(lacking)}.")
    if servers:
        return Diagnosis("Servers", ok=True, sentence=f"All permissions are there in {len(servers)} server(s).")
    invitation = discord.utils.oauth_url(
        application_id,
        permissions=discord.Permissions(**dict.fromkeys(NEEDED, True)),
        scopes=("bot", "applications.commands"),
    )
    return Diagnosis("Servers", ok=False, sentence=f"The bot is in no server yet; invite it: {invitation}")


def _failed(name: str, error: Exception) -> Diagnosis:
    return Diagnosis(name, ok=False, sentence=str(in_words(error) or f"Unexpected: {type(error).__name__}."))
