"""What a moderator should know of a fact before saving it. Live posts get their turn between any two texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.domain.fact import Fact
from bot.domain.match import Relation
from bot.domain.ports import Matcher, Store
from bot.domain.post import Post
from bot.domain.review import WAITING, ReviewItem, Wanted
from bot.matching.decide import QUEUE_FLOOR
from bot.matching.magnet import MAX_ATTRACTION, attraction
from bot.matching.normalise import normalise
from bot.matching.words import words
from bot.services.clashes import MOST_TEXTS, Clashes, clashes, near
from bot.services.compute import MatchingWorker
from bot.services.facts import run_tests_aside
from bot.services.own_facts import refused

_NOTHING = Clashes((), (), 0, cut=False)


@dataclass(frozen=True, slots=True)
class Findings:
    """What came of an examination.

    ``refused`` says why the fact can't be saved. ``attraction`` is how many of 10,000 ordinary messages share two
    telling words with the wording that attracts the most; more than ``MAX_ATTRACTION`` is too many. Of ``waiting``
    posts in the queue, ``caught`` would match. ``cut`` tells whether some texts were left out.
    """

    refused: str | None
    failures: tuple[str, ...] = ()
    clashes: Clashes = _NOTHING
    attraction: float = 0.0
    attractive: str = ""
    waiting: int = 0
    caught: tuple[ReviewItem, ...] = ()
    cut: bool = False

    def warnings(self) -> tuple[str, ...]:
        """Return what would hold the fact back from replying by itself."""
        return (*self.failures, *self.clashes.in_words())

    def magnetic(self) -> bool:
        """Tell whether a wording is so much like ordinary chat that its matches wait for a moderator."""
        return self.attraction > MAX_ATTRACTION


class ExamineFacts:
    """Tries facts that aren't saved yet."""

    def __init__(self, *, store: Store, worker: MatchingWorker) -> None:
        self._store = store
        self._worker = worker

    async def examine(self, fact: Fact, *, sees: Callable[[int], bool]) -> Findings:
        """Try a server's fact among the facts near it.

        Args:
            fact: As it would be saved.
            sees: Tells of a channel whether the moderator sees it; posts of others are left out.
        """
        why = await self._worker.run(refused, fact)
        if not fact.claim.strip():
            return Findings(why)
        beside = await self._beside(fact)
        trial = await self._worker.trial([fact, *beside])
        strength, attractive = await self._worker.run(_attraction, fact)
        found = Findings(why, attraction=strength, attractive=attractive)
        if why is not None:
            # Without a source, say, nothing is answered: every test would fail for that.
            return replace(found, clashes=await clashes(fact, beside, trial, self._worker, most=1))
        report = await run_tests_aside(fact, trial, self._worker)
        left = MOST_TEXTS - report.phrasings - report.near_misses
        taken = await clashes(fact, beside, trial, self._worker, most=left)
        items = await self._waiting(fact, sees)
        looked_at = items[: left - taken.texts]
        caught = tuple([item for item in looked_at if await self._worker.run(_catches, item, fact, trial)])
        cut = taken.cut or len(looked_at) < len(items)
        return replace(found, failures=report.failures, clashes=taken, waiting=len(items), caught=caught, cut=cut)

    async def _beside(self, fact: Fact) -> list[Fact]:
        slugs = await near(fact, self._worker)
        async with self._store.reading() as tx:
            found = [await tx.facts.get(slug) for slug in slugs]
        return [one for one in found if one is not None and not one.retired]

    async def _waiting(self, fact: Fact, sees: Callable[[int], bool]) -> Sequence[ReviewItem]:
        async with self._store.reading() as tx:
            items = await tx.reviews.find(fact.guild_id or 0, Wanted(states=WAITING))
        return [item for item in items if sees(item.new.channel_id)]


def _attraction(fact: Fact) -> tuple[float, str]:
    """Return the strongest attraction of a fact's wordings, and that wording."""
    return max((attraction(words(normalise(text)).content), text) for text in fact.wordings())


def _catches(item: ReviewItem, fact: Fact, matcher: Matcher) -> bool:
    """Tell whether the post of an item would be a match of the fact, if only for the queue."""
    best = next(iter(matcher.match(Post(item.new.post_text), guild_id=fact.guild_id).matches), None)
    if best is None or best.slug != fact.slug or best.relation is not Relation.REPEATS:
        return False
    return best.confidence >= QUEUE_FLOOR
