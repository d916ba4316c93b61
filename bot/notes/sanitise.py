"""Making words from a fact or a post safe to show: no mention, no markdown, no hidden characters."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

_MARKDOWN = re.compile(r"([\\*_~`|\[\]()<>#])")
_LINE_START = re.compile(r"^([^\S\n]*\d*)([-+.])(\s)", re.MULTILINE)  # Discord shows a backslash before a digit
_MENTION = re.compile(r"@")
_SPACES = re.compile(r"[^\S\n]+")
_AUTOLINK = re.compile(r"(?i)(https?|discord|steam)(:)(?=//)|(www)(\.)")  # in the middle of a word, too
_ZERO_WIDTH_SPACE = "\u200b"
_URL_SAFE = "/:?#!$&'*+,;=%~._-"


def plain(text: str) -> str:
    """Return text without control, bidirectional-override and invisible characters, on one line a paragraph."""
    spaced = _SPACES.sub(" ", text)  # a tab is a control character, too: it must not go without leaving a space
    kept = "".join(
        char for char in spaced if char == "\n" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    return _SPACES.sub(" ", kept).strip()


def markdown_safe(text: str) -> str:
    """Return text that Discord shows letter by letter: markdown escaped, mentions and links broken.

    A zero-width space after ``@`` keeps ``@everyone`` from being a mention even where a client ignores the
    allowed mentions; one inside ``http://`` keeps a post's words from becoming a link.
    """
    safe = _MARKDOWN.sub(r"\\\1", plain(text))
    safe = _LINE_START.sub(r"\1\\\2\3", safe)
    safe = _AUTOLINK.sub(lambda m: f"{m[1] or m[3]}{_ZERO_WIDTH_SPACE}{m[2] or m[4]}", safe)
    return _MENTION.sub("@" + _ZERO_WIDTH_SPACE, safe)


def safe_url(url: str) -> str | None:
    """Return an http(s) address that can't break out of a markdown link or mention anyone, or None where it is none.

    One with a user name is none: "https://bank.example@evil.example" leads elsewhere than it seems.
    """
    try:
        parts = urlsplit(plain(url))
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        return None
    return quote(parts.geturl(), safe=_URL_SAFE)


def shorten(text: str, limit: int) -> str:
    """Return at most ``limit`` characters, cut at a word and marked with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > limit // 2 else cut) + "…"
