"""Sources are looked at in turn, gently, and what came of it is recorded."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import cast

import pytest

from bot.domain.errors import StoreError
from bot.domain.fact import Citation, Fact, Source, SourceCheck, SourceState
from bot.domain.ports import Store
from bot.services import source_health
from bot.services.source_health import A_ROUND, AT_ONCE, EVERY, LOOKED_AT_EVERY, CheckedSources, CheckSources
from bot.services.wakeup import Wakeup
from tests.builders import A_SOURCE, NOW, a_fact
from tests.fake_imports import FakeSources
from tests.fake_repositories import FakeFacts
from tests.services.conftest import Clock

WEEK_AGO = NOW - LOOKED_AT_EVERY
FINE = SourceCheck(SourceState.FINE, at=NOW, since=NOW, status=200)
GONE = SourceCheck(SourceState.GONE, at=NOW, since=NOW, status=404)
REFUSED = SourceCheck(SourceState.UNCLEAR, at=NOW, since=NOW, status=403)
SILENT = SourceCheck(SourceState.UNCLEAR, at=NOW, since=NOW)


@dataclass
class _Transaction:
    sources: FakeSources


class Shelf:
    """A store that holds sources, and counts what is done with it. ``fail_next`` raises, one error each."""

    def __init__(self, facts: list[Fact]) -> None:
        self.sources = FakeSources()
        self.sources.facts = FakeFacts({fact.slug: fact for fact in facts})
        self.open = False
        self.writes = 0
        self.fail_next: list[Exception] = []

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[_Transaction]:
        if self.fail_next:
            raise self.fail_next.pop(0)
        self.open = True
        yield _Transaction(self.sources)
        self.open = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[_Transaction]:
        self.writes += 1
        async with self.reading() as tx:
            yield tx


@dataclass
class Eye:
    """A looker that finds what a test says, by key; and watches how it is used."""

    shelf: Shelf
    finds: dict[str, SourceCheck | Exception] = field(default_factory=dict)
    looked: list[str] = field(default_factory=list)
    under_way: Counter[str] = field(default_factory=Counter)
    most: int = 0
    most_at_a_host: int = 0

    async def look(self, source: Source, now: object) -> SourceCheck:
        assert not self.shelf.open, "no transaction stays open while other machines are asked"
        host = source.url.split("/")[2]
        self.under_way[host] += 1
        self.most = max(self.most, self.under_way.total())
        self.most_at_a_host = max(self.most_at_a_host, self.under_way[host])
        for _ in range(3):
            await asyncio.sleep(0)
        self.under_way[host] -= 1
        self.looked.append(source.key)
        found = self.finds.get(source.key, FINE)
        if isinstance(found, Exception):
            raise found
        return found


def citing(slug: str, *urls: str, **over: object) -> Fact:
    """Return a fact with a source for each address; the addresses are the keys."""
    sources = [replace(A_SOURCE, key=url, url=url) for url in urls]
    return a_fact(slug=slug, citations=tuple(Citation(source, "quote") for source in sources), **over)


def on_hosts(count: int) -> list[str]:
    """Return addresses on as many hosts."""
    return [f"https://h{number:02}.example/a" for number in range(count)]


def house(*facts: Fact) -> tuple[CheckSources, Shelf, Eye, Clock, Wakeup]:
    """Return the service on a store that holds facts, with what is around it."""
    shelf, clock, wakeup = Shelf(list(facts)), Clock(), Wakeup()
    eye = Eye(shelf)
    return CheckSources(store=cast("Store", shelf), looker=eye, clock=clock, wakeup=wakeup), shelf, eye, clock, wakeup


async def test_what_came_of_it_is_recorded() -> None:
    """For every source once, however many facts cite it."""
    one, two = on_hosts(2)
    service, shelf, eye, _, _ = house(citing("a", one, two), citing("b", two))
    eye.finds[two] = GONE
    found = await service.check(10, before=WEEK_AGO)
    assert found == CheckedSources({one: FINE, two: GONE})
    assert (found.count(SourceState.FINE), found.count(SourceState.GONE)) == (1, 1)
    assert shelf.sources.checks == {one: FINE, two: GONE}
    assert [source.key for source in await shelf.sources.troubled(limit=9)] == [two]


async def test_what_was_looked_at_lately_is_not_due() -> None:
    """A week later it is; the one that waits longest comes first, and those of drafts last."""
    urls = on_hosts(4)
    service, shelf, eye, _, _ = house(
        citing("a", *urls[:3]), citing("b", urls[3], correction=""), citing("c", "https://old.example", retired=True)
    )
    for url, days in zip(urls, (6, 8, 9, 10), strict=True):
        shelf.sources.checks[url] = replace(FINE, at=NOW - timedelta(days=days))
    await service.check(10, before=WEEK_AGO)
    assert eye.looked == [urls[2], urls[1], urls[3]]
    eye.looked.clear()
    await service.check(10, before=WEEK_AGO)
    assert eye.looked == []
    assert (shelf.writes, (await service.check(10, before=WEEK_AGO)).checks) == (1, {})


async def test_there_is_an_end_to_a_round() -> None:
    """No more are looked at than was asked for."""
    service, _, eye, _, _ = house(citing("a", *on_hosts(9)))
    await service.check(4, before=WEEK_AGO)
    assert len(eye.looked) == 4


async def test_nobody_is_asked_in_a_rush() -> None:
    """Four looks at a time, and one at a host."""
    at_one = [f"https://one.example/{number}" for number in range(5)]
    service, _, eye, _, _ = house(citing("a", *at_one, *on_hosts(9)))
    await service.check(50, before=WEEK_AGO)
    assert len(eye.looked) == 14
    assert (eye.most, eye.most_at_a_host) == (AT_ONCE, 1)


async def test_many_are_recorded_in_several_short_transactions() -> None:
    """Everybody else writes in between."""
    service, shelf, _, _, _ = house(citing("a", *[f"https://h{n}.example/a" for n in range(2 * A_ROUND + 1)]))
    await service.check(1000, before=WEEK_AGO)
    assert shelf.writes == 3
    assert len(shelf.sources.checks) == 2 * A_ROUND + 1


@pytest.mark.parametrize(
    ("silent", "answered", "offline"),
    [(3, 2, True), (2, 3, False), (5, 5, False), (6, 5, True), (4, 0, False), (5, 0, True)],
)
async def test_a_round_in_which_most_are_silent_is_not_recorded(
    silent: int,
    answered: int,
    offline: bool,  # noqa: FBT001 -- a table's column
) -> None:
    """It is rather our own network that is down; a few looks tell nothing of that."""
    urls = on_hosts(silent + answered)
    service, shelf, eye, _, _ = house(citing("a", *urls))
    eye.finds = dict.fromkeys(urls[:silent], SILENT)
    found = await service.check(50, before=WEEK_AGO)
    assert (found.offline, len(found.checks)) == (offline, len(urls))
    assert len(shelf.sources.checks) == (0 if offline else len(urls))


async def test_a_refusal_shows_that_the_network_is_up() -> None:
    """It is no clear answer, but one."""
    urls = on_hosts(8)
    service, shelf, eye, _, _ = house(citing("a", *urls))
    eye.finds = dict.fromkeys(urls, REFUSED)
    assert not (await service.check(50, before=WEEK_AGO)).offline
    assert len(shelf.sources.checks) == 8


async def test_one_silent_host_with_many_sources_is_recorded() -> None:
    """It would come first in every round otherwise, and nothing else would ever be looked at."""
    dead = [f"https://dead.example/{number}" for number in range(9)]
    service, shelf, eye, _, _ = house(citing("a", *dead, *on_hosts(3)))
    eye.finds = dict.fromkeys(dead, SILENT)
    assert not (await service.check(50, before=WEEK_AGO)).offline
    assert len(shelf.sources.checks) == 12


async def test_a_source_that_makes_trouble_keeps_no_other_back(caplog: pytest.LogCaptureFixture) -> None:
    """It counts as without a clear answer, so that its turn comes again in a week."""
    bad, good = "https://[bad", on_hosts(1)[0]
    service, shelf, eye, _, _ = house(citing("a", bad, good))
    eye.finds[bad] = ValueError("no address")
    await service.check(50, before=WEEK_AGO)
    assert shelf.sources.checks == {bad: SILENT, good: FINE}
    assert [record.message for record in caplog.records] == ["source.failed"]


async def test_the_loop_looks_every_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """At fifty, not looked at for a week; a database that fails is asked again soon."""
    service, shelf, eye, clock, wakeup = house(citing("a", *on_hosts(A_ROUND + 10)))
    pauses: list[float] = []
    woken = asyncio.Event()

    async def wait(seconds: float) -> None:
        pauses.append(seconds)
        woken.set()
        await asyncio.sleep(0)
        if len(pauses) == 4:
            await asyncio.Event().wait()
        clock.forward(seconds=seconds)

    monkeypatch.setattr(wakeup, "wait", wait)
    shelf.fail_next = [StoreError("busy")]
    task = asyncio.create_task(service.run())
    async with asyncio.timeout(5):
        while len(pauses) < 4:
            woken.clear()
            await woken.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    hour = EVERY.total_seconds()
    assert pauses == [source_health._AFTER_FAULT.total_seconds(), hour, hour, hour]
    assert len(eye.looked) == A_ROUND + 10
