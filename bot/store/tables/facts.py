"""The tables of facts, their wordings, sources and vectors."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.domain.fact import Verdict
from bot.store.tables.base import metadata
from bot.store.types import EnumName, Json, UtcDateTime, one_of


def _of_fact() -> Column[int]:
    return Column("fact_id", ForeignKey("facts.id", ondelete="CASCADE"), primary_key=True)


def _position() -> Column[int]:
    return Column("position", Integer, primary_key=True, autoincrement=False)


facts = Table(
    "facts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("guild_id", BigInteger),  # NULL: for every server
    Column("slug", String(100), nullable=False, unique=True),
    Column("claim", Text, nullable=False),
    Column("verdict", EnumName(Verdict), nullable=False),
    Column("verdict_label", Text),
    Column("correction", Text, nullable=False),
    Column("true_statement", Text, nullable=False),
    Column("speaker", Text),
    Column("claim_date", String(10)),
    Column("context", Text),
    Column("language", String(16), nullable=False),
    Column("topics", Json, nullable=False),
    Column("overlaps", Json, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("review_by", Date, nullable=False),
    Column("version", Integer, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("failed_tests", Json, nullable=False),
    Column("overrides", String(100)),  # the slug of a global fact
    Column("claim_key", String(24), index=True),  # of near-identical claims; NULL until an import asks for it
    one_of("verdict", Verdict),
    CheckConstraint("version >= 1", name="version"),
    Index(None, "guild_id"),
)

fact_versions = Table(
    "fact_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", BigInteger),
    Column("act", Text, nullable=False),
    Column("fact", Json, nullable=False),
    UniqueConstraint("slug", "version"),
)

fact_drafts = Table(
    "fact_drafts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("by", BigInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("fact", Json, nullable=False),
    Column("base_version", Integer),
    # Ids stand in buttons: a deleted draft's must not come back as another's.
    sqlite_autoincrement=True,
)

phrasings = Table("phrasings", metadata, _of_fact(), _position(), Column("text", Text, nullable=False))

near_misses = Table(
    "near_misses",
    metadata,
    _of_fact(),
    _position(),
    Column("text", Text, nullable=False),
    Column("kind", Text, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(100), nullable=False, unique=True),
    Column("publisher", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("author", Text),
    Column("published", Date),
    Column("retrieved", Date),
    Column("archive_url", Text),
    Column("note", Text),
)

citations = Table(
    "citations",
    metadata,
    _of_fact(),
    _position(),
    Column("source_id", ForeignKey("sources.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("quote", Text, nullable=False),
)

appearances = Table(
    "appearances",
    metadata,
    _of_fact(),
    _position(),
    Column("url", Text, nullable=False),
    UniqueConstraint("fact_id", "url"),
)

vectors = Table(
    "vectors",
    metadata,
    Column("model", String(100), primary_key=True),
    Column("text_sha256", String(64), primary_key=True),
    Column("blob", LargeBinary, nullable=False),
)
