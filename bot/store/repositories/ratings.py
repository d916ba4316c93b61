"""The port ``RatingRepository`` on SQLite. What the methods promise stands at the port."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.rating import NoteScore, NoteStanding, Rating, Reason
from bot.store.tables import note_standings, ratings

_SCORE = ("note_id", "status", "rule", "provisional", "count", "intercept", "factor")
_STANDING = ("note_id", "guild_id", "shown", "since", "changing_since", "locked_at")


class SqlRatings:
    """What members say of notes."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, rating: Rating) -> None:
        """Store a member's rating of a note in the place of an earlier one."""
        values = {
            "guild_id": rating.guild_id,
            "said": rating.said,
            "reasons": sorted(reason.value for reason in rating.reasons),
            "at": rating.at,
        }
        statement = upsert(ratings).values(note_id=rating.note_id, rater=rating.rater, **values)
        key = [ratings.c.note_id, ratings.c.rater]
        await self._connection.execute(statement.on_conflict_do_update(index_elements=key, set_=values))

    async def get(self, note_id: int, rater: str) -> Rating | None:
        """Return a member's rating of a note, or None."""
        found = await self._select(ratings.c.note_id == note_id, ratings.c.rater == rater)
        return found[0] if found else None

    async def remove(self, note_id: int, rater: str) -> bool:
        """Delete a member's rating of a note, or return False where there is none."""
        which = and_(ratings.c.note_id == note_id, ratings.c.rater == rater)
        return (await self._connection.execute(delete(ratings).where(which))).rowcount > 0

    async def of_note(self, note_id: int) -> list[Rating]:
        """Return a note's ratings, by rater."""
        return await self._select(ratings.c.note_id == note_id)

    async def of_server(self, guild_id: int) -> list[Rating]:
        """Return a server's ratings, by note and rater."""
        return await self._select(ratings.c.guild_id == guild_id)

    async def count_since(self, guild_id: int, rater: str, *, since: datetime) -> int:
        """Return how many notes a member rated since a time."""
        own = and_(ratings.c.guild_id == guild_id, ratings.c.rater == rater, ratings.c.at >= since)
        return (await self._connection.execute(select(func.count()).select_from(ratings).where(own))).scalar_one()

    async def standing(self, note_id: int) -> NoteStanding | None:
        """Return how a note stands, or None."""
        row = (
            await self._connection.execute(select(note_standings).where(note_standings.c.note_id == note_id))
        ).one_or_none()
        return None if row is None else _standing(row)

    async def standings(self, guild_id: int) -> list[NoteStanding]:
        """Return how a server's notes stand, by note."""
        own = select(note_standings).where(note_standings.c.guild_id == guild_id).order_by(note_standings.c.note_id)
        return [_standing(row) for row in await self._connection.execute(own)]

    async def put_standing(self, standing: NoteStanding) -> None:
        """Store how a note stands."""
        values: dict[str, Any] = {name: getattr(standing, name) for name in _STANDING}
        values |= {name: getattr(standing.score, name) for name in _SCORE[1:]} | {"why": list(standing.score.why)}
        statement = upsert(note_standings).values(values)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=[note_standings.c.note_id], set_=values)
        )

    async def servers(self) -> list[int]:
        """Return the servers in which notes were rated."""
        found = await self._connection.execute(select(ratings.c.guild_id).distinct().order_by(ratings.c.guild_id))
        return list(found.scalars())

    async def _select(self, *conditions: ColumnElement[bool]) -> list[Rating]:
        statement = select(ratings).where(*conditions).order_by(ratings.c.note_id, ratings.c.rater)
        return [_rating(row) for row in await self._connection.execute(statement)]


def _rating(row: Row[Any]) -> Rating:
    reasons = frozenset(Reason(code) for code in row.reasons)
    return Rating(row.note_id, row.guild_id, row.rater, row.said, reasons, row.at)


def _standing(row: Row[Any]) -> NoteStanding:
    # Not row.count: rows are tuples, which have a method of that name.
    fields = row._mapping  # noqa: SLF001 -- SQLAlchemy's public name for a row as a mapping
    score = NoteScore(**{name: fields[name] for name in _SCORE}, why=tuple(fields["why"]))
    return NoteStanding(**{name: fields[name] for name in _STANDING}, score=score)
