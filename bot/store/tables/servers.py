"""The tables of servers' settings, of what was done in them, and of what stands in their moderators' channels."""

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
)

from bot.domain.audit import Act
from bot.domain.card import CardKind
from bot.domain.policy import Mode
from bot.store.tables.base import metadata
from bot.store.types import EnumName, Json, UtcDateTime, one_of

policies = Table(
    "policies",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("mode", EnumName(Mode), nullable=False),
    Column("threshold", Float),
    Column("window_minutes", Integer, nullable=False),
    Column("watched_channels", Json, nullable=False),
    Column("ignored_channels", Json, nullable=False),
    Column("ignored_roles", Json, nullable=False),
    Column("moderator_roles", Json, nullable=False),
    Column("escalation_role", BigInteger),
    Column("queue_channel", BigInteger),
    Column("log_channel", BigInteger),
    Column("language", String(16)),
    Column("quiet_from", Integer),
    Column("quiet_until", Integer),
    Column("quiet_zone", Text),
    Column("approvals_needed", Integer, nullable=False),
    Column("precision_floor", Float, nullable=False),
    Column("stopped_at", UtcDateTime),
    Column("stopped_because", Text),
    Column("shift", Float, nullable=False),
    Column("shift_rulings", Integer, nullable=False),
    Column("rater_age_days", Integer, nullable=False),
    Column("retention_days", Integer, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    one_of("mode", Mode),
    CheckConstraint("rater_age_days >= 0", name="rater_age_days"),
    CheckConstraint("retention_days >= 1", name="retention_days"),
    CheckConstraint("threshold BETWEEN 0 AND 1", name="threshold"),
    CheckConstraint("window_minutes >= 0", name="window_minutes"),
    CheckConstraint("precision_floor BETWEEN 0 AND 1", name="precision_floor"),
    CheckConstraint("approvals_needed >= 0", name="approvals_needed"),
)

fact_limits = Table(
    "fact_limits",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("slug", String(100), primary_key=True),
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),  # 0: the whole server
    Column("mode", EnumName(Mode), nullable=False),
    one_of("mode", Mode),
)

audit_events = Table(
    "audit_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("guild_id", BigInteger),  # NULL: an operator's act, for every server
    Column("at", UtcDateTime, nullable=False),
    Column("by", BigInteger),
    Column("act", EnumName(Act), nullable=False),
    Column("item_id", Integer),
    Column("note_id", Integer),
    Column("slug", String(100)),
    Column("fact_version", Integer),
    Column("rule_version", Text),
    Column("confidence", Float),
    Column("automatic", Boolean, nullable=False),
    Column("undoes", ForeignKey("audit_events.id", ondelete="CASCADE"), unique=True),
    Column("detail", Json, nullable=False),
    one_of("act", Act),
    Index(None, "guild_id", "slug"),
    Index(None, "item_id"),
    Index(None, "note_id"),
    sqlite_autoincrement=True,
)
"""The migration adds triggers that refuse every change of a row but the forgetting of who did it."""

cards = Table(
    "cards",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", EnumName(CardKind), primary_key=True),
    Column("subject", String(100), primary_key=True),
    Column("channel_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    one_of("kind", CardKind),
    Index(None, "message_id"),
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
)

departures = Table(
    "departures",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
)
