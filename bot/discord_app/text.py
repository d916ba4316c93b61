"""Fitting words into Discord's limits. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from bot.notes.sanitise import markdown_safe, plain, shorten

MESSAGE_LIMIT = 4000
"""Characters of text in one message of components (Discord's documentation, components reference)."""

_ESCAPED = re.compile(r"\\([\\*_~`|\[\]()<>#+.-])")


def safe(text: str, limit: int) -> str:
    """Return text that is shown letter by letter, shortened so that it has at most ``limit`` characters escaped."""
    cut = limit
    shown = markdown_safe(shorten(plain(text), cut))
    while len(shown) > limit and cut > 1:
        cut = max(1, cut - (len(shown) - limit + 1) // 2)
        shown = markdown_safe(shorten(plain(text), cut))
    return shown


def quoted(text: str, limit: int) -> str:
    """Return text as a block quote that can't break out of itself."""
    return "\n".join(f"> {line}" for line in safe(text, limit).splitlines())[: limit + limit // 2]


def unquoted(quote: str) -> str:
    """Return the words of a block quote of one line that ``quoted`` made."""
    return _ESCAPED.sub(r"\1", quote.removeprefix("> ")).replace("\N{ZERO WIDTH SPACE}", "")


def whole_lines(lines: Iterable[str], limit: int) -> str:
    """Return as many whole lines as fit: a link that is cut in the middle is no link."""
    kept: list[str] = []
    for line in lines:
        if sum(len(one) + 1 for one in kept) + len(line) > limit:
            break
        kept.append(line)
    return "\n".join(kept)


def stamp(moment: datetime, style: Literal["R", "f"] = "R") -> str:
    """Return a moment that Discord shows to each reader as the time since then, or as a date in their own time zone."""
    return f"<t:{int(moment.timestamp())}:{style}>"


def small(text: str | None) -> str:
    """Return a line in small print, or nothing."""
    return f"-# {text}" if text else ""
