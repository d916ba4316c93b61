"""Whether a stretch of a post is a known wording word by word, slips of the finger aside."""

from __future__ import annotations

from bot.matching.background import information, listed
from bot.matching.words import Words

MIN_INFORMATION = 20.0
"""Nats, of the content words of a wording; "Musk created Twitter" has 26."""
MAX_SLIPS = 2
_SHORTEST = 4
"""Letters of a word that can be told from a slip of another: "Iran" and "Iraq" are both words."""


def verbatim(post: Words, wording: Words) -> bool:
    """Tell whether two texts have the same words, but for at most two that are misspelt in one of them.

    A word of the language is no slip of another: "funded" does not stand for "founded", nor a number for another. Of a
    wording that tells little, being the same tells little, too: imported fact-checks are full of titles like "Thanks
    for Sharing".
    """
    if len(post.stems) != len(wording.stems) or sum(map(information, wording.content)) < MIN_INFORMATION:
        return False
    pairs = zip(post.raw, wording.raw, post.stems, wording.stems, strict=True)
    differing = [(ours.lower(), theirs.lower()) for ours, theirs, a, b in pairs if a != b]
    return len(differing) <= MAX_SLIPS and all(_slip(ours, theirs) for ours, theirs in differing)


def _slip(word: str, meant: str) -> bool:
    """Tell whether a word that is none is one step from another: a letter more, less, other, or two exchanged."""
    if min(len(word), len(meant)) < _SHORTEST or not (word + meant).isalpha() or listed(word):
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, meant, strict=False)) if a != b), min(len(word), len(meant)))
    rest, other = word[start:], meant[start:]
    return rest[1:] == other[1:] or rest[1:] == other or rest == other[1:] or _exchanged(rest, other)


def _exchanged(rest: str, other: str) -> bool:
    return len(rest) > 1 and rest[:2] == other[1::-1] and rest[2:] == other[2:]
