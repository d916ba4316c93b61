"""The tables of what members do. No id of a member stands in them: pseudonyms do (see ``bot.domain.member``)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.domain.appeal import AppealKind, Outcome
from bot.domain.member import Mark
from bot.domain.rating import Helpfulness, NoteStatus
from bot.domain.request import Answer
from bot.store.tables.base import metadata
from bot.store.types import EnumName, Json, UtcDateTime, one_of


def _note_id(*, key: bool) -> Column[int]:
    note = ForeignKey("notes.id", ondelete="CASCADE")
    return Column("note_id", note, primary_key=key, nullable=False, autoincrement=False)


ratings = Table(
    "ratings",
    metadata,
    _note_id(key=True),
    Column("rater", String(32), primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("said", EnumName(Helpfulness), nullable=False),
    Column("reasons", Json, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    one_of("said", Helpfulness),
    Index(None, "guild_id", "rater", "at"),
    Index(None, "rater"),
)

note_standings = Table(
    "note_standings",
    metadata,
    _note_id(key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("shown", EnumName(NoteStatus), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("changing_since", UtcDateTime),
    Column("locked_at", UtcDateTime),
    Column("status", EnumName(NoteStatus), nullable=False),
    Column("rule", Text, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("count", Integer, nullable=False),
    Column("why", Json, nullable=False),
    Column("intercept", Float),
    Column("factor", Float),
    one_of("shown", NoteStatus),
    one_of("status", NoteStatus),
    Index(None, "guild_id"),
)

appeals = Table(
    "appeals",
    metadata,
    Column("id", Integer, primary_key=True),
    _note_id(key=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("kind", EnumName(AppealKind), nullable=False),
    Column("by", String(32)),
    Column("at", UtcDateTime, nullable=False),
    Column("text", Text, nullable=False),
    Column("outcome", EnumName(Outcome)),
    Column("answer", Text),
    Column("ruled_by", BigInteger),
    Column("ruled_at", UtcDateTime),
    one_of("kind", AppealKind),
    one_of("outcome", Outcome),
    CheckConstraint("outcome IS NULL OR text = ''", name="text_until_answered"),
    CheckConstraint("(outcome IS NULL) = (ruled_at IS NULL)", name="ruled_with_outcome"),
    Index(None, "note_id"),
    Index(None, "guild_id", "outcome"),
    Index(None, "by"),
    # Ids are receipts and stand in buttons: a deleted appeal's must not come back as another's.
    sqlite_autoincrement=True,
)

requests = Table(
    "requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("unnamed", Integer, nullable=False),  # members who asked before they were told apart
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("answer", EnumName(Answer)),
    Column("slug", String(100)),
    Column("answered_by", BigInteger),
    Column("answered_at", UtcDateTime),
    one_of("answer", Answer),
    CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_with_time"),
    UniqueConstraint("guild_id", "digest"),
    sqlite_autoincrement=True,
)

request_members = Table(
    "request_members",
    metadata,
    Column("request_id", ForeignKey("requests.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("member", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "member", "at"),
)

member_marks = Table(
    "member_marks",
    metadata,
    Column("mark", EnumName(Mark), primary_key=True),
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),  # 0: everywhere
    Column("member", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    one_of("mark", Mark),
)
