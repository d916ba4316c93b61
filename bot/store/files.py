"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
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
    with _filled(target, fill) as temporary:
        try:
            # A link, unlike a rename, fails where the name is taken.
            os.link(temporary, target)
        except FileExistsError:
            return False
        except OSError:
            return _copy_new(temporary, target)
        _sync_folder(target.parent)
    return True


def replace(target: Path, fill: Fill) -> None:
    """Put a file in the place of what is there, for all to read.

    Raises:
        OSError: The folder can't be written to, or the disk is full.
    """
    with _filled(target, fill) as temporary:
        temporary.chmod(_READABLE_BY_ALL)
        temporary.replace(target)
        _sync_folder(target.parent)


@contextmanager
def _filled(target: Path, fill: Fill) -> Iterator[Path]:
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


def _copy_new(source: Path, target: Path) -> bool:
    """Copy to a new file where the file system has no hard links. A crash on the way leaves a part, never a loss."""
    try:
        with target.open("xb") as into, source.open("rb") as out:
            shutil.copyfileobj(out, into)
            into.flush()
            os.fsync(into.fileno())
    except FileExistsError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    # Without this a power failure can take the new name back. Windows can't open folders, and doesn't need it.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
