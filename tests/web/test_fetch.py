"""What a fetcher asks for, and where it doesn't go: with real connections on this machine."""

from __future__ import annotations

import asyncio
import gzip
import io
import socket
import tracemalloc
import zlib

import pytest
from aiohttp import web

from bot.domain.errors import FetchError, HostUnknown
from bot.web.faults import Inside
from bot.web.fetch import MAX_REDIRECTS, USER_AGENT, Answer, Fetcher
from tests.web.conftest import Names, Site, fetching

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1"])

MEGABYTE = 1 << 20


async def test_a_look_asks_for_the_head_alone(site: Site, fetcher: Fetcher) -> None:
    """With an honest name and nothing else that tells of us."""
    site.page("/a", body=b"x" * 100)
    assert await fetcher.look(f"{site.url}/a?b=1") == Answer(f"{site.url}/a?b=1", 200)
    assert site.asked == ["HEAD /a?b=1"]
    assert set(site.headers[0]) == {"Host", "Accept", "Accept-Encoding", "User-Agent", "Connection"}
    assert site.headers[0]["User-Agent"] == USER_AGENT


@pytest.mark.parametrize("status", [403, 404, 405, 501])
async def test_a_server_that_does_not_care_for_heads_is_asked_for_the_page(
    site: Site, fetcher: Fetcher, status: int
) -> None:
    """What it says then counts; of the page itself nothing is read."""
    sent = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        if request.method == "HEAD":
            return web.Response(status=status)
        response = web.StreamResponse()
        await response.prepare(request)
        while sent < 64 * MEGABYTE:
            await response.write(b"x" * MEGABYTE)
            sent += MEGABYTE
        return response

    site.pages["/a"] = answer
    assert (await fetcher.look(f"{site.url}/a")).status == 200
    assert site.asked == ["HEAD /a", "GET /a"]
    await asyncio.sleep(0.05)
    assert sent < 16 * MEGABYTE


async def test_redirects_are_followed(site: Site, fetcher: Fetcher) -> None:
    """What moved for good is told apart from what leads on today."""
    site.lead("/a", "/b", status=301)
    site.lead("/b", f"{site.url}/c", status=308)
    site.lead("/c", "d?x=1", status=302)
    site.lead("/d", "/e", status=301)
    site.page("/e")
    found = await fetcher.look(f"{site.url}/a")
    assert found == Answer(f"{site.url}/e", 200, (f"{site.url}/b", f"{site.url}/c"))


async def test_a_caller_may_stop_before_a_redirect(site: Site, fetcher: Fetcher) -> None:
    """What isn't to be followed is told and not asked."""
    site.lead("/a", "/b", status=301)
    site.lead("/b", "https://page.example/x", status=301)
    found = await fetcher.look(f"{site.url}/a", follows=lambda url: url.startswith(site.url))
    assert found.url == "https://page.example/x"
    assert site.asked == ["HEAD /a", "HEAD /b"]


async def test_cookies_are_not_kept(site: Site) -> None:
    """Neither from one page to the next nor along a redirect."""
    site.page("/a", status=302, Location="/b", Set_Cookie="who=me; Path=/")
    site.page("/b")
    async with fetching(site, Names(page_example="127.0.0.1")) as fetcher:
        await fetcher.look(f"http://page.example:{site.port}/a")
        await fetcher.look(f"http://page.example:{site.port}/b")
    assert len(site.headers) == 3
    assert all("Cookie" not in headers for headers in site.headers)


