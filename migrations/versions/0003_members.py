"""Members: ratings, appeals, requests, what is remembered of members, and a note's life after it was posted.

Questions become requests. Downgrading keeps what the older schema has words for: a collapsed note counts as posted, an
item that ran out of time as one whose post is gone; ratings, appeals, marks and the audit events of new acts go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NOTE_STATES = ("'posted', 'retracting'", "'posted', 'collapsed', 'retracting'")
_RULINGS = ("'source_gone', 'source_edited')", "'source_gone', 'source_edited', 'expired', 'author_left')")
_NEW_ACTS = (
    *("expired", "author_left", "rated_helpful", "rated_not_helpful", "status_lost"),
    *("ratings_discounted", "ratings_readmitted", "collapsed", "restored", "taken_down", "notes_updated"),
    *("appealed", "appeal_answered", "request_answered"),
)
_ACTS = ("'resumed', 'repaired')", "'resumed', 'repaired', " + ", ".join(f"'{act}'" for act in _NEW_ACTS) + ")")
_CARDS = ("'stop', 'expired')", "'stop', 'expired', 'appeal')")

_NOTE_COLUMNS = {
    "revision": "INTEGER NOT NULL",
    "shown_revision": "INTEGER NOT NULL",
    "failed_edits": "INTEGER NOT NULL",
    "amended_at": "DATETIME",
    "amendment": "TEXT",
    "repair_id": "INTEGER",
}
_REPAIR_KEY = (
    "CONSTRAINT fk_notes_repair_id_note_repairs FOREIGN KEY(repair_id) REFERENCES note_repairs (id) ON DELETE SET NULL"
)
_AUTHOR_CHECK = "CONSTRAINT ck_review_items_author_until_closed CHECK (state <> 'closed' OR author IS NULL)"
_POLICY_COLUMNS = {"rater_age_days": "INTEGER NOT NULL", "retention_days": "INTEGER NOT NULL"}
_POLICY_CHECKS = (
    "CONSTRAINT ck_policies_rater_age_days CHECK (rater_age_days >= 0)",
    "CONSTRAINT ck_policies_retention_days CHECK (retention_days >= 1)",
)


def upgrade() -> None:
    _repairs()
    _rebuild(
        "notes",
        [_NOTE_STATES, _NOTE_STATES, _RULINGS],
        columns=_NOTE_COLUMNS,
        rules=[_REPAIR_KEY],
        values={"revision": "0", "shown_revision": "0", "failed_edits": "0"},
    )
    op.create_index(None, "notes", ["repair_id"])
    op.create_index("ix_notes_unedited", "notes", ["due_at"], sqlite_where=sa.text("shown_revision < revision"))
    _rebuild("note_events", [_NOTE_STATES])
    _rebuild("review_items", [_RULINGS], columns={"author": "VARCHAR(32)"}, rules=[_AUTHOR_CHECK])
    op.create_index(None, "review_items", ["author"])
    _rebuild("audit_events", [_ACTS])
    _rebuild("cards", [_CARDS])
    _rebuild(
        "policies",
        columns=_POLICY_COLUMNS,
        rules=_POLICY_CHECKS,
        values={"rater_age_days": "7", "retention_days": "365"},
    )
    _ratings()
    _appeals()
    _requests()
    _marks()
    op.execute(
        "INSERT INTO requests (id, guild_id, digest, text, unnamed, first_at, last_at) "
        "SELECT id, guild_id, digest, text, asked, first_at, last_at FROM questions"
    )
    op.drop_table("questions")


def downgrade() -> None:
    op.create_table(
        "questions",
        *(_id(), *_whole("guild_id"), sa.Column("digest", sa.String(64), nullable=False)),
        *(*_text("text"), *_small("asked"), *_at("first_at", "last_at")),
        sa.UniqueConstraint("guild_id", "digest"),
        sqlite_autoincrement=True,
    )
    op.execute(
        "INSERT INTO questions SELECT id, guild_id, digest, text, "
        "unnamed + (SELECT count(*) FROM request_members WHERE request_id = id), first_at, last_at "
        "FROM requests WHERE answer IS NULL"
    )
    op.execute("DELETE FROM questions WHERE asked = 0")
    for table in ("departures", "member_marks", "request_members", "requests", "appeals", "note_standings", "ratings"):
        op.drop_table(table)
    _rebuild("policies", columns=_POLICY_COLUMNS, rules=_POLICY_CHECKS, back=True)
    op.execute("DELETE FROM cards WHERE kind = 'appeal'")
    _rebuild("cards", [_CARDS], back=True)
    _rebuild(
        "audit_events",
        [_ACTS],
        back=True,
        values={"act": _older("act")},
        where="act NOT IN (" + ", ".join(f"'{act}'" for act in _NEW_ACTS[2:]) + ")",
    )
    op.drop_index(op.f("ix_review_items_author"), "review_items")
    _rebuild(
        "review_items",
        [_RULINGS],
        columns={"author": "VARCHAR(32)"},
        rules=[_AUTHOR_CHECK],
        back=True,
        values={"ruling": _older("ruling")},
    )
    posted = "CASE state WHEN 'collapsed' THEN 'posted' ELSE state END"
    _rebuild("note_events", [_NOTE_STATES], back=True, values={"state": posted})
    op.drop_index(op.f("ix_notes_unedited"), "notes")
    op.drop_index(op.f("ix_notes_repair_id"), "notes")
    _rebuild(
        "notes",
        [_NOTE_STATES, _NOTE_STATES, _RULINGS],
        columns=_NOTE_COLUMNS,
        rules=[_REPAIR_KEY],
        back=True,
        values={"state": posted, "ruling": _older("ruling")},
    )
    op.drop_table("note_repairs")


def _older(column: str) -> str:
    return f"CASE WHEN {column} IN ('expired', 'author_left') THEN 'source_gone' ELSE {column} END"


def _rebuild(
    table: str,
    words: Iterable[tuple[str, str]] = (),
    *,
    columns: Mapping[str, str] | None = None,
    rules: Iterable[str] = (),
    values: Mapping[str, str] | None = None,
    where: str = "1",
    back: bool = False,
) -> None:
    """Make a table anew and copy its rows: SQLite can't change the CHECKs of one that exists.

    Args:
        table: Its name; its indexes and triggers are made again.
        words: What its text says before and after, each once.
        columns: The columns that are new, with their types.
        rules: The constraints that are new.
        values: What a column holds, in SQL, that is new or holds other values.
        where: Which rows are kept.
        back: Whether it is done the other way round.
    """
    columns, values = columns or {}, values or {}
    connection = op.get_bind()
    text = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).scalar_one()
    before = [row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
    after = [name for name in before if name not in columns] if back else [*before, *columns]
    parts = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL",
        (table,),
    )
    made_again = list(parts.scalars())
    for index in sa.inspect(connection).get_indexes(table):
        op.drop_index(op.f(str(index["name"])), table)
    # Legacy renaming leaves alone what refers to the table: it refers to the new one then.
    op.execute("PRAGMA legacy_alter_table = ON")
    op.rename_table(table, f"{table}_before")
    op.execute("PRAGMA legacy_alter_table = OFF")
    connection.exec_driver_sql(_changed(text, words, columns, rules, back=back))
    kept = {name: values.get(name, name) for name in after if name in before or name in values}
    connection.exec_driver_sql(
        f"INSERT INTO {table} ({', '.join(kept)}) SELECT {', '.join(kept.values())} FROM {table}_before WHERE {where}"
    )
    if "AUTOINCREMENT" in text:
        # Ids that were given out once are not given out again.
        op.execute(f"DELETE FROM sqlite_sequence WHERE name = '{table}'")
        op.execute(
            f"INSERT INTO sqlite_sequence (name, seq) SELECT '{table}', seq FROM sqlite_sequence "
            f"WHERE name = '{table}_before'"
        )
    op.drop_table(f"{table}_before")
    for part in made_again:
        connection.exec_driver_sql(part)


def _changed(
    text: str, words: Iterable[tuple[str, str]], columns: Mapping[str, str], rules: Iterable[str], *, back: bool
) -> str:
    """Return the CREATE TABLE of a table as it is to be."""
    for old, new in words:
        before, after = (new, old) if back else (old, new)
        text = text.replace(before, after)
    lines = [f"\n\t{line}, " for line in (*(f"{name} {kind}" for name, kind in columns.items()), *rules)]
    if not back:
        head, rule, tail = text.partition("\n\tCONSTRAINT ")
        return f"{head}{''.join(lines)}{rule}{tail}"
    for line in lines:
        text = text.replace(line, "", 1)
    return text


def _id() -> sa.schema.SchemaItem:
    return sa.Column("id", sa.Integer, primary_key=True)


def _whole(*names: str, optional: bool = False) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sa.BigInteger, nullable=optional) for name in names]


def _small(*names: str) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]


def _text(*names: str, optional: bool = False) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sa.Text, nullable=optional) for name in names]


def _short(name: str, length: int, *, key: bool = False, optional: bool = False) -> sa.schema.SchemaItem:
    return sa.Column(name, sa.String(length), primary_key=key, nullable=optional)


def _at(*names: str, optional: bool = False) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sa.DateTime, nullable=optional) for name in names]


def _of_note(*, key: bool) -> sa.schema.SchemaItem:
    note = sa.ForeignKey("notes.id", ondelete="CASCADE")
    return sa.Column("note_id", sa.Integer, note, primary_key=key, nullable=False, autoincrement=False)


def _one_of(column: str, names: Iterable[str]) -> sa.schema.SchemaItem:
    quoted = ", ".join(f"'{name}'" for name in names)
    return sa.CheckConstraint(f"{column} IN ({quoted})", name=column)


def _indexes(table: str, *columns: list[str]) -> None:
    for names in columns:
        op.create_index(None, table, names)


def _repairs() -> None:
    op.create_table(
        "note_repairs",
        *(_id(), *_whole("guild_id"), _short("slug", 100), *_at("at"), *_whole("by", optional=True)),
        *(*_text("cause"), *_small("total")),
        sqlite_autoincrement=True,
    )
    _indexes("note_repairs", ["guild_id"])


def _ratings() -> None:
    op.create_table(
        "ratings",
        *(_of_note(key=True), _short("rater", 32, key=True), *_whole("guild_id"), *_text("said", "reasons")),
        *_at("at"),
        _one_of("said", ("helpful", "somewhat", "not_helpful")),
    )
    _indexes("ratings", ["guild_id", "rater", "at"], ["rater"])
    statuses = ("needs_more", "helpful", "not_helpful")
    op.create_table(
        "note_standings",
        *(_of_note(key=True), *_whole("guild_id"), *_text("shown"), *_at("since")),
        *(*_at("changing_since", "locked_at", optional=True), *_text("status", "rule")),
        *(sa.Column("provisional", sa.Boolean, nullable=False), *_small("count"), *_text("why")),
        *(sa.Column(name, sa.Float) for name in ("intercept", "factor")),
        *(_one_of("shown", statuses), _one_of("status", statuses)),
    )
    _indexes("note_standings", ["guild_id"])


def _appeals() -> None:
    op.create_table(
        "appeals",
        *(_id(), _of_note(key=False), *_whole("guild_id"), *_text("kind"), _short("by", 32, optional=True)),
        *(*_at("at"), *_text("text"), *_text("outcome", "answer", optional=True)),
        *(*_whole("ruled_by", optional=True), *_at("ruled_at", optional=True)),
        _one_of("kind", ("not_said", "written", "community")),
        _one_of("outcome", ("restored", "upheld", "taken_down", "moot")),
        sa.CheckConstraint("outcome IS NULL OR text = ''", name="text_until_answered"),
        sa.CheckConstraint("(outcome IS NULL) = (ruled_at IS NULL)", name="ruled_with_outcome"),
        sqlite_autoincrement=True,
    )
    _indexes("appeals", ["note_id"], ["guild_id", "outcome"], ["by"])


def _requests() -> None:
    op.create_table(
        "requests",
        *(_id(), *_whole("guild_id"), _short("digest", 64), *_text("text"), *_small("unnamed")),
        *(*_at("first_at", "last_at"), *_text("answer", optional=True), _short("slug", 100, optional=True)),
        *(*_whole("answered_by", optional=True), *_at("answered_at", optional=True)),
        _one_of("answer", ("fact", "not_needed")),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_with_time"),
        sa.UniqueConstraint("guild_id", "digest"),
        sqlite_autoincrement=True,
    )
    request = sa.ForeignKey("requests.id", ondelete="CASCADE")
    op.create_table(
        "request_members",
        sa.Column("request_id", sa.Integer, request, primary_key=True, autoincrement=False),
        *(_short("member", 32, key=True), *_at("at")),
    )
    _indexes("request_members", ["member", "at"])


def _marks() -> None:
    op.create_table(
        "member_marks",
        sa.Column("mark", sa.Text, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        *(_short("member", 32, key=True), *_at("at")),
        _one_of("mark", ("opted_out", "discounted")),
    )
    op.create_table(
        "departures",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        *_at("at"),
    )
