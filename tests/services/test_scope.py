"""What the services ask of the matcher in a server's name, and how long work leaves the thread to live posts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.domain.decision import Action
from bot.domain.fact import Citation, Fact, Review, SourceCheck, SourceState, Verdict
from bot.domain.match import MatchResult
from bot.domain.post import Post
from bot.matching.matcher import matcher_over
from bot.matching.model_set import load_models
from bot.services.compute import MatchingWorker
from bot.services.facts import FactLibrary, run_tests, run_tests_aside
from tests.builders import A_SOURCE, NOW, a_fact
from tests.fakes import FakeMatcher, FakeStore
from tests.services.conftest import CLAIM, FACTS, GUILD, HARMLESS, House

ELSEWHERE = 999
OWN = replace(FACTS[0], guild_id=GUILD)


@pytest.mark.parametrize(("owner", "action"), [(GUILD, Action.REPLY), (ELSEWHERE, Action.IGNORE)])
async def test_posts_and_checks_are_matched_in_their_server(
    house: House, matcher: FakeMatcher, owner: int, action: Action
) -> None:
    """With its facts, and no other server's."""
    matcher.facts = [replace(FACTS[0], guild_id=owner)]
    watched = await house.post(CLAIM)
    assert watched is not None
    assert watched.decision.action is action
    edited = await house.edit(CLAIM, message_id=101)
    assert edited is not None
    assert edited.decision.action is action
    assert (await house.checks.check(Post(CLAIM), guild_id=GUILD)).decision.action is action
    assert (await house.checks.check(Post(CLAIM))).decision.action is Action.IGNORE


async def test_a_search_is_made_in_a_server() -> None:
    """Without one it finds the global facts."""
    async with MatchingWorker(FakeMatcher([OWN])) as worker:
        library = FactLibrary(store=FakeStore([OWN]), worker=worker)
        assert await library.search("moon", guild_id=GUILD) == [OWN]
        assert await library.search("moon") == await library.search("moon", guild_id=ELSEWHERE) == []


class Slow(FakeMatcher):
    """A matcher that waits, before each post, for what a test does meanwhile; it notes posts and threads."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        super().__init__(facts)
        self.started, self.go = threading.Event(), threading.Event()
        self.threads: set[str] = set()

    def match(self, post: Post, *, guild_id: int | None = None) -> MatchResult:
        self.threads.add(threading.current_thread().name)
        self.started.set()
        assert self.go.wait(timeout=10)
        return super().match(post, guild_id=guild_id)


async def test_live_posts_get_their_turn_between_the_texts_of_a_test() -> None:
    """The event loop stays free, and a post waits for one text at most."""
    fact = a_fact(claim="Zeppelins crossed Patagonia weekly.", phrasings=("Weekly, zeppelins crossed Patagonia.",))
    matcher = Slow([fact])
    async with MatchingWorker(matcher) as worker:
        library = FactLibrary(store=FakeStore([fact]), worker=worker)
        testing = asyncio.create_task(library.test())
        await asyncio.to_thread(matcher.started.wait, 10)
        live = asyncio.create_task(worker.match(Post(HARMLESS)))
        await asyncio.sleep(0)
        matcher.go.set()
        await live
        [report] = await testing
    assert [post.text for post in matcher.seen] == [fact.claim, HARMLESS, fact.phrasings[0], fact.near_misses[0].text]
    assert {name.partition("_")[0] for name in matcher.threads} == {"matching"}
    assert report == run_tests(fact, matcher)


async def test_a_server_s_fact_is_tested_there_and_its_failures_stored() -> None:
    """Whether its tests are run aside or at once, they say the same."""
    fact = a_fact(claim="Zeppelins crossed Patagonia weekly.", phrasings=("Weekly, zeppelins flew.",), guild_id=GUILD)
    matcher = FakeMatcher([replace(fact, phrasings=())])
    store = FakeStore([fact])
    async with MatchingWorker(matcher) as worker:
        [report] = await FactLibrary(store=store, worker=worker).test()
    [failure] = report.failures
    assert failure == run_tests(fact, matcher).failures[0]
    assert (report.phrasings, report.near_misses) == (2, 1)
    assert store.committed.facts.by_slug[fact.slug].failed_tests == (failure,)


def test_a_source_that_is_gone_fails_no_test() -> None:
    """It says nothing of the wordings; posts wait for a moderator all the same."""
    check = SourceCheck(SourceState.GONE, at=NOW, since=NOW, status=404)
    gone = replace(A_SOURCE, check=check)
    review = Review("id", replace(gone, key="other"), "The moon is cheese", Verdict.FALSE)
    fact = a_fact(
        claim="Zeppelins crossed Patagonia weekly.",
        phrasings=(),
        citations=(Citation(gone, "rock"),),
        reviews=(review,),
    )
    assert all(source.dead for source in fact.sources())
    assert run_tests(fact, FakeMatcher([fact])).failures == ()


async def test_a_fact_is_tried_before_it_is_saved() -> None:
    """By the real matcher: a trial of the fact alone, run on the worker's thread."""
    fact = a_fact(
        claim="Zeppelins crossed Patagonia every week until 1987.",
        phrasings=("Until 1987 there was a weekly zeppelin over Patagonia.",),
        true_statement="No zeppelin ever crossed Patagonia.",
        guild_id=GUILD,
    )
    async with MatchingWorker(matcher_over([], load_models())) as worker:
        trial = await worker.trial([fact])
        assert (await run_tests_aside(fact, trial, worker)).failures == ()
        bad = replace(fact, phrasings=("Copper is a good insulator for bathroom floors.",))
        [failure] = (await run_tests_aside(bad, trial, worker)).failures
        assert "Copper" in failure
        assert (await worker.match(Post(fact.claim), guild_id=GUILD)).matches == ()
