"""The port ``MemberRepository`` on SQLite. What the methods promise stands at the port."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, case, delete, func, or_, select, union, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.member import Held, Mark
from bot.domain.note import STANDING, NoteState
from bot.domain.policy import CONSOLE_GUILD
from bot.domain.review import ReviewState
from bot.store.repositories.decided import without_words
from bot.store.tables import (
    appeals,
    audit_events,
    departures,
    fact_drafts,
    fact_versions,
    facts,
    member_marks,
    metadata,
    note_repairs,
    notes,
    ratings,
    request_members,
    requests,
    review_items,
)

PSEUDONYMS: tuple[Column[Any], ...] = (
    *(ratings.c.rater, appeals.c.by, request_members.c.member, review_items.c.author, member_marks.c.member),
)
"""The columns that hold a member's pseudonym."""

IDS: tuple[Column[Any], ...] = (
    *(audit_events.c.by, review_items.c.ruled_by, review_items.c.assigned_to, fact_versions.c.by, fact_drafts.c.by),
    *(note_repairs.c.by, appeals.c.ruled_by, requests.c.answered_by),
)
"""The columns that hold a member's id: what moderators did."""

_OVER = frozenset(NoteState) - STANDING - {NoteState.PENDING, NoteState.SENDING, NoteState.RETRACTING}


