"""The gateway: sessions that can be resumed, and the faults that end them."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.loopback.payloads import APPLICATION, GUILD, ME, Json, user

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11


@dataclass
class Session:
    """What was said in a session; it outlives its connections."""

    name: str
    seq: int = 0
    said: list[Json] = field(default_factory=list)
    valid: bool = True


class Gateway:
    """One shard's gateway."""

    def __init__(self, changed: asyncio.Condition) -> None:
        self._changed = changed
        self._sessions: dict[str, Session] = {}
        self._session: Session | None = None
        self._socket: web.WebSocketResponse | None = None
        self._packers: dict[web.WebSocketResponse, Any] = {}
        self.server: Json = {}
        self.identifies = 0
        self.resumes = 0
        self.identified_at: list[float] = []
        self.intents = 0
        self.close_with: list[int] = []
        """Close codes with which the next connections end instead of a READY."""
        self.lost: list[Json] = []
        """Events that no session will ever tell of."""

    @property
    def connected(self) -> bool:
        """Whether somebody listens."""
        return self._socket is not None

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        assert request.query["compress"] == "zlib-stream", "the double packs by zlib alone"
        self._packers[socket] = zlib.compressobj()
        await self._send(socket, {"op": HELLO, "d": {"heartbeat_interval": 41_250}})
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._received(socket, json.loads(frame.data))
        finally:
            del self._packers[socket]
            if self._socket is socket:
                self._socket = None
            async with self._changed:
                self._changed.notify_all()
        return socket

    async def tell(self, event: str, data: Json) -> None:
        """Tell of an event: now where somebody listens, later where the session is resumed, else never."""
        session = self._session
        if session is None or not session.valid:
            self.lost.append(data)
            return
        session.seq += 1
        payload = {"op": DISPATCH, "t": event, "s": session.seq, "d": data}
        session.said.append(payload)
        if self._socket is not None:
            await self._send(self._socket, payload)

    async def ask_to_reconnect(self) -> None:
        """Send op 7."""
        assert self._socket is not None
        await self._send(self._socket, {"op": RECONNECT, "d": None})

    def forget_session(self) -> None:
        """Let the session end: who resumes it is told that it is invalid, and what is said meanwhile is lost."""
        if self._session is not None:
            self._session.valid = False

    async def close(self, code: int) -> None:
        """Close the connection with a code."""
        assert self._socket is not None
        await self._socket.close(code=code)

    async def _received(self, socket: web.WebSocketResponse, payload: Json) -> None:
        op, data = payload["op"], payload["d"]
        if op == HEARTBEAT:
            await self._send(socket, {"op": ACK})
        elif op in {IDENTIFY, RESUME} and self.close_with:
            self.identifies += op == IDENTIFY
            await socket.close(code=self.close_with.pop(0))
        elif op == IDENTIFY:
            await self._identified(socket, data)
        elif op == RESUME:
            await self._resumed(socket, data)
        async with self._changed:
            self._changed.notify_all()

    async def _identified(self, socket: web.WebSocketResponse, data: Json) -> None:
        self.identifies += 1
        self.identified_at.append(time.monotonic())
        self.intents = data["intents"]
        self._session = Session(f"session-{self.identifies}")
        self._sessions[self._session.name] = self._session
        self._socket = socket
        ready = {
            "v": 10,
            "user": user(ME, bot=True),
            "guilds": [{"id": str(GUILD), "unavailable": True}] if self.server else [],
            "session_id": self._session.name,
            "resume_gateway_url": "wss://gateway.discord.gg",
            "shard": data.get("shard", [0, 1]),
            "application": {"id": str(APPLICATION), "flags": 1 << 18},
        }
        await self.tell("READY", ready)
        if self.server:
            await self.tell("GUILD_CREATE", self.server)

    async def _resumed(self, socket: web.WebSocketResponse, data: Json) -> None:
        session = self._sessions.get(data["session_id"])
        if session is None or not session.valid:
            await self._send(socket, {"op": INVALID, "d": False})
            return
        self.resumes += 1
        self._session, self._socket = session, socket
        for payload in [said for said in session.said if said["s"] > data["seq"]]:
            await self._send(socket, payload)
        await self.tell("RESUMED", {})

    async def _send(self, socket: web.WebSocketResponse, payload: Json) -> None:
        packer = self._packers[socket]
        packed = packer.compress(json.dumps(payload).encode()) + packer.flush(zlib.Z_SYNC_FLUSH)
        try:
            await socket.send_bytes(packed)
        except (ConnectionError, RuntimeError):
            return  # the other side is gone; it will come back and resume
