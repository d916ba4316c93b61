"""The key of the members' pseudonyms, in a file beside the database. Blocking: call it off the event loop.

It isn't kept in the database, so that a copy of that alone tells nobody whom a pseudonym stands for.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from bot.domain.errors import StoreError
from bot.domain.member import KEY_BYTES
from bot.store.errors import translated_files
from bot.store.files import place_new


def key_path(database: Path) -> Path:
    """Return where the key of a database is kept."""
    return database.with_name(f"{database.name}.key")


def load_key(database: Path, *, create: bool) -> bytes | None:
    """Read the key of a database, or make one; of two processes that make one at once, both get the same.

    Args:
        database: The database file.
        create: Whether a key is made where there is none; without it, None is returned then.

    Raises:
        StoreError: The file is no key, or can't be read or written.
    """
    path = key_path(database)
    with translated_files(path):
        if create and not path.exists():
            store_key(database, secrets.token_bytes(KEY_BYTES))
        try:
            key = path.read_bytes()
        except FileNotFoundError:
            return None
    if len(key) != KEY_BYTES:
        raise StoreError(
            f"{path} is damaged: put the copy from your backup back, or delete it to start with a new key, "
            "which forgets who rated what and who opted out."
        )
    return key


def lost_key(database: Path) -> str:
    """Return what to say where the key of a database is gone in which members are stored."""
    return (
        f"{key_path(database)} is missing, and without it nobody's opt-out can be honoured: put the copy from your "
        "backup back. Where it is lost for good, “footnote run --new-key” starts with a new one, which forgets "
        "opt-outs and ratings."
    )


def store_key(database: Path, key: bytes) -> bool:
    """Write a key beside a database, readable by its owner only; return False where one is there.

    Raises:
        OSError: The folder can't be written to, or the disk is full.
    """
    return place_new(key_path(database), lambda temporary: _write(temporary, key))


def raw_key(database: Path) -> bytes | None:
    """Return what the file of a key holds, sound or not; None where there is none.

    Raises:
        OSError: It can't be read.
    """
    path = key_path(database)
    return path.read_bytes() if path.exists() else None


def _write(path: Path, key: bytes) -> None:
    path.write_bytes(key)
