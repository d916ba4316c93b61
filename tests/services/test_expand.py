"""Short links stand for what they lead to, in what is watched and in what is checked on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.domain.member import Pseudonyms
from bot.domain.policy import Mode
from bot.domain.post import Post
from bot.services.check import CheckPost
from bot.services.expand import expanded
from bot.services.wakeup import Bell, Wakeup
from bot.services.watch import WatchPosts
from bot.store.database import Database
from tests.fakes import FakeMatcher
from tests.services.conftest import CHANNEL, CLAIM, House, a_place

SHORT, OTHER = "https://bit.ly/abc", "https://page.example/x"
PAGE = "https://moon.example/cheese"


@dataclass
class Expander:
    """An expander that knows some links; ``fault`` is raised, and ``gate`` waited for, instead."""

    known: Mapping[str, str] = field(default_factory=lambda: {SHORT: PAGE})
    fault: Exception | None = None
    gate: asyncio.Event | None = None
    asked: list[Sequence[str]] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def expand(self, urls: Sequence[str]) -> Mapping[str, str]:
        self.asked.append(urls)
        self.begun.set()
        if self.fault is not None:
            raise self.fault
        if self.gate is not None:
            await self.gate.wait()
        return {url: self.known[url] for url in urls if url in self.known}


def watching(house: House, expander: Expander) -> WatchPosts:
    """Return what watches posts of the house, with an expander."""
    return WatchPosts(
        store=house.store,
        worker=house.worker,
        clock=house.clock,
        wakeup=Wakeup(),
        board=Bell(),
        settle=timedelta(0),
        pseudonyms=Pseudonyms(b"k" * 32),
        expander=expander,
    )


async def test_where_links_lead_is_added() -> None:
    """Each once; the words stay as they are."""
    post = await expanded(Post(f"look {SHORT} {OTHER} {SHORT}", shared=("words",)), Expander())
    assert post == Post(f"look {SHORT} {OTHER} {SHORT}", shared=("words",), resolved=(PAGE,))
    assert PAGE not in post.words()


@pytest.mark.parametrize("text", ["no link at all", "", f"`{SHORT}`", f"||{SHORT}||"])
async def test_what_is_not_shared_is_not_asked_for(text: str) -> None:
    """Nobody asks where a link in code or behind a spoiler leads."""
    expander = Expander()
    assert await expanded(Post(text), expander) == Post(text)
    assert [url for urls in expander.asked for url in urls] == []


async def test_without_an_expander_a_post_stays_as_it_is() -> None:
    """That is the default."""
    assert await expanded(Post(SHORT), None) == Post(SHORT)


async def test_a_failure_leaves_a_post_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    """It is matched by what it says itself; the log doesn't tell its links."""
    assert await expanded(Post(SHORT), Expander(fault=OSError("down"))) == Post(SHORT)
    assert [record.message for record in caplog.records] == ["links.unexpanded"]
    assert SHORT not in caplog.text


async def test_the_matcher_sees_where_links_lead(house: House, matcher: FakeMatcher) -> None:
    """In what is watched, in its edits, and in what is checked on demand."""
    expander = Expander()
    watch = watching(house, expander)
    checks = CheckPost(store=house.store, worker=house.worker, clock=house.clock, expander=expander)
    await watch.posted(Post(SHORT), a_place(200))
    await watch.edited(Post(f"edited {SHORT}"), a_place(200))
    await checks.check(Post(f"checked {SHORT}"))
    assert [post.resolved for post in matcher.seen] == [(PAGE,)] * 3


async def test_links_in_posts_that_are_not_watched_are_not_asked_for(house: House) -> None:
    """Neither where the server watches nothing nor in a channel that is left out."""
    expander = Expander()
    watch = watching(house, expander)
    await house.mode(Mode.AUTO, ignored_channels=frozenset({CHANNEL}))
    await watch.posted(Post(SHORT), a_place(200))
    assert expander.asked == []


async def test_a_link_that_is_waited_for_holds_up_nobody(house: House, database: Database) -> None:
    """Other posts are matched, and the database is free to be written to."""
    expander = Expander(gate=asyncio.Event())
    watch = watching(house, expander)
    waiting = asyncio.create_task(watch.posted(Post(f"{CLAIM} {SHORT}"), a_place(200)))
    async with asyncio.timeout(10):
        await expander.begun.wait()
        other = await watch.posted(Post(CLAIM), a_place(201, author_id=78))
        async with database.transaction() as tx:
            await tx.facts.set_failed_tests("sun-cold", [])
        assert other is not None
        assert other.stored
        assert not waiting.done()
        assert expander.gate is not None
        expander.gate.set()
        watched = await waiting
    assert watched is not None
    assert watched.stored
