"""Look facts up, and run the tests that each fact carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.domain.decision import Action
from bot.domain.fact import Fact, NearMiss
from bot.domain.policy import CONSOLE_GUILD, default_policy
from bot.domain.ports import Matcher, Store
from bot.domain.post import Post
from bot.matching.decide import decide
from bot.matching.magnet import refusal
from bot.matching.normalise import normalise
from bot.matching.words import words
from bot.services.compute import MatchingWorker


@dataclass(frozen=True, slots=True)
class FactReport:
    """The outcome of one fact's tests: how many ran, and a sentence for each that failed."""

    slug: str
    phrasings: int
    near_misses: int
    failures: tuple[str, ...]


class FactLibrary:
    """The fact store, for every place that shows it."""

    def __init__(self, *, store: Store, worker: MatchingWorker) -> None:
        self._store = store
        self._worker = worker

    async def all(self) -> list[Fact]:
        """Return every fact that isn't retired, by slug."""
        async with self._store.transaction() as tx:
            return await tx.facts.all()

    async def get(self, slug: str) -> Fact | None:
        """Return one fact."""
        async with self._store.transaction() as tx:
            return await tx.facts.get(slug)

    async def search(self, words: str, *, limit: int = 10, guild_id: int | None = None) -> list[Fact]:
        """Return the facts that the words are closest to, best first: global ones, and with ``guild_id`` a server's."""
        slugs = await self._worker.search(words, limit=limit, guild_id=guild_id)
        async with self._store.transaction() as tx:
            found = [await tx.facts.get(slug) for slug in slugs]
        return [fact for fact in found if fact is not None]

    async def test(self, slugs: Sequence[str] = (), *, record: bool = True) -> list[FactReport]:
        """Run the tests of the named facts (of all, where none is named) against all that their servers see.

        Args:
            slugs: Which facts; an unknown one is simply not in the answer.
            record: Whether to store the failures, which hold the fact back from replying by itself.
        """
        facts = [fact for fact in await self.all() if not slugs or fact.slug in slugs]
        reports = [await run_tests_aside(fact, self._worker.matcher, self._worker) for fact in facts]
        if record:
            async with self._store.transaction() as tx:
                for fact, report in zip(facts, reports, strict=True):
                    if fact.failed_tests != report.failures:
                        await tx.facts.set_failed_tests(report.slug, report.failures)
        return reports


def run_tests(fact: Fact, matcher: Matcher) -> FactReport:
    """Test that each wording gets a reply of this fact, or of one that it says it overlaps, and no near miss does.

    Posts are matched as in the server that the fact belongs to.
    """
    return _report(fact, [test(matcher) for test in _tests(fact)])


async def run_tests_aside(fact: Fact, matcher: Matcher, worker: MatchingWorker) -> FactReport:
    """Run a fact's tests on the worker's thread, text by text: live posts get their turn in between."""
    return _report(fact, [await worker.run(test, matcher) for test in _tests(fact)])


def _tests(fact: Fact) -> list[Callable[[Matcher], str | None]]:
    """Return a fact's tests; each returns a sentence where it fails."""
    wordings = [partial(_wording_failure, fact, text) for text in fact.wordings()]
    return [*wordings, *(partial(_near_miss_failure, fact, near_miss) for near_miss in fact.near_misses)]


def _report(fact: Fact, outcomes: Iterable[str | None]) -> FactReport:
    return FactReport(fact.slug, len(fact.wordings()), len(fact.near_misses), tuple(filter(None, outcomes)))


def _wording_failure(fact: Fact, text: str, matcher: Matcher) -> str | None:
    if refused := refusal(words(normalise(text))):
        return f"is refused as a wording, since {refused}: “{text}”"
    slug = _reply(text, fact, matcher)
    if slug is None:
        return f"gets no reply, but should: “{text}”"
    if slug != fact.slug and slug not in fact.overlaps:
        return f"is answered by {slug}: “{text}”"
    return None


def _near_miss_failure(fact: Fact, near_miss: NearMiss, matcher: Matcher) -> str | None:
    if _reply(near_miss.text, fact, matcher) == fact.slug:
        return f"gets a reply, but must not ({near_miss.kind}): “{near_miss.text}”"
    return None


def _reply(text: str, fact: Fact, matcher: Matcher) -> str | None:
    result = matcher.match(Post(text), guild_id=fact.guild_id)
    # Whatever the tests said last time must not decide what they say now; other facts only need to be unretired.
    fit = {
        match.slug: replace(fact, slug=match.slug, version=match.fact_version, failed_tests=())
        for match in result.matches
    }
    decision = decide(
        result,
        fit,
        policy=default_policy(CONSOLE_GUILD),
        today=fact.as_of,
        default_threshold=matcher.default_threshold,
    )
    if decision.action is Action.REPLY and decision.match is not None:
        return decision.match.slug
    return None
