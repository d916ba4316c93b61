"""What a fact would take away from the facts beside it, and how a text is answered where facts are tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.decision import Action
from bot.domain.fact import Fact, Source
from bot.domain.match import MatchResult, Relation
from bot.domain.policy import CONSOLE_GUILD, default_policy
from bot.domain.ports import Matcher
from bot.domain.post import Post
from bot.matching.decide import QUEUE_FLOOR, decide
from bot.services.compute import MatchingWorker

MOST_TEXTS = 300
"""Texts that are matched for one fact at most: some seconds."""
_NEAR_A_WORDING = 3
_MOST_NEAR = 12


@dataclass(frozen=True, slots=True)
class Clashes:
    """The facts that say nearly the same, and the wordings of facts beside it that a fact answers in their place.

    ``texts`` is how many were matched, ``cut`` whether some were left out.
    """

    doubles: tuple[Fact, ...]
    stolen: tuple[tuple[Fact, str], ...]
    texts: int
    cut: bool

    def in_words(self) -> tuple[str, ...]:
        """Return a sentence for each, as for a failed test."""
        doubles = [f"says nearly the same as {fact.slug}: “{fact.claim}”" for fact in self.doubles]
        return (*doubles, *(f"answers a wording of {fact.slug}: “{text}”" for fact, text in self.stolen))


async def near(fact: Fact, worker: MatchingWorker) -> list[str]:
    """Return the slugs of the facts nearest to a fact's wordings, as its server sees them, without itself."""
    found: dict[str, None] = {}
    for text in fact.wordings():
        found |= dict.fromkeys(await worker.search(text, limit=_NEAR_A_WORDING + 1, guild_id=fact.guild_id))
    found.pop(fact.slug, None)
    return list(found)[:_MOST_NEAR]


async def clashes(
    fact: Fact, beside: Sequence[Fact], matcher: Matcher, worker: MatchingWorker, *, most: int
) -> Clashes:
    """Match a fact's claim and the wordings of the facts beside it, text by text on the worker's thread.

    Args:
        fact: The fact, which the matcher knows.
        beside: Facts near it.
        matcher: Where it is tried.
        worker: What computes.
        most: Texts to be matched at most.
    """
    strangers = {one.slug: one for one in beside if not _akin(fact, one)}
    claim = await worker.run(matcher.match, Post(fact.claim), guild_id=fact.guild_id)
    # What a global fact gets on with, the server's own version of it does, too.
    doubles = [strangers[slug] for slug in _repeated(claim) if slug in strangers and fact.overrides is None]
    texts = [(one, text) for one in strangers.values() for text in one.wordings()]
    stolen = [
        (one, text)
        for one, text in texts[: max(most - 1, 0)]
        if await worker.run(reply_to, text, fact, matcher) == fact.slug
    ]
    return Clashes(tuple(doubles), tuple(stolen), min(len(texts) + 1, most), len(texts) + 1 > most)


def reply_to(text: str, fact: Fact, matcher: Matcher) -> str | None:
    """Return the slug of the fact that answers a text by itself where ``fact`` belongs, or None."""
    result = matcher.match(Post(text), guild_id=fact.guild_id)
    # Neither what the tests said last time nor a source that is gone may decide what they say now; other facts only
    # need to be unretired.
    sound = _unchecked(fact)
    fit = {
        match.slug: replace(sound, slug=match.slug, version=match.fact_version, failed_tests=())
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


def _unchecked(fact: Fact) -> Fact:
    """Return a fact as if nobody had looked at its sources."""

    def unseen(source: Source) -> Source:
        return replace(source, check=None)

    citations = tuple(replace(one, source=unseen(one.source)) for one in fact.citations)
    reviews = tuple(replace(one, source=unseen(one.source)) for one in fact.reviews)
    return replace(fact, citations=citations, reviews=reviews)


def _akin(fact: Fact, other: Fact) -> bool:
    """Tell whether two facts are known to answer the same posts."""
    return fact.slug in (other.overrides, *other.overlaps) or other.slug in (fact.overrides, *fact.overlaps)


def _repeated(result: MatchResult) -> list[str]:
    return [
        match.slug for match in result.matches if match.relation is Relation.REPEATS and match.confidence >= QUEUE_FLOOR
    ]
