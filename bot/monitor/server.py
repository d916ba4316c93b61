"""The port where health and metrics can be asked for.

Whoever reaches it reads figures about the program as a whole, and can do nothing: no request changes anything, has a
body that is read, or stays. A page in a browser that gets here by a trick with names would read the same figures.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from bot.domain.errors import FootnoteError

log = logging.getLogger(__name__)

LONGEST_CONNECTION = 10.0
"""Seconds after which a connection is closed, whatever it does; an answer takes as long as the database, 3 at most."""
MOST_CONNECTIONS = 32
"""Connections at a time. What asks every few seconds needs one."""
_MOST_OF_A_LINE = 2048
_MOST_HEADERS = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path says."""

    body: bytes
    kind: str
    ok: bool = True


Pages = Callable[[str], Awaitable[Answer | None]]
"""Answers a path, or returns None where there is nothing."""


@asynccontextmanager
async def serving(
    host: str, port: int, pages: Pages, *, longest: float = LONGEST_CONNECTION, most: int = MOST_CONNECTIONS
) -> AsyncIterator[int]:
    """Answer at a port as long as the block runs, and say which one it is.

    Args:
        host: The address of this computer.
        port: The port; 0 takes a free one.
        pages: What answers.
        longest: Seconds after which a connection is closed.
        most: Connections at a time.

    Raises:
        FootnoteError: The port can't be opened.
    """
    runner = web.ServerRunner(_Server(pages, longest=longest, most=most), shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise _closed(host, port, error) from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


class _Server(web.Server):
    """Bounds what a connection may take; the library itself would wait for ever for one that says nothing."""

    def __init__(self, pages: Pages, *, longest: float, most: int) -> None:
        silent = logging.getLogger(f"{__name__}.requests")
        silent.disabled = True  # nobody's address and path is logged
        super().__init__(
            self._answer,
            access_log=None,
            logger=silent,
            max_line_size=_MOST_OF_A_LINE,
            max_field_size=_MOST_OF_A_LINE,
            max_headers=_MOST_HEADERS,
            lingering_time=0.0,
            read_bufsize=_MOST_OF_A_LINE,
        )
        self._pages = pages
        self._longest = longest
        self._most = most

    def __call__(self) -> web.RequestHandler:
        """Return what handles the next connection."""
        handler = super().__call__()
        loop = asyncio.get_running_loop()
        patience = self._longest if len(self.connections) < self._most else 0.0
        loop.call_later(patience, handler.force_close)
        return handler

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method not in {"GET", "HEAD"}:
            return _plain(405, b"Only GET and HEAD are answered.\n", Allow="GET, HEAD")
        try:
            answer = await self._pages(request.path)
        except Exception:
            log.exception("health.failed")
            return _plain(500, b"This could not be looked up; the log says why.\n")
        if answer is None:
            return _plain(404, b"There are /health, /live and /metrics.\n")
        headers = {"Content-Type": answer.kind, "Cache-Control": "no-store"}
        return web.Response(status=200 if answer.ok else 503, body=answer.body, headers=headers)


def _plain(status: int, body: bytes, **headers: str) -> web.Response:
    return web.Response(status=status, body=body, headers={"Content-Type": "text/plain; charset=utf-8", **headers})


def _closed(host: str, port: int, error: OSError) -> FootnoteError:
    why = error.strerror if error.errno is not None and error.errno > 0 else "there is no such address"
    return FootnoteError(
        f"FOOTNOTE_HEALTH can't be opened at {host}, port {port} ({why}). Stop what uses that port, or set another one."
    )
