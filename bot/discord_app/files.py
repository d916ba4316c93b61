"""Files in answers, and how a message of components shows them: Discord hides one that no component names. Pure."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

import discord
from discord import ui

from bot.notes.sanitise import shorten

_ALT_LIMIT = 1024
"""Characters of a file's description (Discord's documentation, message resource)."""

_GALLERY_LIMIT = 10
"""Pictures in one gallery (Discord's documentation, components reference)."""

_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp"}


def named_file(name: str, data: bytes, *, description: str) -> discord.File:
    """Return a file for an answer.

    Args:
        name: Its name; what Discord would change in it is replaced, or no component could name the file.
        data: What is in it.
        description: What it shows, for those who don't see it.
    """
    kept = re.sub(r"[^A-Za-z0-9._-]+", "-", name)
    return discord.File(io.BytesIO(data), filename=kept, description=shorten(description, _ALT_LIMIT))


def shown_files(files: Sequence[discord.File]) -> list[ui.Item[Any]]:
    """Return the components that show files: galleries of the pictures, then a line for each other file."""
    pictures = [file for file in files if PurePath(file.filename).suffix.lower() in _PICTURES]
    shown: list[ui.Item[Any]] = []
    for start in range(0, len(pictures), _GALLERY_LIMIT):
        items = [
            discord.MediaGalleryItem(file, description=file.description)
            for file in pictures[start : start + _GALLERY_LIMIT]
        ]
        shown.append(ui.MediaGallery(*items))
    return [*shown, *(ui.File(file) for file in files if file not in pictures)]
