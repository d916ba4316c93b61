"""Where short links lead, asked of a server on this machine that goes by the services' names."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import web

from bot.web import expand
from bot.web.expand import A_SECOND, MOST_OF_A_POST, WebExpander, is_short
from tests.web.conftest import Names, Site, fetching

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

PAGE = "https://page.example/the/moon?x=1"


@dataclass
class Seconds:
    """A clock that only a test moves."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    """The expander's clock."""
    return Seconds()


@pytest.fixture
async def expander(site: Site, seconds: Seconds) -> AsyncIterator[WebExpander]:
    """An expander to which two services are known by name, and nobody else."""
    async with fetching(site, Names(bit_ly="127.0.0.1", t_co="127.0.0.1")) as fetcher:
        yield WebExpander(fetcher, clock=seconds)


def short(site: Site, path: str, host: str = "bit.ly") -> str:
    """Return a short link."""
    return f"http://{host}:{site.port}{path}"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://bit.ly/abc", True),
        ("http://www.tinyurl.com/abc", True),
        ("https://vm.tiktok.com/ZMabc/", True),
        ("https://fb.watch/abc/", True),
        ("https://bit.ly/", False),
        ("https://bit.ly", False),
        ("ftp://bit.ly/abc", False),
        ("https://notbit.ly/abc", False),
        ("https://bit.ly.example/abc", False),
        ("https://page.example/bit.ly/abc", False),
        ("https://youtu.be/dQw4w9WgXcQ", False),
        ("https://redd.it/1abc2d", False),
        ("https://www.tiktok.com/@a/video/1", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_only_listed_services_are_asked(url: str, expected: bool) -> None:  # noqa: FBT001 -- a table's column
    """For links of theirs; all others are pages."""
    assert is_short(url) is expected


async def test_a_short_link_leads_to_a_page_that_is_not_asked(site: Site, expander: WebExpander) -> None:
    """Through other services, where it must be; other links are no business of ours."""
    site.lead("/abc", short(site, "/def", "t.co"), status=301)
    site.lead("/def", PAGE)
    link = short(site, "/abc")
    assert await expander.expand(["https://other.example/x", link, "words"]) == {link: PAGE}
    assert site.asked == ["HEAD /abc", "HEAD /def"]


async def test_what_was_found_is_remembered(site: Site, expander: WebExpander, seconds: Seconds) -> None:
    """However long ago that was."""
    site.lead("/abc", PAGE)
    link = short(site, "/abc")
    await expander.expand([link])
    seconds.now += 1e6
    assert await expander.expand([link]) == {link: PAGE}
    assert len(site.asked) == 1


async def test_a_link_that_leads_nowhere_is_left_alone_for_ten_minutes(
    site: Site, expander: WebExpander, seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    """And then asked again; the log tells its host alone."""
    caplog.set_level(logging.INFO, logger=expand.__name__)
    link = short(site, "/secret")
    assert await expander.expand([link]) == {}
    asked = len(site.asked)
    seconds.now += 599
    assert await expander.expand([link]) == {}
    assert len(site.asked) == asked
    assert [(one.message, vars(one)["host"]) for one in caplog.records] == [("link.unexpanded", "bit.ly")]
    seconds.now += 2
    site.lead("/secret", PAGE)
    assert await expander.expand([link]) == {link: PAGE}
    assert "secret" not in str([vars(one) for one in caplog.records])


async def test_a_service_that_is_silent_is_not_waited_for(
    site: Site, expander: WebExpander, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others' links are expanded all the same."""
    monkeypatch.setattr(expand, "SECONDS", 0.2)

    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    site.pages["/slow"] = silent
    site.lead("/abc", PAGE)
    slow, link = short(site, "/slow"), short(site, "/abc")
    assert await expander.expand([slow, link, short(site, "/x", "tinyurl.com")]) == {link: PAGE}


async def test_a_post_is_worth_three_links(site: Site, expander: WebExpander) -> None:
    """The first three; the same one twice is one."""
    links = [short(site, f"/{number}") for number in range(6)]
    for number in range(6):
        site.lead(f"/{number}", f"{PAGE}{number}")
    found = await expander.expand([links[0], *links])
    assert list(found) == links[:MOST_OF_A_POST]
    assert len(site.asked) == MOST_OF_A_POST


async def test_many_links_at_once_are_left_as_they_are(
    site: Site, expander: WebExpander, seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    """Five in a second are asked for; those that were passed over can be asked for later."""
    caplog.set_level(logging.INFO, logger=expand.__name__)
    for number in range(6):
        site.lead(f"/{number}", PAGE)
    found = [await expander.expand([short(site, f"/{number}")]) for number in range(6)]
    assert [len(one) for one in found] == [1] * A_SECOND + [0]
    assert [one.message for one in caplog.records] == ["link.skipped"]
    assert await expander.expand([short(site, "/0")]) == {short(site, "/0"): PAGE}
    seconds.now += 1
    assert await expander.expand([short(site, "/5")]) == {short(site, "/5"): PAGE}


async def test_the_oldest_links_are_forgotten(
    site: Site, expander: WebExpander, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory has an end; what was asked for lately stays."""
    monkeypatch.setattr(expand, "REMEMBERED", 2)
    for path in ("/a", "/b", "/a", "/c", "/a", "/b"):
        site.lead(path, PAGE)
        seconds.now += 1
        await expander.expand([short(site, path)])
    assert site.asked == ["HEAD /a", "HEAD /b", "HEAD /c", "HEAD /b"]
