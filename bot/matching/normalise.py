"""Bring a post's characters into one form, without changing what it says."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 4000
"""Discord's longest message (with Nitro). Longer input is cut here, so that no later step sees more."""

_QUOTES = str.maketrans({"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "`": "'"})
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SPACES = re.compile(r"[^\S\n]+")
_MENTION = re.compile(r"<(?:@[!&]?|#|a?:\w+:|/[^:<>]{1,100}:|t:)-?\d+(?::\w)?>")


def normalise(text: str) -> str:
    """Return text in NFKC with plain quotes, without invisible characters and Discord's own mention codes.

    Line breaks stay: they end claims. Backticks must be handled before (see ``spans``).
    """
    text = _MENTION.sub(" ", unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]))[:MAX_CHARACTERS]
    text = _SPACES.sub(" ", text)  # a tab is a control character, too: it must not go without leaving a space
    kept = (char for char in text if char == "\n" or unicodedata.category(char) not in _DROPPED)
    return _SPACES.sub(" ", "".join(kept).translate(_QUOTES)).strip()


def latin_share(text: str) -> float:
    """Return the share of letters that are Latin, 0..1; 1 for a text without letters."""
    letters = [char for char in text if char.isalpha()]
    latin = sum(char < "ɐ" for char in letters)  # everything before U+0250 is Latin
    return latin / len(letters) if letters else 1.0
