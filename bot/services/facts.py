"""Look facts up, and run the tests that each fact carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from bot.domain.fact import Fact, NearMiss
from bot.domain.ports import Matcher, Store, Transaction
from bot.matching.magnet import refusal
from bot.matching.normalise import normalise
from bot.matching.words import words
from bot.services.clashes import MOST_TEXTS, clashes, near, reply_to
from bot.services.compute import MatchingWorker
from bot.services.own_facts import visible

DRAFT = "nobody wrote a correction for it yet"


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
        async with self._store.reading() as tx:
            return await tx.facts.all()

    async def finished(self) -> list[Fact]:
        """Return the facts in use that somebody wrote a correction for, by slug."""
        async with self._store.reading() as tx:
            return await tx.facts.finished()

    async def count(self) -> tuple[int, int]:
        """Return how many facts are in use: finished ones, and drafts."""
        async with self._store.reading() as tx:
            return await tx.facts.count()

    async def get(self, slug: str) -> Fact | None:
        """Return one fact."""
        async with self._store.reading() as tx:
            return await tx.facts.get(slug)

    async def find(self, slug: str, guild_id: int) -> Fact | None:
        """Return one fact that a server sees, also a retired one, or None."""
        return visible(await self.get(slug), guild_id)

    async def own(self, guild_id: int) -> list[Fact]:
        """Return a server's own facts, retired ones too."""
        async with self._store.reading() as tx:
            return await tx.facts.own(guild_id)

    async def seen(self, guild_id: int, *, limit: int) -> list[Fact]:
        """Return facts that a server sees, its own first."""
        async with self._store.reading() as tx:
            return await tx.facts.seen(guild_id, limit=limit)

    async def expired(self, guild_id: int, *, today: date) -> list[Fact]:
        """Return the facts whose shelf life is over and that concern a server, the longest over first."""
        async with self._store.reading() as tx:
            return await tx.facts.expired(guild_id, today=today)

    async def search(self, words: str, *, limit: int = 10, guild_id: int | None = None) -> list[Fact]:
        """Return the facts that the words are closest to, best first: global ones, and with ``guild_id`` a server's."""
        slugs = await self._worker.search(words, limit=limit, guild_id=guild_id)
        async with self._store.reading() as tx:
            found = [await tx.facts.get(slug) for slug in slugs]
        return [fact for fact in found if fact is not None]

    async def test(self, slugs: Sequence[str] = (), *, record: bool = True) -> list[FactReport]:
        """Run the tests of the named facts (of all, where none is named) against all that their servers see.

        Args:
            slugs: Which facts; an unknown one is simply not in the answer. Without any, all that are no drafts.
            record: Whether to store the failures, which hold the fact back from replying by itself.
        """
        facts = await self._named(slugs) if slugs else await self.finished()
        reports = [await self._report(fact) for fact in facts]
        if record:
            async with self._store.transaction() as tx:
                for fact, report in zip(facts, reports, strict=True):
                    if fact.failed_tests != report.failures and await _is_still(tx, fact):
                        await tx.facts.set_failed_tests(report.slug, report.failures)
        return reports

    async def _named(self, slugs: Iterable[str]) -> list[Fact]:
        async with self._store.reading() as tx:
            found = [await tx.facts.get(slug) for slug in dict.fromkeys(slugs)]
        return [fact for fact in found if fact is not None and not fact.retired]

    async def _report(self, fact: Fact) -> FactReport:
        """Run a fact's own tests; a server's fact must leave the facts beside it theirs, too."""
        if fact.draft:
            return FactReport(fact.slug, 0, 0, (DRAFT,))
        report = await run_tests_aside(fact, self._worker.matcher, self._worker)
        if fact.guild_id is None:
            return report
        beside = await self._named(await near(fact, self._worker))
        taken = await clashes(fact, beside, self._worker.matcher, self._worker, most=MOST_TEXTS)
        return replace(report, failures=(*report.failures, *taken.in_words()))


async def _is_still(tx: Transaction, fact: Fact) -> bool:
    """Tell whether a fact was not changed while it was tested."""
    stored = await tx.facts.get(fact.slug)
    return stored is not None and stored.version == fact.version


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
    slug = reply_to(text, fact, matcher)
    if slug is None:
        return f"gets no reply, but should: “{text}”"
    if slug != fact.slug and slug not in fact.overlaps:
        return f"is answered by {slug}: “{text}”"
    return None


def _near_miss_failure(fact: Fact, near_miss: NearMiss, matcher: Matcher) -> str | None:
    if reply_to(near_miss.text, fact, matcher) == fact.slug:
        return f"gets a reply, but must not ({near_miss.kind}): “{near_miss.text}”"
    return None
