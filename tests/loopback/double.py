"""Discord on this machine: one server, its messages, its gateway, and whoever writes in it."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import trustme
from aiohttp import web

from tests.loopback.gateway import Gateway
from tests.loopback.payloads import (
    APPLICATION,
    CHANNEL,
    GUILD,
    ME,
    MEMBER,
    MODERATOR,
    QUEUE,
    Json,
    channel,
    guild,
    member,
    message,
    snowflake,
    user,
)
from tests.loopback.rest import (
    NO_ACCESS,
    NO_PERMISSION,
    UNKNOWN_CHANNEL,
    UNKNOWN_INTERACTION,
    UNKNOWN_MESSAGE,
    Refusal,
    Rest,
)
from tests.loopback.tunnel import HOSTS, Tunnel

PATIENCE = 20.0
"""Seconds until a test gives up waiting. Nothing waits that long where all is well."""

V2 = 1 << 15
TEXT_MOST, COMPONENTS_MOST = 4000, 40
ACKNOWLEDGE_WITHIN = 3.0


class Double:
    """The double. Start it, let a bot connect by its proxy, then write, break things, and look."""

    def __init__(self) -> None:
        self.changed = asyncio.Condition()
        self.gateway = Gateway(self.changed)
        self.rest = Rest(self)
        self.messages: dict[int, Json] = {}
        self.channels = {CHANNEL: "general", QUEUE: "queue"}
        self.kicked = False
        self.mute: set[int] = set()
        """Channels in which the bot may not write."""
        self.commands: list[Json] = []
        self.answers: dict[int, Json] = {}
        """What interactions were answered with, by their ids."""
        self.tried: list[int] = []
        """The interactions that an answer was tried for."""
        self.strange: list[str] = []
        """Requests for which there is no route."""
        self.created: list[Json] = []
        """Every message that the bot ever made, those deleted since too, with what was asked for."""
        self._nonces: dict[str, Json] = {}
        self._asked_at: dict[int, float] = {}
        self._runner: web.AppRunner | None = None

    async def start(self, folder: Path) -> None:
        """Open the ports; ``folder`` gets the certificate of the throw-away authority."""
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(folder / "authority.pem"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*HOSTS).configure_cert(context)
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/api/v10/{path:.*}", self.rest.answer)
        app.router.add_get("/", self.gateway.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        port: int = self._runner.addresses[0][1]
        self.tunnel = Tunnel(port)
        await self.tunnel.start()
        self.gateway.server = self._server()

    async def stop(self) -> None:
        """Close everything."""
        assert self._runner is not None
        self.rest.held.set()
        await self.tunnel.stop()
        await self._runner.cleanup()

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        """Return once something holds; it is looked at again whenever something happened here.

        Raises:
            AssertionError: It didn't come to hold.
        """
        async with self.changed:
            try:
                async with asyncio.timeout(PATIENCE):
                    await self.changed.wait_for(holds)
            except TimeoutError:
                calls = "\n".join(f"{one.method} {one.path} {one.status}" for one in self.rest.calls[-20:])
                raise AssertionError(f"waited in vain for: {what}\n{calls}") from None

    def calls(self, method: str, path: str) -> int:
        """Return how often a route was asked for; ``path`` is how it ends."""
        return sum(one.method == method and one.path.endswith(path) for one in self.rest.calls)

    async def post(self, text: str, *, author: int = MEMBER, where: int = CHANNEL) -> int:
        """Let a member write a message, and return its id."""
        number = snowflake()
        self.messages[number] = message(number, where, author, content=text)
        self.gateway.server = self._server()
        extra = {"guild_id": str(GUILD), "member": member(author)}
        await self.gateway.tell("MESSAGE_CREATE", {**self.messages[number], **extra})
        return number

    def put(self, written: Json) -> None:
        """Let a message stand there without any word of it."""
        self.messages[int(written["id"])] = written
        self.gateway.server = self._server()

    async def edit(self, number: int, text: str) -> None:
        """Let a member change a message."""
        self.messages[number].update(content=text, edited_timestamp="2024-01-01T00:00:00+00:00")
        extra = {"guild_id": str(GUILD), "member": member(MEMBER)}
        await self.gateway.tell("MESSAGE_UPDATE", {**self.messages[number], **extra})

    async def delete(self, number: int) -> None:
        """Let a message be deleted."""
        gone = self.messages.pop(number)
        event = {"id": str(number), "channel_id": gone["channel_id"], "guild_id": str(GUILD)}
        await self.gateway.tell("MESSAGE_DELETE", event)

    async def delete_channel(self, number: int) -> None:
        """Let a channel be deleted, with everything in it."""
        shape = channel(number, self.channels.pop(number), last=None)
        self.messages = {key: one for key, one in self.messages.items() if one["channel_id"] != str(number)}
        self.gateway.server = self._server()
        await self.gateway.tell("CHANNEL_DELETE", shape)

    async def kick(self) -> None:
        """Remove the bot from the server."""
        self.kicked = True
        self.gateway.server = {}
        await self.gateway.tell("GUILD_DELETE", {"id": str(GUILD)})

    async def click(self, custom_id: str, on: Json, *, author: int = MODERATOR, late: bool = False) -> int:
        """Let a moderator press a button under a message, ; ``late``: the answer will come too late."""
        number = snowflake()
        self._asked_at[number] = time.monotonic() - (ACKNOWLEDGE_WITHIN if late else 0)
        interaction = {
            "id": str(number),
            "application_id": str(APPLICATION),
            "type": 3,
            "data": {"component_type": 2, "custom_id": custom_id},
            "guild_id": str(GUILD),
            "guild": {"id": str(GUILD), "locale": "en-US", "features": []},
            "channel_id": on["channel_id"],
            "channel": {**channel(int(on["channel_id"]), "queue", last=None), "permissions": str(2**50 - 1)},
            "member": {**member(author), "user": user(author), "permissions": str(2**50 - 1)},
            "token": f"token-{number}",
            "version": 1,
            "message": on,
            "locale": "en-US",
            "guild_locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(GUILD)},
            "context": 0,
            "app_permissions": str(2**50 - 1),
            "attachment_size_limit": 10_000_000,
        }
        await self.gateway.tell("INTERACTION_CREATE", interaction)
        return number

    def channel(self, number: int) -> Json:
        """Return a channel, or refuse as Discord does."""
        if self.kicked:
            raise Refusal(403, NO_ACCESS, "Missing Access")
        if number not in self.channels:
            raise Refusal(404, UNKNOWN_CHANNEL, "Unknown Channel")
        return channel(number, self.channels[number], last=self._last(number))

    def message(self, channel_id: int, number: int) -> Json:
        """Return a message, or refuse as Discord does."""
        self.channel(channel_id)
        if number not in self.messages:
            raise Refusal(404, UNKNOWN_MESSAGE, "Unknown Message")
        return self.messages[number]

    async def create(self, channel_id: int, body: Json) -> Json:
        """Let the bot write a message; the same nonce again gives the same message."""
        self.channel(channel_id)
        if channel_id in self.mute:
            raise Refusal(403, NO_PERMISSION, "Missing Permissions")
        nonce = str(body.get("nonce"))
        if body.get("enforce_nonce") and nonce in self._nonces:
            return self._nonces[nonce]
        reference = body.get("message_reference")
        if reference is not None and int(reference["message_id"]) not in self.messages:
            errors = {
                "message_reference": {"_errors": [{"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}]}
            }
            raise Refusal(400, 50035, "Invalid Form Body", errors=errors)
        _check_size(body)
        number = snowflake()
        made = {**message(number, channel_id, ME), **self.message_shape(body)}
        self.messages[number] = self._nonces[nonce] = made
        self.created.append({**made, "asked": body})
        await self.gateway.tell("MESSAGE_CREATE", {**made, "guild_id": str(GUILD), "member": member(ME)})
        return made

    def message_shape(self, body: Json) -> Json:
        """Return what a message takes from what was asked for."""
        kept: Json = {key: body[key] for key in ("content", "components", "flags", "embeds", "nonce") if key in body}
        if reference := body.get("message_reference"):
            kept |= {"message_reference": {key: str(value) for key, value in reference.items()}, "type": 19}
        return kept

    def acknowledge(self, number: int, body: Json) -> Json | None:
        """Take the answer to an interaction, or refuse one that comes too late or twice."""
        self.tried.append(number)
        if number in self.answers or time.monotonic() - self._asked_at[number] > ACKNOWLEDGE_WITHIN:
            raise Refusal(404, UNKNOWN_INTERACTION, "Unknown interaction")
        self.answers[number] = body
        return {
            "interaction": {"id": str(number), "type": 3},
            "resource": {"type": body["type"]},
        }

    def in_channel(self, number: int) -> list[Json]:
        """Return the messages that stand in a channel, oldest first."""
        return [one for _, one in sorted(self.messages.items()) if one["channel_id"] == str(number)]

    def notes(self) -> list[Json]:
        """Return the bot's replies that stand, oldest first."""
        mine = (one for one in self.messages.values() if one["author"]["id"] == str(ME) and one["type"] == 19)
        return sorted(mine, key=lambda one: int(one["id"]))

    def replies_to(self, number: int) -> list[Json]:
        """Return the bot's replies to a message that stand."""
        return [one for one in self.notes() if one["message_reference"]["message_id"] == str(number)]

    def _last(self, number: int) -> int | None:
        return max((key for key, one in self.messages.items() if one["channel_id"] == str(number)), default=None)

    def _server(self) -> Json:
        return guild([channel(number, name, last=self._last(number)) for number, name in self.channels.items()])


def _check_size(body: Json) -> None:
    """Refuse what Discord refuses.

    Raises:
        Refusal: The message is too large, or mixes the two kinds.
    """
    parts = list(_walk(body.get("components") or []))
    text = sum(len(str(part.get("content", ""))) for part in parts)
    mixed = body.get("flags", 0) & V2 and (body.get("content") or body.get("embeds"))
    if text > TEXT_MOST or len(parts) > COMPONENTS_MOST or mixed or len(body.get("content") or "") > TEXT_MOST // 2:
        raise Refusal(400, 50035, "Invalid Form Body")


def _walk(parts: list[Json]) -> list[Json]:
    return [one for part in parts for one in (part, *_walk(part.get("components") or []))] + [
        part["accessory"] for part in parts if "accessory" in part
    ]


def pings(asked: Json) -> bool:
    """Tell whether a message that was asked for would have pinged somebody."""
    allowed: dict[str, Any] | None = asked.get("allowed_mentions")
    if allowed is None:
        return True
    return bool(allowed.get("parse") or allowed.get("users") or allowed.get("roles") or allowed.get("replied_user"))
