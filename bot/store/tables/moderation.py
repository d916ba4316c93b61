"""The tables of notes and the review queue.

A note or a review item keeps the fact's slug as text, so that history outlives facts.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
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
    text,
)

from bot.domain.match import Relation
from bot.domain.note import NoteKind, NoteState, Provenance
from bot.domain.review import ReviewState, Ruling
from bot.store.tables.base import metadata
from bot.store.types import EnumName, Json, UtcDateTime, one_of


def _decided() -> list[Column[object]]:
    """Return the columns that a note and a review item share: what was matched, and by which rules."""
    return [
        Column("guild_id", BigInteger, nullable=False),
        Column("channel_id", BigInteger, nullable=False),
        Column("slug", String(100), nullable=False),
        Column("fact_version", Integer, nullable=False),
        Column("relation", EnumName(Relation), nullable=False),
        Column("confidence", Float, nullable=False),
        Column("threshold", Float, nullable=False),
        Column("rule_version", Text, nullable=False),
        Column("evidence", Json, nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
    ]


notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True),
    *_decided(),
    Column("source_message_id", BigInteger, nullable=False),
    Column("kind", EnumName(NoteKind), nullable=False),
    Column("first_state", EnumName(NoteState), nullable=False),
    Column("provenance", EnumName(Provenance), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("links_to", ForeignKey("notes.id", ondelete="SET NULL")),
    Column("state", EnumName(NoteState), nullable=False),
    Column("message_id", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text),
    Column("wording", Text),
    Column("ruling", EnumName(Ruling)),
    Column("revision", Integer, nullable=False),
    Column("shown_revision", Integer, nullable=False),
    Column("failed_edits", Integer, nullable=False),
    Column("amended_at", UtcDateTime),
    Column("amendment", Text),
    Column("repair_id", ForeignKey("note_repairs.id", ondelete="SET NULL")),
    one_of("relation", Relation),
    one_of("kind", NoteKind),
    one_of("first_state", NoteState),
    one_of("provenance", Provenance),
    one_of("state", NoteState),
    one_of("ruling", Ruling),
    UniqueConstraint("source_message_id", "slug"),
    Index(None, "state", "due_at"),
    Index(None, "guild_id", "channel_id", "slug", "created_at"),
    Index(None, "guild_id", "created_at"),
    Index(None, "message_id"),
    Index(None, "channel_id"),
    Index(None, "links_to"),
    Index(None, "repair_id"),
    # The outbox asks for these all the time; nearly all notes that stand show what they should.
    Index("ix_notes_unedited", "due_at", sqlite_where=text("shown_revision < revision")),
    # Ids stand in buttons under messages: one that was deleted must not come back as another note.
    sqlite_autoincrement=True,
)

note_events = Table(
    "note_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("note_id", ForeignKey("notes.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("state", EnumName(NoteState), nullable=False),
    Column("cause", Text, nullable=False),
    one_of("state", NoteState),
)

note_repairs = Table(
    "note_repairs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("slug", String(100), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", BigInteger),
    Column("cause", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Index(None, "guild_id"),
    sqlite_autoincrement=True,
)

review_items = Table(
    "review_items",
    metadata,
    Column("id", Integer, primary_key=True),
    *_decided(),
    Column("message_id", BigInteger, nullable=False),
    Column("post_text", Text, nullable=False),
    Column("reasons", Json, nullable=False),
    Column("state", EnumName(ReviewState), nullable=False),
    Column("ruling", EnumName(Ruling)),
    Column("ruled_by", BigInteger),
    Column("ruled_at", UtcDateTime),
    Column("assigned_to", BigInteger),
    Column("assigned_until", UtcDateTime),
    Column("snoozed_until", UtcDateTime),
    Column("author", String(32)),  # a pseudonym
    one_of("relation", Relation),
    one_of("state", ReviewState),
    one_of("ruling", Ruling),
    CheckConstraint("state <> 'closed' OR post_text = ''", name="post_text_until_closed"),
    CheckConstraint("state <> 'closed' OR author IS NULL", name="author_until_closed"),
    CheckConstraint("(state = 'closed') = (ruling IS NOT NULL)", name="ruled_when_closed"),
    CheckConstraint("(state = 'snoozed') = (snoozed_until IS NOT NULL)", name="until_when_snoozed"),
    UniqueConstraint("message_id", "slug"),
    Index(None, "guild_id", "state", "created_at"),
    Index(None, "channel_id"),
    Index(None, "author"),
    sqlite_autoincrement=True,
)
