"""The REST side: the routes that Footnote uses, what they did, and scripted faults. An unknown route is 404."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.loopback.faults import Fault
from tests.loopback.payloads import APPLICATION, GUILD, ME, OWNER, QUEUE, Json, member, message, snowflake, user

if TYPE_CHECKING:
    from tests.loopback.double import Double

TOKEN = "the.right.token"
NOTHING = 204
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_INTERACTION, NO_ACCESS, NO_PERMISSION = 10003, 10008, 10062, 50001, 50013


@dataclass(frozen=True)
class Call:
    """One request that was answered."""

    method: str
    path: str
    status: int
    body: Any = None


class Refusal(Exception):
    """What was asked isn't done, with Discord's status and code."""

    def __init__(self, status: int, code: int, text: str, **more: Any) -> None:
        super().__init__(text)
        self.status = status
        self.body = {"code": code, "message": text, **more}


Handler = Callable[["Double", re.Match[str], Any, web.Request], Awaitable[Any]]


class Rest:
    """Answers requests."""

    def __init__(self, double: Double) -> None:
        self._double = double
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.held = asyncio.Event()
        """Lets go of the requests that hang."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, as the script says."""
        path = request.path.removeprefix("/api/v10")
        body = await _body_of(request)
        fault = next((fault for fault in self.faults if fault.wants(request.method, path)), None)
        if fault is None:
            status, answer = await self._do(request, path, body)
            return await self._said(request, path, body, _json(answer, status))
        fault.hit += 1
        if fault.after:
            await self._do(request, path, body)
        if fault.delay:
            await asyncio.sleep(fault.delay)
        return await self._spoil(request, path, body, fault)

    async def _spoil(self, request: web.Request, path: str, body: Any, fault: Fault) -> web.StreamResponse:
        if fault.how == "hang":
            await self._log(Call(request.method, path, 0, body))
            await self.held.wait()
        if fault.how in {"drop", "hang"}:
            assert request.transport is not None
            request.transport.abort()
            return await self._said(request, path, body, web.Response(status=500))
        if fault.how == "truncate":
            await self._log(Call(request.method, path, 200, body))
            return await _half(request)
        if isinstance(fault.body, str):
            answer = web.Response(status=fault.status, text=fault.body, content_type="text/html", headers=fault.headers)
        else:
            answer = _json(fault.body or {}, fault.status, fault.headers)
        return await self._said(request, path, body, answer)

    async def _do(self, request: web.Request, path: str, body: Any) -> tuple[int, Any]:
        if request.headers.get("Authorization") != f"Bot {TOKEN}" and not path.startswith(
            ("/interactions", "/webhooks")
        ):
            return 401, {"message": "401: Unauthorized", "code": 0}
        for method, pattern, handler in ROUTES:
            found = re.fullmatch(pattern, path)
            if method == request.method and found is not None:
                try:
                    answer = await handler(self._double, found, body, request)
                except Refusal as refusal:
                    return refusal.status, refusal.body
                return (NOTHING, None) if answer is None else (200, answer)
        self._double.strange.append(f"{request.method} {path}")
        return 404, {"message": "404: Not Found", "code": 0}

    async def _said(self, request: web.Request, path: str, body: Any, answer: web.Response) -> web.Response:
        await self._log(Call(request.method, path, answer.status, body))
        return answer

    async def _log(self, call: Call) -> None:
        async with self._double.changed:
            self.calls.append(call)
            self._double.changed.notify_all()


def _json(value: Any, status: int, headers: dict[str, str] | None = None) -> web.Response:
    """Return an answer whose type is what the library compares with, letter by letter."""
    if status == NOTHING:
        return web.Response(status=status)
    kind = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(status=status, body=json.dumps(value).encode(), headers=kind)


async def _body_of(request: web.Request) -> Any:
    if not request.can_read_body:
        return None
    if request.content_type == "application/json":
        return await request.json()
    fields = await request.post()
    return json.loads(str(fields["payload_json"])) if "payload_json" in fields else dict(fields)


