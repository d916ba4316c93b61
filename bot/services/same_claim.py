"""Find the request that asks for the same claim in other words. Live posts get their turn between any two steps."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.domain.fact import Fact
from bot.domain.match import Match, Relation
from bot.domain.ports import Clock
from bot.domain.post import Post
from bot.domain.request import Request
from bot.matching.background import information
from bot.matching.normalise import normalise
from bot.matching.words import words
from bot.services.compute import MatchingWorker
from bot.services.own_facts import blank_fact

log = logging.getLogger(__name__)

MOST_COMPARED = 10
"""Requests that are compared by meaning, which takes some 10 ms each."""
_SHARED = 2
"""Words that requests share at least before they are compared; of a request of one word, that one."""
_SAME = frozenset({Relation.REPEATS, Relation.ASKS})
"""A request asks for a claim, whether it is put as a question or not; a denial asks for another one."""


class SameClaim:
    """Compares requests by meaning. Whatever breaks in it, or is in doubt, leaves a request its own."""

    def __init__(self, *, worker: MatchingWorker, clock: Clock) -> None:
        self._worker = worker
        self._clock = clock

    async def among(self, waiting: Sequence[Request], text: str) -> Request | None:
        """Return which of a server's requests a text asks for, too, or None. Not to be called in a transaction."""
        try:
            near = await self._worker.run(sharing, waiting, text)
            return await self._matched(near, text) if near else None
        except Exception:
            # The words are no reason to fail: a moderator sees at a glance what two requests have in common.
            log.exception("request.uncompared", extra={"compared": len(waiting)})
            return None

    async def _matched(self, near: Sequence[Request], text: str) -> Request | None:
        today = self._clock().date()
        by_slug = {f"request-{one.id}": one for one in near}
        trial = await self._worker.trial([_as_fact(slug, one, today) for slug, one in by_slug.items()])
        result = await self._worker.run(trial.match, Post(text), guild_id=near[0].guild_id)
        best = next((match for match in result.matches if _same(match, trial.default_threshold)), None)
        return None if best is None else by_slug.get(best.slug)


def sharing(waiting: Sequence[Request], text: str) -> list[Request]:
    """Return the requests that share the most telling words with a text, up to ``MOST_COMPARED``. Pure."""
    content = words(normalise(text)).content
    needed = min(_SHARED, len(content))
    shared = [(one, content & words(normalise(one.text)).content) for one in waiting]
    told = [(sum(map(information, common)), one) for one, common in shared if common and len(common) >= needed]
    told.sort(key=lambda pair: (-pair[0], pair[1].id))
    return [one for _, one in told[:MOST_COMPARED]]


def _as_fact(slug: str, request: Request, today: date) -> Fact:
    return replace(blank_fact(request.guild_id, request.text, today=today), slug=slug)


def _same(match: Match, threshold: float) -> bool:
    return match.relation in _SAME and match.confidence >= threshold
