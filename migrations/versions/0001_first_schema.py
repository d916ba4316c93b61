"""The first schema: facts, settings, notes and the review queue.

Constraints get their full names from the metadata's naming convention.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NOTE_STATES = ("shadow", "pending", "sending", "posted", "retracting", "retracted", "dropped")
_RELATIONS = ("repeats", "denies", "asks", "truth", "mentions")
_RULINGS = ("approve", "wrong_match", "dismiss", "source_gone", "source_edited")
_VERDICTS = ("false", "misleading", "missing_context", "unproven", "disputed")


def upgrade() -> None:
    _facts()
    _wordings()
    _sources()
    _policies()
    _notes()
    _review_items()
    _events("note_events", "note_id", "notes", *_text("state", "cause"), _one_of("state", _NOTE_STATES))
    _events("review_events", "item_id", "review_items", *_text("ruling"), _whole("by"), _one_of("ruling", _RULINGS))


def downgrade() -> None:
    for table in ("review_events", "note_events", "review_items", "notes", "policies"):
        op.drop_table(table)
    for table in ("vectors", "citations", "sources", "appearances", "near_misses", "phrasings", "facts"):
        op.drop_table(table)


def _text(*names: str, optional: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=optional) for name in names]


def _whole(name: str, *, optional: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=optional)


def _one_of(column: str, names: tuple[str, ...]) -> sa.CheckConstraint:
    quoted = ", ".join(f"'{name}'" for name in names)
    return sa.CheckConstraint(f"{column} IN ({quoted})", name=column)


def _facts() -> None:
    op.create_table(
        "facts",
        sa.Column("id", sa.Integer, primary_key=True),
        _whole("guild_id"),
        sa.Column("slug", sa.String(100), nullable=False, unique=True),
        *_text("claim", "verdict"),
        *_text("verdict_label", optional=True),
        *_text("correction", "true_statement"),
        *_text("speaker", optional=True),
        sa.Column("claim_date", sa.String(10)),
        *_text("context", optional=True),
        sa.Column("language", sa.String(16), nullable=False),
        *_text("topics", "overlaps"),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("review_by", sa.Date, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
        *_text("failed_tests"),
        _one_of("verdict", _VERDICTS),
        sa.CheckConstraint("version >= 1", name="version"),
    )


def _of_fact(table: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("fact_id", sa.Integer, sa.ForeignKey("facts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        *columns,
    )


def _wordings() -> None:
    _of_fact("phrasings", *_text("text"))
    _of_fact("near_misses", *_text("text", "kind"))
    _of_fact("appearances", *_text("url"), sa.UniqueConstraint("fact_id", "url"))
    op.create_table(
        "vectors",
        sa.Column("model", sa.String(100), primary_key=True),
        sa.Column("text_sha256", sa.String(64), primary_key=True),
        sa.Column("blob", sa.LargeBinary, nullable=False),
    )


def _sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(100), nullable=False, unique=True),
        *_text("publisher", "title", "url"),
        *_text("author", optional=True),
        sa.Column("published", sa.Date),
        sa.Column("retrieved", sa.Date),
        *_text("archive_url", "note", optional=True),
    )
    source = sa.Column("source_id", sa.Integer, sa.ForeignKey("sources.id", ondelete="RESTRICT"), nullable=False)
    _of_fact("citations", source, *_text("quote"))
    op.create_index(None, "citations", ["source_id"])


def _policies() -> None:
    op.create_table(
        "policies",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        *_text("mode"),
        sa.Column("threshold", sa.Float),
        sa.Column("window_minutes", sa.Integer, nullable=False),
        *_text("watched_channels", "ignored_channels", "ignored_roles"),
        sa.Column("updated_at", sa.DateTime, nullable=False),
        _one_of("mode", ("off", "shadow", "queue", "auto")),
        sa.CheckConstraint("threshold BETWEEN 0 AND 1", name="threshold"),
        sa.CheckConstraint("window_minutes >= 0", name="window_minutes"),
    )


def _decided(table: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer, primary_key=True),
        _whole("guild_id", optional=False),
        _whole("channel_id", optional=False),
        sa.Column("slug", sa.String(100), nullable=False),
        sa.Column("fact_version", sa.Integer, nullable=False),
        *_text("relation"),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("threshold", sa.Float, nullable=False),
        *_text("rule_version", "evidence"),
        sa.Column("created_at", sa.DateTime, nullable=False),
        *columns,
        _one_of("relation", _RELATIONS),
        sqlite_autoincrement=True,
    )
    op.create_index(None, table, ["channel_id"])


def _notes() -> None:
    _decided(
        "notes",
        _whole("source_message_id", optional=False),
        *_text("kind", "first_state", "provenance"),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("links_to", sa.Integer, sa.ForeignKey("notes.id", ondelete="SET NULL")),
        *_text("state"),
        _whole("message_id"),
        sa.Column("attempts", sa.Integer, nullable=False),
        *_text("last_error", optional=True),
        _one_of("kind", ("note", "link")),
        _one_of("first_state", _NOTE_STATES),
        _one_of("provenance", ("auto", "moderator", "requested")),
        _one_of("state", _NOTE_STATES),
        sa.UniqueConstraint("source_message_id", "slug"),
    )
    op.create_index(None, "notes", ["state", "due_at"])
    op.create_index(None, "notes", ["guild_id", "channel_id", "slug", "created_at"])
    op.create_index(None, "notes", ["links_to"])


def _review_items() -> None:
    _decided(
        "review_items",
        _whole("message_id", optional=False),
        *_text("post_text", "reasons", "state"),
        *_text("ruling", optional=True),
        _whole("ruled_by"),
        sa.Column("ruled_at", sa.DateTime),
        _one_of("state", ("open", "closed")),
        _one_of("ruling", _RULINGS),
        sa.CheckConstraint("state = 'open' OR post_text = ''", name="post_text_while_open"),
        sa.CheckConstraint("(state = 'closed') = (ruling IS NOT NULL)", name="ruled_when_closed"),
        sa.UniqueConstraint("message_id", "slug"),
    )
    op.create_index(None, "review_items", ["guild_id", "state", "created_at"])


def _events(table: str, owner: str, owners: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(owner, sa.Integer, sa.ForeignKey(f"{owners}.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        *columns,
    )
    op.create_index(None, table, [owner])
