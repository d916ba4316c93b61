"""Moderation: audit events, cards, facts of one server with their versions, drafts, limits, and more settings.

The rulings of ``review_events`` become audit events; what a review event lacked is taken from its item.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OLD_RULINGS = ("approve", "wrong_match", "dismiss", "source_gone", "source_edited")
_RULINGS = ("approve", "edit", "wrong_match", "not_a_claim", "dismiss", "source_gone", "source_edited")
_ACTS = (
    *_RULINGS,
    *("undo", "assign", "escalate", "snooze"),
    *("fact_added", "fact_edited", "fact_retired", "fact_restored", "fact_limited"),
    *("setting", "stopped", "resumed", "repaired"),
)
_MODES = ("off", "shadow", "queue", "auto")
_KEPT = ("id", "guild_id", "at", "act", "item_id", "note_id", "slug", "fact_version", "rule_version", "confidence")
_IMMUTABLE = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in (*_KEPT, "automatic", "undoes", "detail"))


def upgrade() -> None:
    op.add_column("facts", sa.Column("overrides", sa.String(100)))
    op.create_index(None, "facts", ["guild_id"])
    _versions_and_drafts()
    _settings()
    _audit()
    _cards_and_questions()
    _notes()
    _items()
    op.drop_table("review_events")


def downgrade() -> None:
    op.create_table(
        "review_events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("item_id", sa.Integer, sa.ForeignKey("review_items.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("ruling", sa.Text, nullable=False),
        sa.Column("by", sa.BigInteger),
        _one_of("ruling", _OLD_RULINGS),
    )
    op.create_index(None, "review_events", ["item_id"])
    rulings = ", ".join(f"'{name}'" for name in _RULINGS)
    op.execute(
        f"INSERT INTO review_events (item_id, at, ruling, by) SELECT i.id, e.at, {_in_old_words('e.act')}, e.by "
        "FROM audit_events e JOIN review_items i ON i.id = e.item_id "
        f"WHERE e.act IN ({rulings}) AND e.id NOT IN (SELECT undoes FROM audit_events WHERE undoes IS NOT NULL) "
        "ORDER BY e.id"
    )
    _old_items()
    _old_notes()
    for table in ("questions", "cards", "audit_events", "fact_limits", "fact_drafts", "fact_versions"):
        op.drop_table(table)
    _rebuild("policies", _policies(), indexes=[], values={})
    op.drop_index(op.f("ix_facts_guild_id"), "facts")
    with op.batch_alter_table("facts") as facts:
        facts.drop_column("overrides")


def _in_old_words(column: str) -> str:
    """Return the SQL for a ruling in the words that the first schema has for it."""
    return f"CASE {column} WHEN 'edit' THEN 'approve' WHEN 'not_a_claim' THEN 'dismiss' ELSE {column} END"


def _one_of(column: str, names: Iterable[str]) -> sa.schema.SchemaItem:
    quoted = ", ".join(f"'{name}'" for name in names)
    return sa.CheckConstraint(f"{column} IN ({quoted})", name=column)


def _text(*names: str, optional: bool = False) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sa.Text, nullable=optional) for name in names]


def _whole(*names: str, optional: bool = True) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sa.BigInteger, nullable=optional) for name in names]


def _small(name: str, *, optional: bool = False) -> sa.schema.SchemaItem:
    return sa.Column(name, sa.Integer, nullable=optional)


def _slug(*, optional: bool = False) -> sa.schema.SchemaItem:
    return sa.Column("slug", sa.String(100), nullable=optional)


def _at(*names: str, optional: bool = False) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sa.DateTime, nullable=optional) for name in names]


def _id() -> sa.schema.SchemaItem:
    return sa.Column("id", sa.Integer, primary_key=True)


def _server() -> sa.schema.SchemaItem:
    return sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False)


def _versions_and_drafts() -> None:
    op.create_table(
        "fact_versions",
        *(_id(), _slug(), _small("version"), *_at("at"), *_whole("by"), *_text("act", "fact")),
        sa.UniqueConstraint("slug", "version"),
    )
    op.create_table(
        "fact_drafts",
        *(_id(), *_whole("guild_id", "by", optional=False), *_at("at"), *_text("fact")),
        _small("base_version", optional=True),
        sqlite_autoincrement=True,
    )


def _audit() -> None:
    op.create_table(
        "audit_events",
        *(_id(), *_whole("guild_id"), *_at("at"), *_whole("by"), *_text("act")),
        *(_small("item_id", optional=True), _small("note_id", optional=True), _slug(optional=True)),
        *(_small("fact_version", optional=True), *_text("rule_version", optional=True)),
        sa.Column("confidence", sa.Float),
        sa.Column("automatic", sa.Boolean, nullable=False),
        sa.Column("undoes", sa.Integer, sa.ForeignKey("audit_events.id", ondelete="CASCADE"), unique=True),
        *_text("detail"),
        _one_of("act", _ACTS),
        sqlite_autoincrement=True,
    )
    for columns in (["guild_id", "slug"], ["item_id"], ["note_id"]):
        op.create_index(None, "audit_events", columns)
    op.execute(
        "INSERT INTO audit_events (guild_id, at, by, act, item_id, slug, fact_version, rule_version, confidence, "
        "automatic, detail) SELECT i.guild_id, e.at, e.by, e.ruling, i.id, i.slug, i.fact_version, i.rule_version, "
        "i.confidence, 0, '{}' FROM review_events e JOIN review_items i ON i.id = e.item_id ORDER BY e.id"
    )
    _make_immutable()


def _make_immutable() -> None:
    op.execute(
        f"CREATE TRIGGER audit_events_stand BEFORE UPDATE ON audit_events WHEN {_IMMUTABLE} "
        "BEGIN SELECT RAISE(ABORT, 'an audit event is never changed'); END"
    )
    # Who it was can be forgotten (see the privacy page), but not be replaced by somebody else.
    op.execute(
        "CREATE TRIGGER audit_events_by BEFORE UPDATE ON audit_events WHEN NEW.by IS NOT NULL "
        "AND NEW.by IS NOT OLD.by BEGIN SELECT RAISE(ABORT, 'an audit event is never changed'); END"
    )


def _cards_and_questions() -> None:
    op.create_table(
        "cards",
        _server(),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("subject", sa.String(100), primary_key=True),
        *_whole("channel_id", "message_id", optional=False),
        sa.Column("digest", sa.String(64), nullable=False),
        _one_of("kind", ("items", "note", "stop", "expired")),
    )
    op.create_index(None, "cards", ["message_id"])
    op.create_table(
        "questions",
        *(_id(), *_whole("guild_id", optional=False), sa.Column("digest", sa.String(64), nullable=False)),
        *(*_text("text"), _small("asked"), *_at("first_at", "last_at")),
        sa.UniqueConstraint("guild_id", "digest"),
        sqlite_autoincrement=True,
    )


def _rebuild(
    table: str, parts: list[sa.schema.SchemaItem], *, indexes: list[list[str]], values: dict[str, str]
) -> None:
    """Make a table anew and copy its rows: SQLite can't change the CHECKs of one that exists.

    ``values`` says in SQL what a column holds that had no column of its name, or other values in it.
    """
    connection = op.get_bind()
    inspector = sa.inspect(connection)
    before = {column["name"] for column in inspector.get_columns(table)}
    numbered = (
        "AUTOINCREMENT"
        in connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).scalar_one()
    )
    for index in inspector.get_indexes(table):
        op.drop_index(op.f(str(index["name"])), table)
    # Legacy renaming leaves alone what refers to the table: it refers to the new one then.
    op.execute("PRAGMA legacy_alter_table = ON")
    op.rename_table(table, f"{table}_before")
    op.execute("PRAGMA legacy_alter_table = OFF")
    op.create_table(table, *parts, sqlite_autoincrement=numbered)
    names = [part.name for part in parts if isinstance(part, sa.Column)]
    copied = {name: values.get(name, name) for name in names if name in before or name in values}
    op.execute(f"INSERT INTO {table} ({', '.join(copied)}) SELECT {', '.join(copied.values())} FROM {table}_before")
    if numbered:
        # Ids that were given out once are not given out again.
        op.execute(f"DELETE FROM sqlite_sequence WHERE name = '{table}'")
        op.execute(
            f"INSERT INTO sqlite_sequence (name, seq) SELECT '{table}', seq FROM sqlite_sequence "
            f"WHERE name = '{table}_before'"
        )
    op.drop_table(f"{table}_before")
    for columns in indexes:
        op.create_index(None, table, columns)


def _settings_columns() -> list[sa.schema.SchemaItem]:
    return [
        *_text("moderator_roles"),
        *_whole("escalation_role", "queue_channel", "log_channel"),
        sa.Column("language", sa.String(16)),
        *(
            _small("quiet_from", optional=True),
            _small("quiet_until", optional=True),
            *_text("quiet_zone", optional=True),
        ),
        _small("approvals_needed"),
        sa.Column("precision_floor", sa.Float, nullable=False),
        *(*_at("stopped_at", optional=True), *_text("stopped_because", optional=True)),
        *(sa.Column("shift", sa.Float, nullable=False), _small("shift_rulings")),
    ]


def _policies(*more: sa.schema.SchemaItem) -> list[sa.schema.SchemaItem]:
    return [
        *(_server(), *_text("mode"), sa.Column("threshold", sa.Float), _small("window_minutes")),
        *_text("watched_channels", "ignored_channels", "ignored_roles"),
        *_at("updated_at"),
        _one_of("mode", _MODES),
        sa.CheckConstraint("threshold BETWEEN 0 AND 1", name="threshold"),
        sa.CheckConstraint("window_minutes >= 0", name="window_minutes"),
        *more,
    ]


def _settings() -> None:
    op.create_table(
        "fact_limits",
        *(_server(), sa.Column("slug", sa.String(100), primary_key=True)),
        sa.Column("channel_id", sa.BigInteger, primary_key=True, autoincrement=False),
        *_text("mode"),
        _one_of("mode", _MODES),
    )
    checks = (
        sa.CheckConstraint("precision_floor BETWEEN 0 AND 1", name="precision_floor"),
        sa.CheckConstraint("approvals_needed >= 0", name="approvals_needed"),
    )
    _rebuild(
        "policies",
        _policies(*_settings_columns(), *checks),
        indexes=[],
        values={
            "moderator_roles": "'[]'",
            # The console has nobody to disturb; see bot.domain.policy.default_policy.
            "approvals_needed": "CASE guild_id WHEN 0 THEN 0 ELSE 5 END",
            "precision_floor": "0.75",
            "shift": "0.0",
            "shift_rulings": "0",
        },
    )


def _decided() -> list[sa.schema.SchemaItem]:
    return [
        *(
            _id(),
            *_whole("guild_id", "channel_id", optional=False),
            _slug(),
            _small("fact_version"),
            *_text("relation"),
        ),
        *(sa.Column(name, sa.Float, nullable=False) for name in ("confidence", "threshold")),
        *(*_text("rule_version", "evidence"), *_at("created_at")),
        _one_of("relation", ("repeats", "denies", "asks", "truth", "mentions")),
    ]


_NOTE_INDEXES = [["channel_id"], ["state", "due_at"], ["guild_id", "channel_id", "slug", "created_at"], ["links_to"]]
_ITEM_INDEXES = [["channel_id"], ["guild_id", "state", "created_at"]]


def _note_parts(*more: sa.schema.SchemaItem) -> list[sa.schema.SchemaItem]:
    states = ("shadow", "pending", "sending", "posted", "retracting", "retracted", "dropped")
    return [
        *(*_decided(), *_whole("source_message_id", optional=False), *_text("kind", "first_state", "provenance")),
        *(*_at("due_at"), sa.Column("links_to", sa.Integer, sa.ForeignKey("notes.id", ondelete="SET NULL"))),
        *(*_text("state"), *_whole("message_id"), _small("attempts"), *_text("last_error", optional=True)),
        *(_one_of("kind", ("note", "link")), _one_of("first_state", states), _one_of("state", states)),
        _one_of("provenance", ("auto", "moderator", "requested")),
        sa.UniqueConstraint("source_message_id", "slug"),
        *more,
    ]


def _notes() -> None:
    more = (*_text("wording", "ruling", optional=True), _one_of("ruling", _RULINGS))
    _rebuild(
        "notes", _note_parts(*more), indexes=[*_NOTE_INDEXES, ["guild_id", "created_at"], ["message_id"]], values={}
    )


def _old_notes() -> None:
    _rebuild("notes", _note_parts(), indexes=_NOTE_INDEXES, values={})


def _item_parts(*more: sa.schema.SchemaItem) -> list[sa.schema.SchemaItem]:
    return [
        *(*_decided(), *_whole("message_id", optional=False), *_text("post_text", "reasons", "state")),
        *(*_text("ruling", optional=True), *_whole("ruled_by"), *_at("ruled_at", optional=True)),
        sa.CheckConstraint("(state = 'closed') = (ruling IS NOT NULL)", name="ruled_when_closed"),
        sa.UniqueConstraint("message_id", "slug"),
        *more,
    ]


def _items() -> None:
    more = (
        *(*_whole("assigned_to"), *_at("assigned_until", "snoozed_until", optional=True)),
        *(_one_of("state", ("open", "escalated", "snoozed", "closed")), _one_of("ruling", _RULINGS)),
        sa.CheckConstraint("state <> 'closed' OR post_text = ''", name="post_text_until_closed"),
        sa.CheckConstraint("(state = 'snoozed') = (snoozed_until IS NOT NULL)", name="until_when_snoozed"),
    )
    _rebuild("review_items", _item_parts(*more), indexes=_ITEM_INDEXES, values={})


def _old_items() -> None:
    more = (
        *(_one_of("state", ("open", "closed")), _one_of("ruling", _OLD_RULINGS)),
        sa.CheckConstraint("state = 'open' OR post_text = ''", name="post_text_while_open"),
    )
    values = {
        "state": "CASE state WHEN 'closed' THEN 'closed' ELSE 'open' END",
        "ruling": _in_old_words("ruling"),
    }
    _rebuild("review_items", _item_parts(*more), indexes=_ITEM_INDEXES, values=values)
