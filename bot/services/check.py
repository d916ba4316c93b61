"""Check one post on demand: nothing is stored, nothing is posted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.domain.decision import Action, Decision
from bot.domain.fact import Fact
from bot.domain.match import MatchResult
from bot.domain.policy import CONSOLE_GUILD, Mode, Policy
from bot.domain.ports import Clock, LinkExpander, Store, Transaction
from bot.domain.post import Post
from bot.matching.decide import decide
from bot.review.recalibrate import shifted
from bot.services.compute import MatchingWorker
from bot.services.expand import expanded


@dataclass(frozen=True, slots=True)
class Checked:
    """A decision with the facts it speaks of, by slug."""

    decision: Decision
    facts: Mapping[str, Fact]

    @property
    def fact(self) -> Fact | None:
        """Return the fact that a reply or a queue item would be about."""
        if self.decision.match is None or self.decision.action is Action.IGNORE:
            return None
        return self.facts.get(self.decision.match.slug)


class CheckPost:
    """Says what Footnote would do with a post."""

    def __init__(
        self, *, store: Store, worker: MatchingWorker, clock: Clock, expander: LinkExpander | None = None
    ) -> None:
        self._store = store
        self._worker = worker
        self._clock = clock
        self._expander = expander

    async def check(self, post: Post, *, guild_id: int | None = None) -> Checked:
        """Decide as a server in mode auto would; with ``guild_id``, with what that server has and set."""
        async with self._store.reading() as tx:
            policy = await tx.policies.get(CONSOLE_GUILD if guild_id is None else guild_id)
        if post.lang is None:
            post = replace(post, lang=policy.language)
        post = await expanded(post, self._expander)
        result = await self._worker.match(post, guild_id=guild_id)
        async with self._store.reading() as tx:
            facts = await facts_of(tx, result)
        result = shifted(result, policy.shift)
        policy = Policy(guild_id=policy.guild_id, mode=Mode.AUTO, threshold=policy.threshold, approvals_needed=0)
        today = self._clock().date()
        default = self._worker.matcher.default_threshold
        return Checked(decide(result, facts, policy=policy, today=today, default_threshold=default), facts)


async def facts_of(tx: Transaction, result: MatchResult) -> dict[str, Fact]:
    """Return the facts of a match result as the store holds them now, which may be newer than the index."""
    found = [await tx.facts.get(match.slug) for match in result.matches]
    return {fact.slug: fact for fact in found if fact is not None}
