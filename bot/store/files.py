"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Fill = Callable[[Path], None]
"""Writes a file's content to the path it is given (an empty file that exists)."""

_READABLE_BY_ALL = 0o644


def place_new(target: Path, fill: Fill) -> bool:
    """Make a file at a place where there is none; return False, and change nothing, where there is one.

    Of two processes that do so at once, one wins and the other gets False. The file can be read by its owner only.

    Raises:
        OSError: The folder can't be written to, or the disk is full.
    """
    with filled(target, fill) as temporary:
        try:
            # A link, unlike a rename, fails where the name is taken.
            os.link(temporary, target)
        except FileExistsError:
            return False
        except OSError:
            if not _move_new(temporary, target):
                return False
        sync_folder(target.parent)
    return True


def replace(target: Path, fill: Fill) -> None:
    """Put a file in the place of what is there, for all to read.

    Raises:
        OSError: The folder can't be written to, or the disk is full.
    """
    with filled(target, fill) as temporary:
        temporary.chmod(_READABLE_BY_ALL)
        temporary.replace(target)
        sync_folder(target.parent)


@contextmanager
def filled(target: Path, fill: Fill) -> Iterator[Path]:
    """Make a file under another name beside its target (see ``leftovers``); it is gone after the block.

    Raises:
        OSError: The folder can't be written to, or the disk is full.
    """
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    os.close(handle)
    temporary = Path(name)
    try:
        fill(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def leftovers(name: str) -> re.Pattern[str]:
    """Return the pattern of the names that a process leaves that is killed while it fills a file.

    Args:
        name: The pattern of the file's own name.
    """
    return re.compile(rf"\.{name}\.[a-z0-9_]{{8}}\.part(-journal|-wal|-shm)?")


def sync_folder(folder: Path) -> None:
    """Make sure that new names in a folder outlive a power failure."""
    # Windows can't open folders, and doesn't need it.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _move_new(source: Path, target: Path) -> bool:
    """Move to a new name where the file system has no hard links. A crash on the way leaves an empty file at most."""
    try:
        target.touch(exist_ok=False)
    except FileExistsError:
        return False
    source.replace(target)
    return True
