"""What a look at a source's address comes to."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.fact import SourceCheck, SourceState
from bot.matching.links import canonical_url
from bot.web.sources import WebLooker
from tests.builders import A_SOURCE, NOW
from tests.web.conftest import Names, Site, fetching

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

FINE, MOVED, GONE, UNCLEAR = SourceState.FINE, SourceState.MOVED, SourceState.GONE, SourceState.UNCLEAR
COPY = "https://web.archive.org/web/20200517120000/https://moon.example/atlas"


@pytest.fixture
def names() -> Names:
    """A name server that knows one host."""
    return Names(moon_example="127.0.0.1")


@pytest.fixture
async def looker(site: Site, names: Names) -> AsyncIterator[WebLooker]:
    """One that asks no archive."""
    async with fetching(site, names) as fetcher:
        yield WebLooker(fetcher, canonical=canonical_url)


@pytest.fixture
async def archivist(site: Site, names: Names) -> AsyncIterator[WebLooker]:
    """One that asks an archive for copies."""
    async with fetching(site, names) as fetcher:
        yield WebLooker(fetcher, canonical=canonical_url, archive=True, archive_api=f"{site.url}/available")


def at(site: Site, path: str = "/atlas", check: SourceCheck | None = None, host: str = "moon.example") -> str:
    """Return an address on the site."""
    return f"http://{host}:{site.port}{path}"


def held(site: Site, **closest: object) -> None:
    """Let the archive hold a copy."""
    copy = {"available": True, "status": "200", "url": COPY.replace("https://web", "http://web"), **closest}
    site.page("/available", body=json.dumps({"archived_snapshots": {"closest": copy}}).encode())


@pytest.mark.parametrize(
    ("status", "state"),
    [
        *((200, FINE), (204, FINE), (404, GONE), (410, GONE)),
        *(
            (401, UNCLEAR),
            (403, UNCLEAR),
            (429, UNCLEAR),
            (451, UNCLEAR),
            (500, UNCLEAR),
            (503, UNCLEAR),
            (304, UNCLEAR),
        ),
    ],
)
async def test_a_status_is_a_state(site: Site, looker: WebLooker, status: int, state: SourceState) -> None:
    """Only what says that the page is gone counts as that: a wall before it doesn't."""
    site.page("/atlas", status=status)
    check = await looker.look(replace(A_SOURCE, url=at(site)), NOW)
    assert check == SourceCheck(state, at=NOW, since=NOW, status=status)


@pytest.mark.parametrize("status", [301, 308])
async def test_a_page_that_moved_for_good_has_a_new_address(site: Site, looker: WebLooker, status: int) -> None:
    """Where permanent redirects lead; what leads on from there today is left out."""
    site.lead("/atlas", "/maps/atlas", status=status)
    site.lead("/maps/atlas", "/maps/atlas/today", status=302)
    site.page("/maps/atlas/today")
    check = await looker.look(replace(A_SOURCE, url=at(site)), NOW)
    assert (check.state, check.moved_to) == (MOVED, at(site, "/maps/atlas"))


@pytest.mark.parametrize(
    ("target", "status"),
    [("/atlas/", 301), ("/atlas/?utm_source=x", 308), ("/cookies", 302), ("/cookies", 307), ("/cookies", 303)],
)
async def test_a_page_that_only_leads_elsewhere_today_is_fine(
    site: Site, looker: WebLooker, target: str, status: int
) -> None:
    """So is one that leads to another spelling of its address."""
    site.lead("/atlas", target, status=status)
    site.page(target.partition("?")[0])
    check = await looker.look(replace(A_SOURCE, url=at(site)), NOW)
    assert (check.state, check.moved_to) == (FINE, None)


async def test_a_page_that_moved_to_where_there_is_nothing_is_gone(site: Site, looker: WebLooker) -> None:
    """The last answer counts."""
    site.lead("/atlas", "/maps", status=301)
    check = await looker.look(replace(A_SOURCE, url=at(site)), NOW)
    assert (check.state, check.status, check.moved_to) == (GONE, 404, None)


async def test_a_page_that_leads_to_the_front_of_the_site_is_gone(site: Site, looker: WebLooker) -> None:
    """That is how many sites say so; the front itself may lead to itself."""
    site.lead("/atlas", "/", status=301)
    site.page("/")
    assert (await looker.look(replace(A_SOURCE, url=at(site)), NOW)).state is GONE
    assert (await looker.look(replace(A_SOURCE, url=at(site, "/")), NOW)).state is FINE


async def test_no_answer_is_no_clear_answer(site: Site, looker: WebLooker) -> None:
    """Nobody listens, it may not be asked, or the addresses lead to each other."""
    site.lead("/round", "/round", status=301)
    for url in ("http://127.0.0.1:80/atlas", "ftp://moon.example/atlas", at(site, "/round")):
        check = await looker.look(replace(A_SOURCE, url=url), NOW)
        assert check == SourceCheck(UNCLEAR, at=NOW, since=NOW)


