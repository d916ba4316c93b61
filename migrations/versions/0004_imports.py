"""Imports: publishers' reviews of claims, packs that were taken in, and whether sources are still there.

Downgrading deletes what an older Footnote would misread: facts that nobody wrote a correction for, facts, versions and
drafts whose verdict it doesn't know, and imports from the audit log. Other versions and drafts lose their reviews.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_VERDICTS = ("'unproven', 'disputed')", "'unproven', 'disputed', 'true', 'unrated')")
_ACTS = ("'request_answered')", "'request_answered', 'facts_imported')")
_PARTS = ("phrasings", "near_misses", "appearances", "citations")
_UNWRITTEN = "trim(correction, char(9, 10, 11, 12, 13, 32)) = ''"
_UNKNOWN = f"SELECT id FROM facts WHERE verdict IN ('true', 'unrated') OR {_UNWRITTEN}"
_IMPORTED = "SELECT id FROM audit_events WHERE act = 'facts_imported'"


def upgrade() -> None:
    _reword("facts", *_VERDICTS)
    op.add_column("facts", sa.Column("claim_key", sa.String(24)))
    op.create_index(None, "facts", ["claim_key"])
    _reword("audit_events", *_ACTS)
    op.create_table(
        "claim_reviews",
        sa.Column("fact_id", sa.Integer, sa.ForeignKey("facts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("source_id", sa.Integer, sa.ForeignKey("sources.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("identity", sa.String(24), nullable=False),
        sa.Column("claim", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("label", sa.Text),
        sa.Column("rest", sa.Text, nullable=False),
        sa.CheckConstraint(f"verdict IN ('false', 'misleading', 'missing_context', {_VERDICTS[1]}", name="verdict"),
    )
    op.create_index(None, "claim_reviews", ["source_id"])
    op.create_index(None, "claim_reviews", ["identity"])
    op.create_table(
        "source_checks",
        sa.Column("source_id", sa.Integer, sa.ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        *(sa.Column(name, sa.DateTime, nullable=False) for name in ("at", "since")),
        sa.Column("status", sa.Integer),
        *(sa.Column(name, sa.Text) for name in ("moved_to", "archive_url")),
        sa.CheckConstraint("state IN ('fine', 'moved', 'gone', 'unclear')", name="state"),
    )
    op.create_table(
        "packs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("name", sa.String(60), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("title", "version", "licence", "provenance")),
        sa.Column("key", sa.Text),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_index(None, "packs", ["guild_id", "name"])
    op.create_table(
        "pack_facts",
        sa.Column("pack_id", sa.Integer, sa.ForeignKey("packs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("key", sa.String(100), primary_key=True),
        sa.Column("slug", sa.String(100), nullable=False),
        sa.Column("base", sa.Text, nullable=False),
    )


def downgrade() -> None:
    for table in ("pack_facts", "packs", "source_checks", "claim_reviews"):
        op.drop_table(table)
    # Foreign keys are off: nothing cascades.
    op.execute(f"DELETE FROM audit_events WHERE undoes IN ({_IMPORTED})")
    op.execute("DELETE FROM audit_events WHERE act = 'facts_imported'")
    _reword("audit_events", *reversed(_ACTS))
    for table in _PARTS:
        op.execute(f"DELETE FROM {table} WHERE fact_id IN ({_UNKNOWN})")
    op.execute(f"DELETE FROM facts WHERE id IN ({_UNKNOWN})")
    for table in ("fact_versions", "fact_drafts"):
        op.execute(f"DELETE FROM {table} WHERE json_extract(fact, '$.verdict') IN ('true', 'unrated')")
        op.execute(f"UPDATE {table} SET fact = json_remove(fact, '$.reviews')")
    op.drop_index(op.f("ix_facts_claim_key"), "facts")
    op.execute("ALTER TABLE facts DROP COLUMN claim_key")
    _reword("facts", *reversed(_VERDICTS))


def _reword(table: str, before: str, after: str) -> None:
    """Make a table anew with another text in its CHECKs, which SQLite can't change, and copy its rows."""
    connection = op.get_bind()
    text = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).scalar_one()
    parts = connection.exec_driver_sql(
        "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('index', 'trigger') "
        "AND sql IS NOT NULL",
        (table,),
    ).all()
    for kind, name, _ in parts:
        connection.exec_driver_sql(f"DROP {kind} {name}")
    # Legacy renaming leaves alone what refers to the table: it refers to the new one then.
    op.execute("PRAGMA legacy_alter_table = ON")
    op.rename_table(table, f"{table}_before")
    op.execute("PRAGMA legacy_alter_table = OFF")
    connection.exec_driver_sql(text.replace(before, after))
    connection.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM {table}_before")
    if "AUTOINCREMENT" in text:
        # Ids that were given out once are not given out again.
        op.execute(f"DELETE FROM sqlite_sequence WHERE name = '{table}'")
        op.execute(
            f"INSERT INTO sqlite_sequence (name, seq) SELECT '{table}', seq FROM sqlite_sequence "
            f"WHERE name = '{table}_before'"
        )
    op.drop_table(f"{table}_before")
    for _, _, sql in parts:
        connection.exec_driver_sql(sql)
