"""Pass on what members asked and no fact answers, with their consent and without their names."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.member import Pseudonyms
from bot.domain.ports import Clock, Store
from bot.domain.request import Request

QUESTION_LIMIT = 500
"""Characters of a question."""

KEPT_FOR = timedelta(days=90)
"""How long a question is kept after it was last asked."""

ALLOWED = 5
"""Questions of one member in ``WINDOW``."""

WINDOW = timedelta(hours=1)

_REMEMBERED = 10_000

_AskedBy = tuple[int, int, int]
"""Server, member and the hash of the words, which doesn't tell them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking, in one sentence."""

    done: bool
    message: str


class PassOnQuestions:
    """Keeps questions for the moderators. Who asked is remembered for an hour, in memory alone, and never stored."""

    def __init__(self, *, store: Store, clock: Clock, pseudonyms: Pseudonyms) -> None:
        self._store = store
        self._pseudonyms = pseudonyms
        self._clock = clock
        self._lately: OrderedDict[_AskedBy, datetime] = OrderedDict()

    async def ask(self, guild_id: int, text: str, *, by: int) -> Asked:
        """Store a question, or count it once more.

        Args:
            guild_id: The server.
            text: 1 to ``QUESTION_LIMIT`` characters.
            by: Who asks: a member's questions are limited, and the same one counts once an hour.
        """
        now = self._clock()
        words = text.strip()
        if not 0 < len(words) <= QUESTION_LIMIT:
            return Asked(done=False, message=f"A question holds 1 to {QUESTION_LIMIT} characters.")
        asked = (guild_id, by, hash(" ".join(words.casefold().split())))
        if asked in self._since(now):
            return Asked(done=True, message="These words were passed on already.")
        if sum(one[:2] == asked[:2] for one in self._lately) >= ALLOWED:
            return Asked(done=False, message=f"That was {ALLOWED} questions within an hour. Please try again later.")
        # Before the store is waited for: of two clicks at once, the second must find it.
        self._lately[asked] = now
        try:
            await self._store_it(guild_id, words, by, now)
        except BaseException:
            self._lately.pop(asked, None)
            raise
        return Asked(done=True, message="Passed on to the moderators, without your name.")

    async def top(self, guild_id: int, *, limit: int) -> list[Request]:
        """Return the questions that were asked most."""
        async with self._store.transaction() as tx:
            await tx.requests.purge(before=self._clock() - KEPT_FOR)
            return await tx.requests.waiting(guild_id, limit=limit)

    async def remove(self, guild_id: int, question_ids: Sequence[int]) -> int:
        """Delete questions that were answered or aren't needed, and return how many were still there."""
        async with self._store.transaction() as tx:
            removed = [await tx.requests.remove(guild_id, question_id) for question_id in question_ids]
        return sum(removed)

    async def _store_it(self, guild_id: int, words: str, by: int, now: datetime) -> None:
        async with self._store.transaction() as tx:
            await tx.requests.purge(before=now - KEPT_FOR)
            await tx.requests.ask(guild_id, words, member=self._pseudonyms.of(by), at=now)

    def _since(self, now: datetime) -> OrderedDict[_AskedBy, datetime]:
        """Return who asked what within the window, after forgetting the rest; the oldest come first."""
        while self._lately and (len(self._lately) > _REMEMBERED or next(iter(self._lately.values())) <= now - WINDOW):
            self._lately.popitem(last=False)
        return self._lately
