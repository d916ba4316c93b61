"""The port ``QuestionRepository`` on SQLite. What the methods promise stands at the port."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.question import Question
from bot.store.tables import questions


class SqlQuestions:
    """What members asked that no fact answers."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ask(self, guild_id: int, text: str, *, at: datetime) -> Question:
        """Store a question, or count it once more."""
        values = {"guild_id": guild_id, "digest": _digest(text), "text": text, "asked": 1}
        statement = upsert(questions).values(**values, first_at=at, last_at=at)
        asked = await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[questions.c.guild_id, questions.c.digest],
                set_={"asked": questions.c.asked + 1, "last_at": at},
            ).returning(*questions.c)
        )
        return _question(asked.one())

    async def top(self, guild_id: int, *, limit: int) -> list[Question]:
        """Return the questions that were asked most."""
        order = (questions.c.asked.desc(), questions.c.last_at.desc(), questions.c.id.desc())
        statement = select(questions).where(questions.c.guild_id == guild_id).order_by(*order).limit(limit)
        return [_question(row) for row in await self._connection.execute(statement)]

    async def remove(self, guild_id: int, question_id: int) -> bool:
        """Delete a question of a server, or return False where it is gone."""
        which = and_(questions.c.guild_id == guild_id, questions.c.id == question_id)
        return (await self._connection.execute(delete(questions).where(which))).rowcount > 0

    async def purge(self, *, before: datetime) -> None:
        """Delete the questions that were last asked before a time."""
        await self._connection.execute(delete(questions).where(questions.c.last_at < before))


def _digest(text: str) -> str:
    return hashlib.sha256(" ".join(text.casefold().split()).encode()).hexdigest()


def _question(row: Row[Any]) -> Question:
    return Question(row.id, row.guild_id, row.text, row.asked, row.first_at, row.last_at)
