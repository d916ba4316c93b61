"""When two reviews are the same one, and when two claims are the same claim. Pure.

Claims are joined only where they are the same words in the same order, small words aside: a note under the wrong claim
does more harm than two facts for one claim.
"""

from __future__ import annotations

import hashlib

from bot.domain.rules import folded
from bot.matching.links import canonical_url
from bot.matching.normalise import normalise
from bot.matching.words import words

_BYTES = 12
_LONG_WORD = 40
"""What ``words`` cuts a word to. A claim with so long a one is in a script without spaces: it is taken as it stands."""
_SMALL = frozenset(
    ["a", "an", "the", "of", "in", "on", "at", "is", "are", "was", "were", "be", "been", "being", "that", "has", "have"]
)
"""Words that two wordings of a claim may differ in. Those that change what is said ("before", "may", "all") are not
among them."""
_POINTING = frozenset(["this", "these", "those", "here", "above", "below"])
"""Words that point at a picture or a video: the same words about another one are another claim."""
_PERSONS = frozenset(
    ["i", "my", "me", "we", "our", "us", "he", "she", "his", "her", "him", "they", "their", "them", "you", "your"]
)
"""Words whose meaning hangs on who speaks."""


def identity(url: str, claim: str) -> str:
    """Return what tells a review from others: its page and the claim. Another claim on the same page is another review.

    Returns:
        24 hex digits.
    """
    return _digest(f"{canonical_url(url) or url}\n{folded(claim)}")


def claim_key(claim: str, *, speaker: str | None, language: str, alone: str) -> str:
    """Return the key that near-identical claims share.

    Args:
        claim: The claim.
        speaker: Who made it, where that is known.
        language: Its language.
        alone: What stands for a claim that can't be compared with others, such as the review's identity.

    Returns:
        24 hex digits.
    """
    found = words(normalise(claim))
    raw = [word.lower() for word in found.raw]
    if not raw or _POINTING & set(raw):
        return _digest(f"alone\n{alone}")
    if _PERSONS & set(raw):
        if speaker is None:
            return _digest(f"alone\n{alone}")
        language += f"\n{folded(speaker)}"
    if any(len(word) >= _LONG_WORD for word in raw):
        return _digest(f"{language}\n{folded(normalise(claim))}")
    start = raw[0] == "says"  # how some publishers begin each claim: the speaker says that...
    pairs = zip(found.stems[start:], raw[start:], strict=True)
    told = [stem for stem, word in pairs if word not in _SMALL]
    return _digest(f"{language}\n{' '.join(told or raw)}")


def _digest(text: str) -> str:
    return hashlib.blake2s(text.encode(), digest_size=_BYTES).hexdigest()
