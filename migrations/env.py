"""What alembic runs around the migrations. Silent: it sets up no logging and prints nothing.

The program passes its connection in ``config.attributes["connection"]``, in a transaction that it ends itself: SQLite
undoes schema changes too, so a migration that fails half-way leaves nothing behind.
On the command line the database is named: ``alembic -x database=PATH upgrade head``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, TypeDecorator

from bot.store.engine import open_migration_engine
from bot.store.tables import metadata


def _plain_types(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    # A migration must not change when our column types do, so it names what they are made of.
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        render_item=_plain_types,
    )
    with context.begin_transaction():
        context.run_migrations()


def _run_on_named_file() -> None:
    database = context.get_x_argument(as_dictionary=True).get("database")
    if context.is_offline_mode() or not isinstance(database, str):
        raise SystemExit("Say which database: alembic -x database=PATH upgrade head")
    engine = open_migration_engine(Path(database), "rwc")
    with engine.connect() as connection, connection.begin():
        _run(connection)


_connection = context.config.attributes.get("connection")
if isinstance(_connection, Connection):
    _run(_connection)
else:
    _run_on_named_file()