class SqlMembers:
    """What is kept about members and servers."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def mark(self, mark: Mark, member: str, *, guild_id: int, at: datetime) -> bool:
        """Remember something of a member, or return False where it is remembered already."""
        statement = upsert(member_marks).values(mark=mark, guild_id=guild_id, member=member, at=at)
        return await self._rows(statement.on_conflict_do_nothing()) > 0

    async def unmark(self, mark: Mark, member: str, *, guild_id: int) -> bool:
        """Forget it, or return False where it isn't remembered."""
        return await self._rows(delete(member_marks).where(*_of(mark, guild_id), member_marks.c.member == member)) > 0

    async def marked(self, mark: Mark, *, guild_id: int) -> set[str]:
        """Return of whom something is remembered in a server."""
        found = await self._connection.execute(select(member_marks.c.member).where(*_of(mark, guild_id)))
        return set(found.scalars())

    async def is_marked(self, mark: Mark, member: str, *, guild_id: int) -> bool:
        """Tell whether something is remembered of a member."""
        one = select(member_marks.c.at).where(*_of(mark, guild_id), member_marks.c.member == member)
        return (await self._connection.execute(one)).first() is not None

    async def held(self, member: str, member_id: int) -> Held:
        """Return everything that is stored about a member."""
        rows: dict[str, list[dict[str, object]]] = {}
        for table, theirs in _theirs(member, member_id).items():
            found = await self._connection.execute(select(table).where(theirs))
            if kept := [dict(row) for row in found.mappings()]:
                rows[table.name] = kept
        asked = select(request_members.c.request_id).where(request_members.c.member == member)
        found = await self._connection.execute(select(requests).where(requests.c.id.in_(asked)))
        if kept := [dict(row) for row in found.mappings()]:
            rows.setdefault("requests", []).extend(row for row in kept if row not in rows.get("requests", []))
        return Held(rows)

    async def items_of(self, author: str) -> list[int]:
        """Return the ids of the review items that wait on a member's posts."""
        mine = select(review_items.c.id).where(review_items.c.author == author).order_by(review_items.c.id)
        return list((await self._connection.execute(mine)).scalars())

    async def erase(self, member: str, member_id: int) -> int:
        """Forget a member, and return how many rows were deleted or changed."""
        asked = select(request_members.c.request_id).where(request_members.c.member == member)
        theirs = list((await self._connection.execute(asked)).scalars())
        count = 0
        for column in (ratings.c.rater, appeals.c.by, request_members.c.member):
            count += await self._rows(delete(column.table).where(column == member))
        count += await self._rows(delete(fact_drafts).where(fact_drafts.c.by == member_id))
        count += await self._forget_unasked(theirs)
        for table in {column.table: None for column in IDS}:
            own = [column for column in IDS if column.table is table]
            without = {column.name: case((column == member_id, None), else_=column) for column in own}
            if table is review_items:
                ends = review_items.c.assigned_until
                without[ends.name] = case((review_items.c.assigned_to == member_id, None), else_=ends)
            theirs_here = or_(*(column == member_id for column in own))
            count += await self._rows(update(table).where(theirs_here).values(without))
        return count

    async def known(self) -> bool:
        """Tell whether anything is stored under a pseudonym."""
        for column in PSEUDONYMS:
            one = select(column).where(column.is_not(None)).limit(1)
            if (await self._connection.execute(one)).first() is not None:
                return True
        return False

    async def forget_everybody(self) -> None:
        """Delete what is stored under pseudonyms; requests stay, with how many asked."""
        asked = select(func.count()).where(request_members.c.request_id == requests.c.id).scalar_subquery()
        await self._rows(update(requests).values(unnamed=requests.c.unnamed + asked))
        for table in (ratings, request_members, member_marks):
            await self._rows(delete(table))
        for column in (appeals.c.by, review_items.c.author):
            await self._rows(update(column.table).values({column.name: None}))

    async def departed(self, guild_id: int, *, at: datetime) -> None:
        """Remember since when Footnote is no longer in a server."""
        statement = upsert(departures).values(guild_id=guild_id, at=at)
        await self._connection.execute(statement.on_conflict_do_nothing())

    async def returned(self, guild_id: int) -> None:
        """Forget that Footnote was away from a server."""
        await self._connection.execute(delete(departures).where(departures.c.guild_id == guild_id))

    async def departures(self, *, before: datetime) -> list[int]:
        """Return the servers from which Footnote is away since before a time."""
        away = select(departures.c.guild_id).where(departures.c.at < before).order_by(departures.c.guild_id)
        return list((await self._connection.execute(away)).scalars())

    async def servers(self) -> set[int]:
        """Return every server of which anything is stored, the console aside."""
        own = (
            table.c.guild_id for table in metadata.sorted_tables if "guild_id" in table.c and table is not departures
        )
        found = await self._connection.execute(union(*(select(column) for column in own)))
        return {guild_id for guild_id in found.scalars() if guild_id not in (None, CONSOLE_GUILD)}

    async def forget_server(self, guild_id: int) -> int:
        """Delete everything that belongs to a server, and return how many rows that were."""
        own = select(facts.c.slug).where(facts.c.guild_id == guild_id)
        count = await self._rows(delete(fact_versions).where(fact_versions.c.slug.in_(own)))
        for table in reversed(metadata.sorted_tables):
            if "guild_id" in table.c:
                count += await self._rows(delete(table).where(table.c.guild_id == guild_id))
        return count

    async def expire(self, guild_id: int, *, before: datetime) -> int:
        """Delete or blank what was over before a time, and return how many rows that were."""
        old = [
            delete(notes).where(notes.c.guild_id == guild_id, notes.c.state.in_(_OVER), notes.c.created_at < before),
            delete(ratings).where(ratings.c.guild_id == guild_id, ratings.c.at < before),
            delete(review_items).where(
                review_items.c.guild_id == guild_id,
                review_items.c.state == ReviewState.CLOSED,
                review_items.c.ruled_at < before,
            ),
            delete(appeals).where(appeals.c.guild_id == guild_id, appeals.c.ruled_at < before),
            delete(note_repairs).where(note_repairs.c.guild_id == guild_id, note_repairs.c.at < before),
            update(audit_events)
            .where(audit_events.c.guild_id == guild_id, audit_events.c.at < before, audit_events.c.by.is_not(None))
            .values(by=None),
            update(notes)
            .where(
                notes.c.guild_id == guild_id,
                notes.c.created_at < before,
                func.json_array_length(notes.c.evidence, "$.matched_words") > 0,
            )
            .values(evidence=without_words(notes.c.evidence)),
            update(fact_versions)
            .where(
                fact_versions.c.slug.in_(select(facts.c.slug).where(facts.c.guild_id == guild_id)),
                fact_versions.c.at < before,
                fact_versions.c.by.is_not(None),
            )
            .values(by=None),
        ]
        return sum([await self._rows(statement) for statement in old])

    async def _forget_unasked(self, request_ids: list[int]) -> int:
        """Delete the requests that nobody is left to ask, and return how many there were."""
        left = select(request_members.c.request_id)
        nobody = and_(requests.c.id.in_(request_ids), requests.c.unnamed == 0, requests.c.id.not_in(left))
        return await self._rows(delete(requests).where(nobody))

    async def _rows(self, statement: Any) -> int:
        return (await self._connection.execute(statement)).rowcount


def _of(mark: Mark, guild_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return member_marks.c.mark == mark, member_marks.c.guild_id == guild_id


def _theirs(member: str, member_id: int) -> dict[Table, ColumnElement[bool]]:
    """Return by table which rows are about a member."""
    found: dict[Table, list[ColumnElement[bool]]] = {}
    for columns, value in ((PSEUDONYMS, member), (IDS, member_id)):
        for column in columns:
            found.setdefault(column.table, []).append(column == value)
    return {table: or_(*conditions) for table, conditions in found.items()}
