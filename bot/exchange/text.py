"""Other people's texts and web addresses made plain: one line, no markup, nothing that can't be seen."""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin, urlsplit

URL_LIMIT = 1000
"""Characters."""

_MOST = 20_000
"""Characters of a text that are looked at; every limit is far below it."""
_ROUNDS = 3

_BLOCK = re.compile(r"<(?:/?(?:br|p|div|li|ul|ol|td|tr|h[1-6])\b|!--)[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_SCRIPT = re.compile(r"<(script|style)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
# Arabic and the scripts of India write words with the two joiners; elsewhere they are invisible.
_JOINER = re.compile(r"(?<=[\u0600-\u1fff])[\u200c\u200d](?=[\u0600-\u1fff])")
_UNSEEN = re.compile(r"[\ufe00-\ufe0e\u115f\u1160\u3164\uffa0\u2800\u034f]")
_WEB = ("http", "https")


def plain(text: str) -> str:
    """Return a text as it is read: entities unescaped once, tags, invisible signs and spare spaces left out."""
    text = text[:_MOST]
    if text.isascii() and text.isprintable() and "&" not in text and "<" not in text:
        return " ".join(text.split())
    text = _visible(_without_tags(text))
    if "&" in text:
        text = _visible(_without_tags(html.unescape(text)))
    return text


def escaped(text: str) -> str:
    """Return what ``plain`` makes this text of."""
    return text if plain(text) == text else text.replace("&", "&amp;")


def shortened(text: str, limit: int) -> str:
    """Return a text of at most so many characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def web_address(value: object, base_url: str | None = None) -> str | None:
    """Return a web address if it is one, a relative one as it is meant on a page, or None."""
    if not isinstance(value, str):
        return None
    url = value.strip()
    while "&amp;" in url:
        url = url.replace("&amp;", "&")
    try:
        if base_url is not None:
            url = urljoin(base_url, url)
        parts = urlsplit(url)
        sound = parts.scheme in _WEB and bool(parts.hostname)
    except ValueError:
        return None
    return url if sound and len(url) <= URL_LIMIT and url.isprintable() and " " not in url else None


def host_of(url: str) -> str:
    """Return a web address's host without "www."."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def kind(value: object) -> str:
    """Return what a JSON value is, in words."""
    if value is None:
        return "null"
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return kinds.get(type(value), "a number")


def _without_tags(text: str) -> str:
    if "<" not in text:
        return text
    text = _BLOCK.sub(" ", _SCRIPT.sub(" ", text))
    for _ in range(_ROUNDS):
        stripped = _TAG.sub("", text)
        if stripped == text:
            return text
        text = stripped
    return text.replace("<", " ")


def _visible(text: str) -> str:
    """Drop what can't be seen, and make every run of spaces one."""
    text = " ".join(text.split())
    if not text.isprintable():
        joined = {found.start() for found in _JOINER.finditer(text)}
        text = "".join(sign for at, sign in enumerate(text) if sign.isprintable() or at in joined)
        text = " ".join(text.split())
    return _UNSEEN.sub("", text)
