"""What moderators do with requests: read, answer, reopen and remove them, and take them away as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from bot.domain.audit import Act, NewAuditEvent
from bot.domain.fact import Fact
from bot.domain.ports import Clock, Store, Transaction
from bot.domain.request import Answer, Request
from bot.domain.sheet import row
from bot.services.own_facts import visible
from bot.services.requests import KEPT_FOR, fact_of

_COLUMNS = ("request", "text", "members", "first asked", "last asked")
_GONE = "This request is gone: it was removed, taken back or is older than 90 days."
_FIRST = "Somebody was first: this request is answered already."
_NOT_ANSWERED = "Somebody was first: this request waits already."
_NO_FACT = "There is no such fact in this server any more; choose another one."


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an act, in one sentence, and the request as it is now, or None where it is gone."""

    done: bool
    message: str
    request: Request | None


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """The requests that wait as a file, and how many it holds."""

    data: bytes
    count: int


class AnswerRequests:
    """The moderators' side of requests. Who asked stands in nothing that it returns."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def waiting(self, guild_id: int, *, limit: int) -> list[Request]:
        """Return what waits in a server, asked by the most members first."""
        async with self._store.transaction() as tx:
            await self._purge(tx)
            return await tx.requests.waiting(guild_id, limit=limit)

    async def answered(self, guild_id: int, *, limit: int) -> list[Request]:
        """Return what was answered in a server, the latest first."""
        async with self._store.transaction() as tx:
            await self._purge(tx)
            return await tx.requests.answered(guild_id, limit=limit)

    async def get(self, request_id: int, guild_id: int) -> Request | None:
        """Return a server's request, or None where it is gone."""
        async with self._store.reading() as tx:
            return await _get(tx, request_id, guild_id)

    async def fact_of(self, request: Request) -> Fact | None:
        """Return the fact that answers a request, or None where none does or it is no longer in use."""
        async with self._store.reading() as tx:
            return await fact_of(tx, request)

    async def offered(self, request: Request, near: Sequence[Fact]) -> list[Fact]:
        """Return the facts that may answer a request: the newest that was added since it was asked, then the near ones.

        Args:
            request: Which one.
            near: The facts that its words are closest to, best first.
        """
        async with self._store.reading() as tx:
            added = await tx.audit.find(request.guild_id, acts={Act.FACT_ADDED}, since=request.first_at, limit=1)
            new = [await tx.facts.get(event.new.slug) for event in added if event.new.slug]
        seen = [fact for fact in (*new, *near) if fact and visible(fact, request.guild_id) and not fact.retired]
        return list({fact.slug: fact for fact in seen}.values())

    async def answer(
        self, request_id: int, answer: Answer, *, guild_id: int, by: int, slug: str | None = None
    ) -> Answered:
        """Answer a request; of two moderators one wins.

        Args:
            request_id: Which one.
            answer: What it is answered with.
            guild_id: The server.
            by: The moderator.
            slug: The fact, where one answers.
        """
        async with self._store.transaction() as tx:
            if await _get(tx, request_id, guild_id) is None:
                return Answered(done=False, message=_GONE, request=None)
            fact = None if slug is None else visible(await tx.facts.get(slug), guild_id)
            if answer is Answer.FACT and (fact is None or fact.retired):
                return Answered(done=False, message=_NO_FACT, request=await tx.requests.get(request_id))
            done = await tx.requests.answer(request_id, answer, by=by, at=self._clock(), slug=slug)
            if done:
                await self._note(tx, request_id, answer.value, guild_id=guild_id, by=by, slug=slug)
            return Answered(done, "Answered." if done else _FIRST, await tx.requests.get(request_id))

    async def reopen(self, request_id: int, *, guild_id: int, by: int) -> Answered:
        """Take the answer of a request back."""
        async with self._store.transaction() as tx:
            if await _get(tx, request_id, guild_id) is None:
                return Answered(done=False, message=_GONE, request=None)
            done = await tx.requests.reopen(request_id)
            if done:
                await self._note(tx, request_id, "taken back", guild_id=guild_id, by=by)
            return Answered(done, "It waits again." if done else _NOT_ANSWERED, await tx.requests.get(request_id))

    async def remove(self, request_id: int, *, guild_id: int, by: int) -> Answered:
        """Delete a request, with everything that is known of who asked."""
        async with self._store.transaction() as tx:
            done = await tx.requests.remove(guild_id, request_id)
            if done:
                await self._note(tx, request_id, "removed", guild_id=guild_id, by=by)
            return Answered(done, "Removed." if done else _GONE, None)

    async def export(self, guild_id: int) -> WaitingFile:
        """Return what waits in a server as CSV, times in UTC; no cell is a formula."""
        async with self._store.reading() as tx:
            waiting = await tx.requests.waiting(guild_id)
        lines = [row(_COLUMNS)]
        for one in waiting:
            first, last = (
                moment.astimezone(UTC).isoformat(timespec="seconds") for moment in (one.first_at, one.last_at)
            )
            lines.append(row((one.id, one.text, one.asked, first, last)))
        return WaitingFile("".join(lines).encode(), len(waiting))

    async def _purge(self, tx: Transaction) -> None:
        await tx.requests.purge(before=self._clock() - KEPT_FOR)

    async def _note(
        self, tx: Transaction, request_id: int, what: str, *, guild_id: int, by: int, slug: str | None = None
    ) -> None:
        """Write an act down: the request by its id, never its words or who asked."""
        detail = {"request": str(request_id), "answer": what} | ({"fact": slug} if slug else {})
        act = Act.REQUEST_ANSWERED
        await tx.audit.add(NewAuditEvent(self._clock(), act, guild_id, by=by, slug=slug, detail=detail))


async def _get(tx: Transaction, request_id: int, guild_id: int) -> Request | None:
    request = await tx.requests.get(request_id)
    return request if request is not None and request.guild_id == guild_id else None
