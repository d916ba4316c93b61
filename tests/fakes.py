"""Hand-written stand-ins for the ports: a store in memory, and a matcher that knows marker phrases."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager

from bot.domain.fact import Fact
from bot.domain.match import Evidence, Gate, Match, MatchResult, Relation
from bot.domain.post import Post
from tests.fake_repositories import FakeFacts, FakeTransaction


class FakeStore:
    """A store in memory: one transaction at a time, undone where its block raises.

    ``committed`` is what a test may look at. ``fail_next`` makes the next transactions raise, one error each.
    """

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        self.committed = FakeTransaction(facts=FakeFacts({fact.slug: fact for fact in facts}))
        self.fail_next: list[Exception] = []
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[FakeTransaction]:
        async with self._lock:
            if self.fail_next:
                raise self.fail_next.pop(0)
            work = copy.deepcopy(self.committed)
            yield work
            self.committed = work

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[FakeTransaction]:
        if self.fail_next:
            raise self.fail_next.pop(0)
        seen = self.committed
        work = copy.deepcopy(seen)
        yield work
        assert work == seen, "a block that only reads has changed something"


class FakeMatcher:
    """Matches a post that contains a wording of a fact, letter case aside.

    A wording after "it is false that" is denied; one before "?" is asked. ``confidence`` and ``gates`` go into
    every match. With ``read``, ``sync`` takes up the facts as they are then.
    """

    default_threshold = 0.9

    def __init__(self, facts: Iterable[Fact], *, confidence: float = 0.97, gates: tuple[Gate, ...] = ()) -> None:
        self.facts = list(facts)
        self.confidence = confidence
        self.gates = gates
        self.seen: list[Post] = []
        self.read: Callable[[], Sequence[Fact]] | None = None

    def match(self, post: Post, *, guild_id: int | None = None) -> MatchResult:
        self.seen.append(post)
        words = "\n".join((post.text, *post.shared)).casefold()
        matches = tuple(
            self._match(fact, wording, words)
            for fact in self._shown(guild_id)
            for wording in fact.wordings()
            if wording.casefold() in words
        )
        return MatchResult(matches[:5], "" if matches else "nothing came near", "fake/1")

    def search(self, words: str, *, limit: int, guild_id: int | None = None) -> list[str]:
        return [fact.slug for fact in self._shown(guild_id) if words.casefold() in fact.claim.casefold()][:limit]

    def sync(self) -> list[str]:
        if self.read is not None:
            self.facts = [fact for fact in self.read() if not fact.retired]
        return []

    def behind(self) -> bool:
        return False

    def trial(self, facts: Sequence[Fact]) -> FakeMatcher:
        return FakeMatcher(facts, confidence=self.confidence, gates=self.gates)

    def _shown(self, guild_id: int | None) -> list[Fact]:
        own = [fact for fact in self.facts if fact.guild_id == guild_id is not None]
        overridden = {fact.overrides for fact in own}
        return own + [fact for fact in self.facts if fact.guild_id is None and fact.slug not in overridden]

    def _match(self, fact: Fact, wording: str, words: str) -> Match:
        relation = Relation.REPEATS
        if f"it is false that {wording.casefold()}" in words:
            relation = Relation.DENIES
        elif f"{wording.casefold()}?" in words:
            relation = Relation.ASKS
        evidence = Evidence(wording, tuple(wording.split()), {"marker": 1.0}, self.gates)
        return Match(fact.slug, fact.version, relation, self.confidence, evidence)
