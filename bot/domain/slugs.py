"""Names that facts and sources get from their own words: the same words make the same name."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata

from bot.domain.fact import Source

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""Lower-case words joined by single hyphens."""

_SLUG_WORDS = 60
_TELLING = 4
_KEY_BYTES = 5


def slug_of(claim: str, told: str, *, telling: int = _TELLING) -> str:
    """Return words of a claim, and so many characters made of ``told``, which tell it from others of these words."""
    ascii_only = unicodedata.normalize("NFKD", claim).encode("ascii", "ignore").decode().casefold()
    start = "-".join(re.findall(r"[a-z0-9]+", ascii_only.replace("'", "")))[: _SLUG_WORDS + 1]
    if len(start) > _SLUG_WORDS:
        start = start[:_SLUG_WORDS] if "-" not in start else start.rpartition("-")[0]
    return f"{start or 'fact'}-{_short_hash(told)[:telling]}"


def web_source(url: str, publisher: str, title: str) -> Source:
    """Return a source of which no more is known than this."""
    return Source(f"web-{_short_hash(chr(10).join((url, publisher, title)))}", publisher, title, url)


def _short_hash(text: str) -> str:
    digest = hashlib.blake2s(text.encode(), digest_size=_KEY_BYTES).digest()
    return base64.b32encode(digest).decode().lower()
