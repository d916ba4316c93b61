"""What members do with requests: ask for a fact-check, see what came of it, and take it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.fact import Fact
from bot.domain.member import EVERYWHERE, Mark, Pseudonyms
from bot.domain.ports import Clock, Store, Transaction
from bot.domain.request import REQUEST_LIMIT, Request
from bot.domain.rules import folded
from bot.services.own_facts import visible
from bot.services.same_claim import SameClaim

KEPT_FOR = timedelta(days=90)
"""How long a request is kept after it was last asked, or answered."""

ALLOWED = 5
"""Requests of one member in ``WINDOW``."""

WINDOW = timedelta(hours=1)

MOST_UNANSWERED = 20
"""Unanswered requests of one member in a server."""

MOST_WAITING = 500
"""Unanswered requests of a server."""

_TOO_LONG = f"A request holds 1 to {REQUEST_LIMIT} characters. Please put the claim in fewer words."
_OPTED_OUT = "The author of this message asked Footnote to leave their messages alone, so nothing was passed on."
_TOO_MANY = f"That was {ALLOWED} requests within an hour. Please try again later."
_UNANSWERED = (
    f"{MOST_UNANSWERED} of your requests wait for an answer. Take one back in “/request mine”, or wait until some are "
    "answered."
)
_FULL = f"{MOST_WAITING} requests wait in this server. Please try again when moderators have answered some."
_PASSED_ON = "Passed on to the moderators, without your name."
_OTHERS_TOO = "Others asked for this too; you are counted to their request, without your name."
_ALREADY = "You asked for this already; it waits for the moderators."
_ANSWERED = "The moderators have answered this already."


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking, in one sentence, and the request that it led to.

    ``others`` tells whether it is a request of others in other words; ``fact`` is what answers it, where one does.
    """

    done: bool
    message: str
    request: Request | None = None
    others: bool = False
    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class Mine:
    """A request of a member, with the fact that answers it, where one does and is still in use."""

    request: Request
    fact: Fact | None


class Requests:
    """Keeps requests for the moderators. Who asked is stored as a pseudonym; of a message's author nothing is."""

    def __init__(self, *, store: Store, same: SameClaim, clock: Clock, pseudonyms: Pseudonyms) -> None:
        self._store = store
        self._same = same
        self._clock = clock
        self._pseudonyms = pseudonyms

    async def refusal(self, guild_id: int, text: str, *, by: int, author_id: int | None = None) -> str | None:
        """Return why something can't be asked, in one sentence, or None where it can; nothing is stored.

        Args:
            guild_id: The server.
            text: The claim.
            by: Who asks.
            author_id: Who wrote the message that the claim stands in, where it stands in one.
        """
        async with self._store.reading() as tx:
            return await self._refusal(tx, guild_id, text.strip(), by=by, author_id=author_id)

    async def ask(self, guild_id: int, text: str, *, by: int, author_id: int | None = None) -> Asked:
        """Store a request, or count the member to one that asks for the same; see ``refusal`` for the arguments."""
        words, now = text.strip(), self._clock()
        async with self._store.reading() as tx:
            refusal = await self._refusal(tx, guild_id, words, by=by, author_id=author_id)
            waiting = await tx.requests.waiting(guild_id)
        if refusal is not None:
            return Asked(done=False, message=refusal)
        like = None if _holds(waiting, words) else await self._same.among(waiting, words)
        async with self._store.transaction() as tx:
            await tx.requests.purge(before=now - KEPT_FOR)
            # Once more, as another click may have come in between.
            refusal = await self._refusal(tx, guild_id, words, by=by, author_id=author_id)
            if refusal is not None:
                return Asked(done=False, message=refusal)
            return await self._asked(tx, guild_id, words, like=like, member=self._pseudonyms.of(by), now=now)

    async def mine(self, guild_id: int, *, by: int) -> list[Mine]:
        """Return a member's requests in a server, the latest first."""
        async with self._store.reading() as tx:
            found = await tx.requests.of_member(guild_id, self._pseudonyms.of(by))
            kept = [one for one in found if not _over(one, self._clock())]
            return [Mine(one, await fact_of(tx, one)) for one in kept]

    async def take_back(self, guild_id: int, request_id: int, *, by: int) -> bool:
        """Forget that a member asked, and the request where nobody else did; False where they aren't counted to it."""
        async with self._store.transaction() as tx:
            request = await tx.requests.get(request_id)
            if request is None or request.guild_id != guild_id:
                return False
            return await tx.requests.leave(request_id, member=self._pseudonyms.of(by))

    async def _refusal(
        self, tx: Transaction, guild_id: int, words: str, *, by: int, author_id: int | None
    ) -> str | None:
        if not 0 < len(words) <= REQUEST_LIMIT:
            return _TOO_LONG
        if author_id is not None and author_id != by:
            author = self._pseudonyms.of(author_id)
            if await tx.members.is_marked(Mark.OPTED_OUT, author, guild_id=EVERYWHERE):
                return _OPTED_OUT
        member, now = self._pseudonyms.of(by), self._clock()
        mine = [one for one in await tx.requests.of_member(guild_id, member) if one.answer is None]
        if _holds(mine, words):
            return None  # it stays the one that it is
        if await tx.requests.count_since(guild_id, member, since=now - WINDOW) >= ALLOWED:
            return _TOO_MANY
        return _UNANSWERED if len(mine) >= MOST_UNANSWERED else None

    async def _asked(
        self, tx: Transaction, guild_id: int, words: str, *, like: Request | None, member: str, now: datetime
    ) -> Asked:
        if like is not None:
            mine = {one.id for one in await tx.requests.of_member(guild_id, member)}
            joined = await tx.requests.join(like.id, member=member, at=now)
            request = await tx.requests.get(like.id)
            if request is not None and request.answer is None:
                return Asked(
                    done=True, message=_OTHERS_TOO if joined else _ALREADY, request=request, others=like.id not in mine
                )
        waiting = await tx.requests.waiting(guild_id)
        if len(waiting) >= MOST_WAITING and not _holds(waiting, words):
            return Asked(done=False, message=_FULL)
        request, joined = await tx.requests.ask(guild_id, words, member=member, at=now)
        if request.answer is not None:
            return Asked(done=True, message=_ANSWERED, request=request, fact=await fact_of(tx, request))
        return Asked(done=True, message=_PASSED_ON if joined else _ALREADY, request=request)


async def fact_of(tx: Transaction, request: Request) -> Fact | None:
    """Return the fact that answers a request, or None where none does or it is no longer in use."""
    fact = None if request.slug is None else visible(await tx.facts.get(request.slug), request.guild_id)
    return None if fact is None or fact.retired else fact


def _holds(requests: Sequence[Request], words: str) -> bool:
    """Tell whether one of some requests is in these words, as the store compares them."""
    said = folded(words)
    return any(folded(one.text) == said for one in requests)


def _over(request: Request, now: datetime) -> bool:
    """Tell whether a request should be purged already."""
    return max(request.last_at, request.answered_at or request.last_at) < now - KEPT_FOR
