"""The port ``RequestRepository`` on SQLite. What the methods promise stands at the port."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.request import Answer, Request
from bot.domain.rules import folded
from bot.store.tables import request_members, requests

_ASKED = requests.c.unnamed + (
    select(func.count()).where(request_members.c.request_id == requests.c.id).scalar_subquery()
)


class SqlRequests:
    """What members asked to have checked."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ask(self, guild_id: int, text: str, *, member: str, at: datetime) -> tuple[Request, bool]:
        """Store a request, or count a member to the one that says the same."""
        digest = _digest(text)
        values = {"guild_id": guild_id, "digest": digest, "text": text, "unnamed": 0, "first_at": at, "last_at": at}
        taken = [requests.c.guild_id, requests.c.digest]
        await self._connection.execute(upsert(requests).values(values).on_conflict_do_nothing(index_elements=taken))
        found = await self._select(requests.c.guild_id == guild_id, requests.c.digest == digest)
        joined = await self.join(found[0].id, member=member, at=at)
        return (await self._select(requests.c.id == found[0].id))[0], joined

    async def join(self, request_id: int, *, member: str, at: datetime) -> bool:
        """Count a member to a request, or return False."""
        request = await self.get(request_id)
        if request is None or request.answer is not None:
            return False
        statement = upsert(request_members).values(request_id=request_id, member=member, at=at)
        if (await self._connection.execute(statement.on_conflict_do_nothing())).rowcount == 0:
            return False
        await self._connection.execute(update(requests).where(requests.c.id == request_id).values(last_at=at))
        return True

    async def get(self, request_id: int) -> Request | None:
        """Return a request, or None."""
        found = await self._select(requests.c.id == request_id)
        return found[0] if found else None

    async def waiting(self, guild_id: int, *, limit: int | None = None) -> list[Request]:
        """Return a server's unanswered requests, those of most members first."""
        return await self._select(requests.c.guild_id == guild_id, requests.c.answer.is_(None), limit=limit)

    async def answered(self, guild_id: int, *, limit: int) -> list[Request]:
        """Return a server's answered requests, the latest answer first."""
        which = (requests.c.guild_id == guild_id, requests.c.answer.is_not(None))
        order = (requests.c.answered_at.desc(), requests.c.id.desc())
        return await self._select(*which, order=order, limit=limit)

    async def of_member(self, guild_id: int, member: str) -> list[Request]:
        """Return the requests to which a member is counted, the latest first."""
        mine = select(request_members.c.request_id).where(request_members.c.member == member)
        found = await self._select(requests.c.guild_id == guild_id, requests.c.id.in_(mine))
        return sorted(found, key=lambda one: (one.last_at, one.id), reverse=True)

    async def count_since(self, guild_id: int, member: str, *, since: datetime) -> int:
        """Return how many requests a member was counted to since a time."""
        statement = (
            select(func.count())
            .select_from(request_members.join(requests))
            .where(requests.c.guild_id == guild_id, request_members.c.member == member, request_members.c.at >= since)
        )
        return (await self._connection.execute(statement)).scalar_one()

    async def answer(self, request_id: int, answer: Answer, *, by: int, at: datetime, slug: str | None = None) -> bool:
        """Answer a request, or return False where it is gone or answered."""
        return await self._set(
            request_id, requests.c.answer.is_(None), answer=answer, slug=slug, answered_by=by, answered_at=at
        )

    async def reopen(self, request_id: int) -> bool:
        """Take the answer of a request back, or return False where it has none."""
        nothing = {"answer": None, "slug": None, "answered_by": None, "answered_at": None}
        return await self._set(request_id, requests.c.answer.is_not(None), **nothing)

    async def leave(self, request_id: int, *, member: str) -> bool:
        """Count a member to a request no more, or return False."""
        counted = and_(request_members.c.request_id == request_id, request_members.c.member == member)
        if (await self._connection.execute(delete(request_members).where(counted))).rowcount == 0:
            return False
        left = select(request_members.c.request_id).where(request_members.c.request_id == request_id)
        nobody = and_(requests.c.id == request_id, requests.c.unnamed == 0, ~left.exists())
        await self._connection.execute(delete(requests).where(nobody))
        return True

    async def remove(self, guild_id: int, request_id: int) -> bool:
        """Delete a request of a server, or return False where it is gone."""
        which = and_(requests.c.guild_id == guild_id, requests.c.id == request_id)
        return (await self._connection.execute(delete(requests).where(which))).rowcount > 0

    async def purge(self, *, before: datetime) -> None:
        """Delete the requests that were last asked, and answered, before a time."""
        answered = or_(requests.c.answered_at.is_(None), requests.c.answered_at < before)
        await self._connection.execute(delete(requests).where(requests.c.last_at < before, answered))

    async def _set(self, request_id: int, condition: ColumnElement[bool], **to: Any) -> bool:
        which = and_(requests.c.id == request_id, condition)
        return (await self._connection.execute(update(requests).where(which).values(to))).rowcount > 0

    async def _select(
        self,
        *conditions: ColumnElement[bool],
        order: Sequence[ColumnElement[Any]] = (_ASKED.desc(), requests.c.last_at.desc(), requests.c.id.desc()),
        limit: int | None = None,
    ) -> list[Request]:
        statement = select(requests, _ASKED.label("asked")).where(*conditions).order_by(*order).limit(limit)
        return [_request(row) for row in await self._connection.execute(statement)]


def _digest(text: str) -> str:
    return hashlib.sha256(folded(text).encode()).hexdigest()


def _request(row: Row[Any]) -> Request:
    return Request(
        *(row.id, row.guild_id, row.text, row.asked, row.first_at, row.last_at),
        *(row.answer, row.slug, row.answered_by, row.answered_at),
    )