@pytest.mark.parametrize(
    ("before", "state"),
    [
        (None, UNCLEAR),
        (SourceCheck(FINE, at=NOW, since=NOW - timedelta(days=90), status=200), UNCLEAR),
        (SourceCheck(UNCLEAR, at=NOW, since=NOW - timedelta(days=2, hours=23)), UNCLEAR),
        (SourceCheck(UNCLEAR, at=NOW, since=NOW - timedelta(days=90), status=503), UNCLEAR),
        (SourceCheck(UNCLEAR, at=NOW, since=NOW - timedelta(days=3)), GONE),
        (SourceCheck(GONE, at=NOW, since=NOW - timedelta(days=7)), GONE),
        (SourceCheck(GONE, at=NOW, since=NOW - timedelta(days=7), status=404), UNCLEAR),
    ],
)
async def test_a_host_without_an_address_is_gone_in_time(
    site: Site, looker: WebLooker, before: SourceCheck | None, state: SourceState
) -> None:
    """Not at the first sight, for names come back; and then it stays gone."""
    source = replace(A_SOURCE, url=at(site, host="nowhere.example"), check=before)
    check = await looker.look(source, NOW)
    assert (check.state, check.status) == (state, None)


async def test_a_name_server_that_is_silent_means_nothing(site: Site, names: Names, looker: WebLooker) -> None:
    """It is ours that fails, not the site."""
    names.fault = OSError(-3, "Temporary failure in name resolution")
    before = SourceCheck(UNCLEAR, at=NOW, since=NOW - timedelta(days=90))
    source = replace(A_SOURCE, url=at(site, host="nowhere.example"), check=before)
    assert (await looker.look(source, NOW)).state is UNCLEAR


async def test_a_state_that_lasts_keeps_its_beginning(site: Site, looker: WebLooker) -> None:
    """Another one begins now."""
    before = SourceCheck(GONE, at=NOW - timedelta(days=7), since=NOW - timedelta(days=30), status=410)
    source = replace(A_SOURCE, url=at(site), check=before)
    gone = await looker.look(source, NOW)
    assert (gone.at, gone.since) == (NOW, before.since)
    site.page("/atlas")
    assert (await looker.look(source, NOW)).since == NOW


async def test_a_copy_is_looked_for_where_the_source_is_gone(site: Site, archivist: WebLooker) -> None:
    """The one nearest to when the source was read, at its https address."""
    held(site)
    source = replace(A_SOURCE, url=at(site, "/atlas?a=1&b=2"), retrieved=date(2020, 5, 17))
    check = await archivist.look(source, NOW)
    assert (check.state, check.archive_url) == (GONE, COPY)
    assert (
        site.asked[-1] == f"GET /available?url=http://moon.example:{site.port}/atlas?a%3D1%26b%3D2&timestamp=20200517"
    )
    assert not replace(source, check=check).dead


async def test_no_archive_is_asked_without_need(site: Site, archivist: WebLooker, looker: WebLooker) -> None:
    """Where it wasn't asked for, where the source is there, and where a copy is known."""
    held(site)
    source = replace(A_SOURCE, url=at(site))
    assert (await looker.look(source, NOW)).archive_url is None
    known = SourceCheck(GONE, at=NOW, since=NOW, status=404, archive_url=COPY)
    assert (await archivist.look(replace(source, check=known), NOW)).archive_url == COPY
    assert (await archivist.look(replace(source, archive_url=COPY), NOW)).archive_url is None
    site.page("/atlas")
    assert (await archivist.look(replace(source, check=known), NOW)).archive_url is None
    assert not [one for one in site.asked if "available" in one]


async def test_a_copy_outlasts_a_bad_day(site: Site, archivist: WebLooker) -> None:
    """It is known still when a source that was gone gives no clear answer for once."""
    site.page("/atlas", status=503)
    known = SourceCheck(GONE, at=NOW, since=NOW, status=404, archive_url=COPY)
    check = await archivist.look(replace(A_SOURCE, url=at(site), check=known), NOW)
    assert (check.state, check.archive_url) == (UNCLEAR, COPY)


@pytest.mark.parametrize(
    "closest",
    [
        {"available": False},
        {"status": "404"},
        {"url": "https://elsewhere.example/web/2020/x"},
        {"url": "https://web.archive.org.elsewhere.example/web/2020/x"},
        {"url": "https://me@web.archive.org/web/2020/x"},
        {"url": "javascript:alert(1)"},
        {"url": "https://web.archive.org/"},
        {"url": "http://[::1"},
        {"url": None},
    ],
)
async def test_an_answer_that_names_no_copy_is_none(
    site: Site, archivist: WebLooker, closest: dict[str, object]
) -> None:
    """What goes into notes must be a page of the archive."""
    held(site, **closest)
    check = await archivist.look(replace(A_SOURCE, url=at(site)), NOW)
    assert (check.state, check.archive_url) == (GONE, None)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"archived_snapshots": []}', b"[" * 50_000, b" " * 200_000]
)
async def test_an_archive_that_makes_no_sense_is_no_error(site: Site, archivist: WebLooker, body: bytes) -> None:
    """The source is gone all the same."""
    site.page("/available", body=body)
    check = await archivist.look(replace(A_SOURCE, url=at(site)), NOW)
    assert (check.state, check.archive_url) == (GONE, None)
