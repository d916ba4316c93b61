"""Ask other machines for pages, without letting an address lead anywhere else than to the open internet.

Every address, also one that another led to, passes the same checks. What counts in the end is the connection: the
machine and the port it goes to are checked as it is made, so that no name, number or change of mind of a name server
leads inside.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from types import TracebackType
from typing import IO, Self
from urllib.parse import urljoin

from aiohttp import ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, ThreadedResolver
from aiohttp.abc import AbstractResolver
from aiohttp.connector import AddrInfoType

from bot import __version__
from bot.domain.errors import FetchError
from bot.web.addresses import USUAL_PORTS, IPAddress, check, is_open, named
from bot.web.faults import Inside, in_time, translated

USER_AGENT = f"Footnote/{__version__} (+fact-check links)"
MAX_REDIRECTS = 5
LOOK_SECONDS = 15.0
SAVE_SECONDS = 300.0

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_HEAD_MAY_BE_WRONG = frozenset({400, 403, 404, 405, 406, 410, 501})
"""What servers that don't care for HEAD answer, some of them for pages that are there."""
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Answer:
    """What a look found: the last address, the HTTP status there, and where permanent redirects alone led, in order."""

    url: str
    status: int
    moved: tuple[str, ...] = ()


class Fetcher:
    """Looks at pages and saves them. It keeps no cookies and no connections, and no setting of the system guides it."""

    def __init__(
        self,
        *,
        allows: Callable[[IPAddress], bool] = is_open,
        ports: frozenset[int] = USUAL_PORTS,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._allows = allows
        self._ports = ports
        self._resolver = resolver
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        resolver = self._resolver or ThreadedResolver()
        connector = TCPConnector(socket_factory=self._socket, force_close=True, resolver=resolver, limit=16)
        self._session = ClientSession(
            connector=connector,
            cookie_jar=DummyCookieJar(),
            headers={"User-Agent": USER_AGENT},
            timeout=ClientTimeout(total=None),
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def look(
        self, url: str, *, follows: Callable[[str], bool] = lambda _: True, seconds: float = LOOK_SECONDS
    ) -> Answer:
        """Tell what an address answers, without reading the page.

        Args:
            url: The address.
            follows: Whether an address that another leads to is asked, too; one that isn't is the answer.
            seconds: How long that may take, redirects included.

        Raises:
            HostUnknown: A host on the way has no address.
            FetchError: There is no answer, or an address on the way may not be asked.
        """
        moved: list[str] = []
        lasting = True
        with in_time(url):
            async with asyncio.timeout(seconds):
                for _ in range(MAX_REDIRECTS + 1):
                    status, target = await self._glance(url)
                    if target is None:
                        return Answer(url, status, tuple(moved))
                    lasting = lasting and status in _PERMANENT
                    moved += [target] if lasting else []
                    if not follows(target):
                        return Answer(target, status, tuple(moved))
                    url = target
        raise FetchError(f"{named(url)} leads on and on: use the address of the page itself.")

    async def save(self, url: str, file: IO[bytes], *, limit: int, seconds: float = SAVE_SECONDS) -> int:
        """Write what stands at an address to a file, and return how many bytes that were.

        Args:
            url: The address.
            file: Where to; where this fails, a part may stand there.
            limit: Bytes at most, unpacked.
            seconds: How long that may take, redirects included.

        Raises:
            HostUnknown: A host on the way has no address.
            FetchError: It can't be read whole, it is too large, or an address on the way may not be asked.
        """
        size = 0
        with in_time(url):
            async with asyncio.timeout(seconds), aclosing(self._download(url, limit)) as chunks:
                async for chunk in chunks:
                    size += len(chunk)
                    file.write(chunk)
        return size

    async def _glance(self, url: str) -> tuple[int, str | None]:
        """Return the status, and where it leads."""
        async with self._ask("HEAD", url) as response:
            if response.status not in _HEAD_MAY_BE_WRONG:
                return response.status, _target(response, url)
        async with self._ask("GET", url) as response:
            return response.status, _target(response, url)

    async def _download(self, url: str, limit: int) -> AsyncGenerator[bytes, None]:
        for _ in range(MAX_REDIRECTS + 1):
            async with self._ask("GET", url) as response:
                target = _target(response, url)
                if target is None:
                    async for chunk in _body(response, url, limit):
                        yield chunk
                    return
                url = target
        raise FetchError(f"{named(url)} leads on and on: use the address of the file itself.")

    @asynccontextmanager
    async def _ask(self, method: str, url: str) -> AsyncIterator[ClientResponse]:
        assert self._session is not None, "a Fetcher is used within its ``async with``"
        check(url, ports=self._ports)
        with translated(url):
            response = await self._session.request(method, url, allow_redirects=False)
        try:
            yield response
        finally:
            response.close()

    def _socket(self, info: AddrInfoType) -> socket.socket:
        """Return a socket for a connection that may be made; what refuses it here, refuses every way to get there."""
        family, kind, protocol, _, (host, port, *_) = info
        if not self._allows(ip_address(host)) or port not in self._ports:
            raise Inside("not on the open internet")
        return socket.socket(family, kind, protocol)


def _target(response: ClientResponse, url: str) -> str | None:
    """Return where an answer leads, if anywhere."""
    location = response.headers.get("Location", "").strip()
    if response.status not in _REDIRECTS or not location:
        return None
    try:
        return urljoin(url, location)
    except ValueError:
        raise FetchError(f"{named(url)} leads to what is no web address.") from None


async def _body(response: ClientResponse, url: str, limit: int) -> AsyncIterator[bytes]:
    """Yield what an answer holds, unpacked."""
    if not response.ok:
        raise FetchError(f"{named(url)} answered with status {response.status} instead of the file.")
    too_large = FetchError(f"{named(url)} sends more than {limit:,} bytes: that is too large.")
    if (response.content_length or 0) > limit:
        raise too_large
    left = limit
    while True:
        with translated(url):
            chunk = await response.content.read(_CHUNK)
        left -= len(chunk)
        if left < 0:
            raise too_large
        if not chunk:
            return
        yield chunk
