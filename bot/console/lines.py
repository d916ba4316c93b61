"""Lines of standard input, read on a thread of their own: neither a signal nor the event loop waits for them."""

from __future__ import annotations

import asyncio
import os
import queue
import threading
from collections.abc import Iterator
from contextlib import suppress

_CHUNK = 65536
_Request = tuple[asyncio.AbstractEventLoop, "asyncio.Future[str | None]"]


class Lines:
    """Reads lines from a file descriptor, one when it is asked for.

    The thread is a daemon and reads the descriptor itself: one that waits for input never holds up the end of the
    program, as a thread inside ``sys.stdin`` would. Bytes that aren't UTF-8 become U+FFFD; a byte order mark goes.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._requests: queue.SimpleQueue[_Request] = queue.SimpleQueue()
        self._started = False

    async def next(self) -> str | None:
        """Return the next line without its ending, or None at the end."""
        if not self._started:
            self._started = True
            threading.Thread(target=self._serve, name="lines", daemon=True).start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[str | None] = loop.create_future()
        self._requests.put((loop, future))
        return await future

    async def rest(self) -> str:
        """Return everything up to the end as one text."""
        lines = []
        while (line := await self.next()) is not None:
            lines.append(line)
        return "\n".join(lines)

    def _serve(self) -> None:
        lines = _split(self._descriptor)
        while True:
            loop, future = self._requests.get()
            line = next(lines, None)
            # The loop is closed where the program ended while this thread was waiting for input.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_answer, future, line)


def _answer(future: asyncio.Future[str | None], line: str | None) -> None:
    if not future.done():
        future.set_result(line)


def _split(descriptor: int) -> Iterator[str]:
    buffer = bytearray()
    first = True
    while True:
        try:
            chunk = os.read(descriptor, _CHUNK)
        except OSError:
            chunk = b""
        searched = len(buffer)
        buffer += chunk
        while (end := buffer.find(b"\n", searched)) >= 0:
            yield _decode(bytes(buffer[:end]), first=first)
            del buffer[: end + 1]
            searched, first = 0, False
        if not chunk:
            if buffer:
                yield _decode(bytes(buffer), first=first)
            return


def _decode(line: bytes, *, first: bool) -> str:
    text = line.decode("utf-8", errors="replace").removesuffix("\r")
    return text.removeprefix("\ufeff") if first else text