async def test_the_systems_proxy_is_not_asked(site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would make the connection for us, wherever that leads."""
    site.page("/a")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert (await fetcher.look(f"{site.url}/a")).status == 200


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "0x7f000001", "0177.0.0.1"),
        *("127.1", "10.0.0.1", "192.168.0.1", "169.254.169.254", "[fe80::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
    ],
)
async def test_no_way_of_writing_it_leads_inside(site: Site, host: str) -> None:
    """Refused before anything is sent, and not for want of an answer."""
    site.page("/a")
    async with fetching(site, guarded=True) as fetcher:
        with pytest.raises(FetchError, match=r"is not on the open internet|doesn't answer as it should") as caught:
            await fetcher.look(f"http://{host}:{site.port}/a", seconds=5)
        with pytest.raises(FetchError):
            await fetcher.save(f"http://{host}:{site.port}/a", io.BytesIO(), limit=100, seconds=5)
    assert "/a" not in str(caught.value)
    assert site.asked == []


@pytest.mark.parametrize("ip", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254"])
async def test_a_name_that_stands_for_an_inner_machine_is_refused(site: Site, ip: str) -> None:
    """Whatever the name looks like."""
    async with fetching(site, Names(page_example=ip), guarded=True) as fetcher:
        with pytest.raises(FetchError, match=r"^page\.example is not on the open internet"):
            await fetcher.look(f"http://page.example:{site.port}/a", seconds=5)
    assert site.asked == []


async def test_a_name_server_that_changes_its_mind_gains_nothing(site: Site) -> None:
    """The machine that a connection goes to is what is checked, and each connection is."""
    names = Names(page_example=["127.0.0.1", "127.0.0.2"])
    site.lead("/a", f"http://page.example:{site.port}/b")
    site.page("/b")
    asked: list[str] = []

    def first_alone(address: object) -> bool:
        asked.append(str(address))
        return str(address) == "127.0.0.1"

    async with Fetcher(allows=first_alone, ports=frozenset({site.port}), resolver=names) as fetcher:
        fetcher._session._connector._cached_hosts.clear()  # type: ignore[union-attr]
        fetcher._session._connector._use_dns_cache = False  # type: ignore[union-attr]
        with pytest.raises(FetchError, match="not on the open internet"):
            await fetcher.look(f"http://page.example:{site.port}/a", seconds=5)
    assert asked == ["127.0.0.1", "127.0.0.2"]
    assert site.asked == ["HEAD /a"]


async def test_the_port_of_a_connection_is_checked_as_well(site: Site, fetcher: Fetcher) -> None:
    """Should two libraries ever read an address in different ways."""
    info = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 22))
    with pytest.raises(Inside):
        fetcher._socket(info)


@pytest.mark.parametrize(
    "target",
    [
        *(
            "http://127.0.0.2:{port}/b",
            "http://[::1]:{port}/b",
            "//169.254.169.254/latest/meta-data",
            "http://10.0.0.1/",
        ),
        *(
            "http://127.0.0.1:22/",
            "ftp://127.0.0.1:{port}/b",
            "file:///etc/passwd",
            "http://me:secret@127.0.0.1:{port}/b",
        ),
        *("http://[::1/", "https://"),
    ],
)
@pytest.mark.allow_hosts(["127.0.0.1", "127.0.0.2", "::1"])
async def test_a_redirect_is_checked_like_any_address(site: Site, target: str) -> None:
    """A page on the open internet can't send us inside."""
    site.lead("/a", target.format(port=site.port))
    site.page("/b")

    def outside(address: object) -> bool:
        return str(address) == "127.0.0.1"

    async with Fetcher(allows=outside, ports=frozenset({site.port, 80, 443})) as fetcher:
        with pytest.raises(FetchError):
            await fetcher.look(f"{site.url}/a", seconds=5)
        with pytest.raises(FetchError):
            await fetcher.save(f"{site.url}/a", io.BytesIO(), limit=100, seconds=5)
    assert site.asked == ["HEAD /a", "GET /a"]


async def test_pages_that_lead_to_each_other_are_left(site: Site, fetcher: Fetcher) -> None:
    """After five redirects."""
    site.lead("/a", "/b")
    site.lead("/b", "/a")
    with pytest.raises(FetchError, match="leads on and on"):
        await fetcher.look(f"{site.url}/a")
    assert len(site.asked) == MAX_REDIRECTS + 1
    with pytest.raises(FetchError, match="leads on and on"):
        await fetcher.save(f"{site.url}/a", io.BytesIO(), limit=100)
    assert len(site.asked) == 2 * (MAX_REDIRECTS + 1)


async def test_a_slow_answer_is_not_waited_for(site: Site, fetcher: Fetcher) -> None:
    """Neither for its head nor for a page that comes byte by byte."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        if request.method == "HEAD":
            await asyncio.sleep(30)
        await response.prepare(request)
        for _ in range(600):
            await response.write(b"x")
            await asyncio.sleep(0.05)
        return response

    site.pages["/a"] = answer
    with pytest.raises(FetchError, match=r"^127\.0\.0\.1 takes too long"):
        await fetcher.look(f"{site.url}/a", seconds=0.2)
    with pytest.raises(FetchError, match=r"^127\.0\.0\.1 takes too long"):
        await fetcher.save(f"{site.url}/a", io.BytesIO(), limit=100_000, seconds=0.4)


async def test_the_time_counts_for_all_redirects_together(site: Site, fetcher: Fetcher) -> None:
    """A chain of pages, each just fast enough, is slow all the same."""

    async def answer(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.15)
        return web.Response(status=302, headers={"Location": f"{request.path}x"})

    site.pages |= {f"/a{'x' * number}": answer for number in range(5)}
    with pytest.raises(FetchError, match="takes too long"):
        await fetcher.look(f"{site.url}/a", seconds=0.4)


async def test_a_file_is_saved_whole(site: Site, fetcher: Fetcher) -> None:
    """Unpacked, after redirects, up to the very limit."""
    data = bytes(range(256)) * 1000
    site.lead("/old", "/new", status=301)
    site.page("/new", body=gzip.compress(data), Content_Encoding="gzip")
    file = io.BytesIO()
    assert await fetcher.save(f"{site.url}/old", file, limit=len(data)) == len(data)
    assert file.getvalue() == data


async def test_a_file_that_says_it_is_too_large_is_not_read(site: Site, fetcher: Fetcher) -> None:
    """The limit is named, and nothing is written."""
    site.page("/a", body=b"x" * MEGABYTE)
    file = io.BytesIO()
    with pytest.raises(FetchError, match=r"^127\.0\.0\.1 sends more than 1,000,000 bytes"):
        await fetcher.save(f"{site.url}/a", file, limit=1_000_000)
    assert file.getvalue() == b""


async def test_a_file_that_does_not_say_so_is_left_at_the_limit(site: Site, fetcher: Fetcher) -> None:
    """A page without an end is no way to fill the disk."""
    sent = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while sent < 200 * MEGABYTE:
            await response.write(b"x" * MEGABYTE)
            sent += MEGABYTE
        return response

    site.pages["/a"] = answer
    file = io.BytesIO()
    with pytest.raises(FetchError, match="sends more than"):
        await fetcher.save(f"{site.url}/a", file, limit=MEGABYTE)
    assert len(file.getvalue()) <= MEGABYTE
    assert sent < 32 * MEGABYTE


async def test_what_unpacks_to_far_more_is_left_at_the_limit(site: Site, fetcher: Fetcher) -> None:
    """A hundred megabytes in a hundred kilobytes: what counts is what comes out, and it never lies in memory whole."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(100)) + packer.flush()
    site.page("/a", body=bomb, Content_Encoding="gzip")
    assert len(bomb) < MEGABYTE
    file = io.BytesIO()
    tracemalloc.start()
    try:
        with pytest.raises(FetchError, match="sends more than"):
            await fetcher.save(f"{site.url}/a", file, limit=2 * MEGABYTE)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(file.getvalue()) <= 2 * MEGABYTE
    assert peak < 32 * MEGABYTE


@pytest.mark.parametrize(
    "head", ["Content-Length: 9\r\n\r\nshort", "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"]
)
async def test_a_broken_answer_is_no_file(head: str) -> None:
    """One that ends early, or isn't packed as it says."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\n{head}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    async with server, fetching(Site(port=port)) as fetcher:
        with pytest.raises(FetchError, match="doesn't answer as it should"):
            await fetcher.save(f"http://127.0.0.1:{port}/a", io.BytesIO(), limit=1000, seconds=5)


async def test_an_error_is_no_file(site: Site, fetcher: Fetcher) -> None:
    """Its page is not what was asked for."""
    site.page("/a", status=500, body=b"sorry")
    file = io.BytesIO()
    with pytest.raises(FetchError, match=r"^127\.0\.0\.1 answered with status 500"):
        await fetcher.save(f"{site.url}/a", file, limit=1000)
    assert file.getvalue() == b""


async def test_a_name_that_nobody_knows_is_told_from_a_name_server_that_is_silent(site: Site) -> None:
    """The one may mean that a site is gone, the other only that we are cut off."""
    names = Names()
    async with fetching(site, names) as fetcher:
        with pytest.raises(HostUnknown, match=r"^gone\.example is not known"):
            await fetcher.look("http://gone.example/a")
        names.fault = OSError(-3, "Temporary failure in name resolution")
        with pytest.raises(FetchError, match=r"^gone\.example can't be looked up now") as caught:
            await fetcher.look("http://gone.example/a")
        assert not isinstance(caught.value, HostUnknown)


async def test_nobody_listening_is_an_error_in_a_sentence(site: Site, fetcher: Fetcher) -> None:
    """Without the address, which may hold what is nobody's business."""
    with pytest.raises(FetchError, match=r"^127\.0\.0\.1 can't be reached") as caught:
        await fetcher.look("http://127.0.0.1:80/secret")
    assert "secret" not in str(caught.value)
