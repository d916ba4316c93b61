"""What a database that is brought back must know of the time since: Discord and the members didn't go back with it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def start_behind(ready: Path) -> None:
    """Prepare a copy to go on after a time that it knows nothing of.

    A note that waited when the copy was made may have been sent since, so it is looked for before it is sent. What
    was written since then is not caught up with: most of it was answered.
    """
    with closing(sqlite3.connect(ready)) as copy, copy:
        copy.execute("UPDATE notes SET attempts = 1 WHERE state = 'pending' AND attempts = 0")
        copy.execute("DELETE FROM watermarks")


def carry_over(present: sqlite3.Connection, ready: Path, *, opt_outs: bool) -> None:
    """Bring what must not be forgotten from the present database into the copy that takes its place.

    Args:
        present: The present database, of any revision.
        ready: The copy.
        opt_outs: Whether members have the same pseudonyms in both. Who opted out since stays so.
    """
    held = {name for (name,) in present.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    with closing(sqlite3.connect(ready)) as copy, copy:
        if "watermarks" in held:
            rows = present.execute("SELECT guild_id, at FROM watermarks")
            copy.executemany("INSERT INTO watermarks (guild_id, at) VALUES (?, ?)", rows)
        if "sqlite_sequence" in held:
            _carry_numbers(present, copy)
        if "member_marks" in held and opt_outs:
            rows = present.execute("SELECT mark, guild_id, member, at FROM member_marks WHERE mark = 'opted_out'")
            copy.executemany(
                "INSERT OR IGNORE INTO member_marks (mark, guild_id, member, at) VALUES (?, ?, ?, ?)", rows
            )


def _carry_numbers(present: sqlite3.Connection, copy: sqlite3.Connection) -> None:
    """Go on counting where the present database is: its numbers stand in buttons under messages."""
    for name, number in present.execute("SELECT name, seq FROM sqlite_sequence"):
        if copy.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)).fetchone() is None:
            continue
        changed = copy.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (number, name))
        if not changed.rowcount:
            copy.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, number))
