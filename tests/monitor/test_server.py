"""The port itself: what may be asked, and what nobody can do to it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from bot.domain.errors import FootnoteError
from bot.monitor.server import Answer, serving
from tests.monitor.conftest import LOOPBACK, Watch, until

pytestmark = pytest.mark.allow_hosts([LOOPBACK, "192.0.2.1"])


async def _pages(path: str) -> Answer | None:
    if path == "/fault":
        raise KeyError("unforeseen")
    return Answer(b"{}", "application/json") if path == "/health" else None


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """A port with short patience and room for two."""
    async with serving(LOOPBACK, 0, _pages, longest=0.3, most=2) as port:
        yield port


@asynccontextmanager
async def _connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        async with asyncio.timeout(20):
            yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def _sent(port: int, raw: bytes) -> bytes:
    async with _connected(port) as (reader, writer):
        writer.write(raw)
        return await reader.read()


async def test_only_three_paths_are_there_and_only_to_be_read(watch: Watch) -> None:
    """Anything else is said not to be, and nothing is answered from a store of answers."""
    assert [(await watch.ask(path)).status for path in ("/health", "/live", "/metrics")] == [200, 200, 200]
    for path in ("/", "/health/", "/metrics/x", "//health", "/Health"):
        assert (await watch.ask(path)).status == 404
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"):
        assert (await watch.ask("/health", method)).status == 405
    head = await watch.ask("/health", "HEAD")
    assert (head.status, head.text) == (200, "")
    assert (await watch.ask("/health?verbose=1")).status == 200


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /health HTTP/1.0\r\n\r\n", 200),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 9000 + b"\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X%d: a\r\n" % n for n in range(200)) + b"\r\n", 400),
        (b"rubbish\r\n\r\n", 400),
        (b"POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\n" + b"a" * 60_000, 405),
        (b"GET /fault HTTP/1.0\r\n\r\n", 500),
    ],
    ids=["plain", "long path", "long header", "many headers", "rubbish", "endless body", "fault"],
)
async def test_a_request_is_small_or_refused(
    port: int, raw: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """And it leaves nothing of itself in the log."""
    caplog.set_level(logging.DEBUG)
    answer = await _sent(port, raw)
    assert answer.startswith(b"HTTP/1.")
    assert int(answer.split()[1]) == status
    assert b"unforeseen" not in answer
    logged = [record for record in caplog.records if record.name != "asyncio"]
    assert [record.message for record in logged] == (["health.failed"] if status == 500 else [])


async def test_a_connection_that_says_nothing_is_closed(port: int) -> None:
    """So is one that says it slowly, or that asks again and again."""
    async with _connected(port) as (silent, _), _connected(port) as (slow, writer):
        writer.write(b"GET /health HTT")
        assert await silent.read() == b""
        assert await slow.read() == b""
    assert (await _sent(port, b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")).startswith(b"HTTP/1.1 200")


async def test_one_connection_too_many_is_turned_away(port: int) -> None:
    """The others are not disturbed, and later there is room again."""
    async with _connected(port) as (reader, writer), _connected(port) as (other, _):
        writer.write(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        assert await _sent(port, b"") == b""
        await asyncio.gather(reader.read(), other.read())
    assert (await _sent(port, b"GET /health HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.0 200")


async def test_a_port_that_cant_be_opened_is_one_sentence(port: int) -> None:
    """Taken, or no address of this computer's; the program ends before it has done anything."""
    for host, number, why in (
        (LOOPBACK, port, "ddress already in use"),
        ("192.0.2.1", 18080, "assign requested address"),
        ("no such host", 18080, "no such address"),
    ):
        with pytest.raises(FootnoteError) as caught:
            async with serving(host, number, _pages):
                raise AssertionError
        said = str(caught.value)
        assert why in said
        assert f"FOOTNOTE_HEALTH can't be opened at {host}, port {number}" in said
        assert said.endswith("Stop what uses that port, or set another one.")


async def test_many_may_ask_at_once(watch: Watch) -> None:
    """They get the same answer."""
    answers = await asyncio.gather(*(watch.ask("/health") for _ in range(12)))
    assert {answer.status for answer in answers} == {200}
    assert len({tuple(json.loads(answer.text)["checks"]) for answer in answers}) == 1
    await until(lambda: all(task.get_name() != "health" for task in asyncio.all_tasks()))
