"""The tables of what came from elsewhere: publishers' reviews, packs, and the health of sources."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from bot.domain.fact import SourceState, Verdict
from bot.store.tables.base import metadata
from bot.store.types import EnumName, Json, UtcDateTime, one_of

claim_reviews = Table(
    "claim_reviews",
    metadata,
    Column("fact_id", ForeignKey("facts.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("source_id", ForeignKey("sources.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("identity", String(24), nullable=False, index=True),
    Column("claim", Text, nullable=False),
    Column("verdict", EnumName(Verdict), nullable=False),
    Column("label", Text),
    Column("rest", Text, nullable=False),
    one_of("verdict", Verdict),
)

source_checks = Table(
    "source_checks",
    metadata,
    Column("source_id", ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True),
    Column("state", EnumName(SourceState), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("status", Integer),
    Column("moved_to", Text),
    Column("archive_url", Text),
    one_of("state", SourceState),
)

packs = Table(
    "packs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("guild_id", BigInteger),  # NULL: the operator took it in, for every server
    Column("name", String(60), nullable=False),
    Column("title", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("provenance", Text, nullable=False),
    Column("key", Text),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "guild_id", "name"),
)

pack_facts = Table(
    "pack_facts",
    metadata,
    Column("pack_id", ForeignKey("packs.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(100), primary_key=True),  # the fact's slug in the pack
    Column("slug", String(100), nullable=False),
    Column("base", Json, nullable=False),
)