async def _half(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "500", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"id": "1", "chan')
    assert request.transport is not None
    request.transport.close()
    return response


async def _me(_double: Double, _found: re.Match[str], _body: Any, _request: web.Request) -> Json:
    return user(ME, bot=True)


async def _application(_double: Double, _found: re.Match[str], _body: Any, _request: web.Request) -> Json:
    shape = {"id": str(APPLICATION), "name": "Footnote", "icon": None, "description": "", "summary": ""}
    more = {"bot_public": True, "bot_require_code_grant": False, "verify_key": "0", "flags": 1 << 18, "team": None}
    return {**shape, **more, "owner": user(OWNER)}


async def _gateway(_double: Double, _found: re.Match[str], _body: Any, _request: web.Request) -> Json:
    limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
    return {"url": "wss://gateway.discord.gg", "shards": 1, "session_start_limit": limit}


async def _commands(double: Double, _found: re.Match[str], _body: Any, _request: web.Request) -> list[Json]:
    return double.commands


async def _put_commands(double: Double, _found: re.Match[str], body: Any, _request: web.Request) -> list[Json]:
    ids = {"application_id": str(APPLICATION), "version": "1"}
    double.commands = [{"description": "", **command, **ids, "id": str(snowflake())} for command in body]
    return double.commands


async def _member(_double: Double, found: re.Match[str], _body: Any, _request: web.Request) -> Json:
    return {**member(int(found["user"])), "user": user(int(found["user"]))}


async def _channel(double: Double, found: re.Match[str], _body: Any, _request: web.Request) -> Json:
    return double.channel(int(found["channel"]))


async def _history(double: Double, found: re.Match[str], _body: Any, request: web.Request) -> list[Json]:
    channel_id = int(found["channel"])
    double.channel(channel_id)
    after, limit = int(request.query.get("after", 0)), int(request.query.get("limit", 50))
    standing = [one for one in double.messages.values() if one["channel_id"] == str(channel_id)]
    newer = sorted((one for one in standing if int(one["id"]) > after), key=lambda one: int(one["id"]))
    page = newer[:limit] if after else newer[-limit:]
    return page[::-1]


async def _message(double: Double, found: re.Match[str], _body: Any, _request: web.Request) -> Json:
    return double.message(int(found["channel"]), int(found["message"]))


async def _create(double: Double, found: re.Match[str], body: Any, _request: web.Request) -> Json:
    return await double.create(int(found["channel"]), body)


async def _edit(double: Double, found: re.Match[str], body: Any, _request: web.Request) -> Json:
    standing = double.message(int(found["channel"]), int(found["message"]))
    standing.update({key: body[key] for key in ("content", "components", "flags", "embeds") if key in body})
    return standing


async def _delete(double: Double, found: re.Match[str], _body: Any, _request: web.Request) -> None:
    double.message(int(found["channel"]), int(found["message"]))
    del double.messages[int(found["message"])]


async def _callback(double: Double, found: re.Match[str], body: Any, _request: web.Request) -> Json | None:
    return double.acknowledge(int(found["interaction"]), body)


async def _follow_up(double: Double, found: re.Match[str], body: Any, _request: web.Request) -> Json:
    return {**message(snowflake(), QUEUE, ME), **double.message_shape(body)}


async def _server(double: Double, _found: re.Match[str], _body: Any, _request: web.Request) -> Json:
    return double.gateway.server


async def _servers(_double: Double, _found: re.Match[str], _body: Any, _request: web.Request) -> list[Json]:
    return [{"id": str(GUILD), "name": "The server", "icon": None, "owner": False, "permissions": "0", "features": []}]


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", r"/users/@me", _me),
    ("GET", r"/users/@me/guilds", _servers),
    ("GET", r"/oauth2/applications/@me", _application),
    ("GET", r"/gateway/bot", _gateway),
    ("GET", r"/applications/\d+/commands", _commands),
    ("PUT", r"/applications/\d+/commands", _put_commands),
    ("GET", r"/guilds/\d+", _server),
    ("GET", r"/guilds/\d+/members/(?P<user>\d+)", _member),
    ("GET", r"/channels/(?P<channel>\d+)", _channel),
    ("GET", r"/channels/(?P<channel>\d+)/messages", _history),
    ("POST", r"/channels/(?P<channel>\d+)/messages", _create),
    ("GET", r"/channels/(?P<channel>\d+)/messages/(?P<message>\d+)", _message),
    ("PATCH", r"/channels/(?P<channel>\d+)/messages/(?P<message>\d+)", _edit),
    ("DELETE", r"/channels/(?P<channel>\d+)/messages/(?P<message>\d+)", _delete),
    ("POST", r"/interactions/(?P<interaction>\d+)/[^/]+/callback", _callback),
    ("POST", r"/webhooks/\d+/[^/]+", _follow_up),
    ("PATCH", r"/webhooks/\d+/[^/]+/messages/@original", _follow_up),
)
