"""A folder of backups, named after their times, of which so many are kept. Blocking: call it off the event loop."""

from __future__ import annotations

import re
import time
from datetime import datetime
from pathlib import Path

from bot.domain.errors import StoreError
from bot.store.backup import Contents, back_up, stamp
from bot.store.files import leftovers
from bot.store.key import key_path

_LEFT_AFTER = 24 * 60 * 60
"""Seconds after which what a killed backup left is taken for that: no backup takes a day."""


def back_up_into(
    folder: Path, database: Path, *, at: datetime, keep: int | None = None, with_key: bool = True
) -> tuple[Path, Contents, list[Path]]:
    """Make a backup named after its time in a folder; then delete the oldest so named, so that ``keep`` are left.

    Args:
        folder: An existing folder.
        database: The database.
        at: The time, in UTC.
        keep: How many stay, the new one among them; None deletes nothing.
        with_key: As in ``back_up``.

    Returns:
        The backup, what it holds, and the backups that were deleted.

    Raises:
        StoreError: As in ``back_up``, and nothing was deleted; or a backup can't be deleted.
    """
    name = database.name.removesuffix(".db")
    target = folder / f"{name}-{stamp(at)}.db"
    contents = back_up(database, target, with_key=with_key)
    return target, contents, [] if keep is None else _delete_oldest(folder, re.escape(name), target, keep)


def _delete_oldest(folder: Path, name: str, newest: Path, keep: int) -> list[Path]:
    ours = rf"{name}-[0-9]{{8}}T[0-9]{{6}}Z\.db"
    named, left = re.compile(ours), leftovers(rf"{ours}(\.key)?")
    files = sorted(file for file in folder.iterdir() if file.is_file() and not file.is_symlink())
    # Not by the clock alone: where it was set back, the new one would be among the oldest.
    others = [file for file in files if named.fullmatch(file.name) and file.name != newest.name]
    old = others[: max(len(others) - keep + 1, 0)]
    try:
        for file in old:
            key_path(file).unlink(missing_ok=True)  # first: killed in between, the next time goes on
            file.unlink()
        for file in files:
            if left.fullmatch(file.name) and file.stat().st_mtime < time.time() - _LEFT_AFTER:
                file.unlink()
    except OSError as error:
        raise StoreError(f"{newest} was made, but older ones can't be deleted: {error.strerror}.") from error
    return old
