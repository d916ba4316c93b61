"""A web server on this machine, and a fetcher that may ask it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from bot.web.fetch import Fetcher

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Site:
    """A server whose pages a test fills in, and what it was asked for."""

    url: str = ""
    port: int = 0
    pages: dict[str, Handler] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def page(self, path: str, *, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """Put a page there; in the names of headers, a hyphen is an underline."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        async def answer(_: web.Request) -> web.Response:
            return web.Response(status=status, body=body, headers=named)

        self.pages[path] = answer

    def lead(self, path: str, target: str, *, status: int = 302) -> None:
        """Let a page lead on."""
        self.page(path, status=status, Location=target)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer with the page, or with 404."""
        self.asked.append(f"{request.method} {request.path_qs}")
        self.headers.append(dict(request.headers))
        handler = self.pages.get(request.path)
        return web.Response(status=404) if handler is None else await handler(request)


class Names(AbstractResolver):
    """A name server that tests fill in. A name with several answers gives one each time, the last one for good."""

    def __init__(self, **names: str | list[str]) -> None:
        self.names = {name.replace("_", "."): [ip] if isinstance(ip, str) else ip for name, ip in names.items()}
        self.fault: OSError = OSError(-2, "Name or service not known")
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        self.asked.append(host)
        answers = self.names.get(host)
        if not answers:
            raise self.fault
        ip = answers.pop(0) if len(answers) > 1 else answers[0]
        kind = 10 if ":" in ip else 2
        return [ResolveResult(hostname=host, host=ip, port=port, family=kind, proto=6, flags=4)]

    async def close(self) -> None:
        pass


def anywhere(_: IPv4Address | IPv6Address) -> bool:
    """Allow every machine."""
    return True


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A server with no pages yet."""
    site = Site()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.answer)
    async with TestServer(app) as server:
        assert server.port is not None
        site.port = server.port
        site.url = f"http://127.0.0.1:{site.port}"
        yield site


@asynccontextmanager
async def fetching(site: Site, names: Names | None = None, *, guarded: bool = False) -> AsyncIterator[Fetcher]:
    """A fetcher that may ask the site; ``guarded`` leaves the check of machines as it is."""
    ports = frozenset({site.port, 80, 443})
    if guarded:
        async with Fetcher(ports=ports, resolver=names) as fetcher:
            yield fetcher
    else:
        async with Fetcher(allows=anywhere, ports=ports, resolver=names) as fetcher:
            yield fetcher


@pytest.fixture
async def fetcher(site: Site) -> AsyncIterator[Fetcher]:
    """A fetcher that may ask every machine, at the usual ports and the site's."""
    async with fetching(site) as fetcher:
        yield fetcher
