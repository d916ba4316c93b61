"""The proxy that the bot is told to use: a tunnel to the double for Discord's hosts, a refusal for any other."""

from __future__ import annotations

import asyncio
from contextlib import suppress

HOSTS = frozenset({"discord.com", "gateway.discord.gg"})


class Tunnel:
    """A CONNECT proxy on this machine."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.shut = False
        """Whether connections are refused, as they are while the network is away."""
        self.refused: list[str] = []
        """The other hosts that were asked for."""
        self.turned_away = 0
        """How many connections were refused while it was shut."""

    async def start(self) -> None:
        """Open the port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port and everything that goes through it."""
        assert self._server is not None
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    def cut(self) -> None:
        """Cut every connection, without a word to either side."""
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._connect(reader, writer)
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, address, _ = head.split(" ", 2)
        host = address.partition(":")[0]
        if method != "CONNECT" or host not in HOSTS:
            self.refused.append(address)
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        if self.shut:
            self.turned_away += 1
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        self._open.add(back)
        writer.write(b"HTTP/1.1 200 Connection Established\r\n\r\n")
        try:
            await asyncio.wait(
                [asyncio.ensure_future(_pour(reader, back)), asyncio.ensure_future(_pour(there, writer))]
            )
        finally:
            self._open.discard(back)
            back.transport.abort()


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await source.read(65536):
            sink.write(chunk)
            await sink.drain()
    sink.transport.abort()
