"""How much a word tells in everyday English, before any fact is looked at.

The tokenizer that ships with the encoder lists whole words in the order of their frequency in its training text
(Wikipedia and books). By Zipf's law the probability of the word of rank r is proportional to 1/r, so that -ln p grows
as ln r. This keeps "people" and "day", which are rare among a few facts, from looking like evidence.
"""

from __future__ import annotations

import json
import math
from functools import cache, lru_cache

from bot.matching.models import ENCODER

_FIRST_WORD = 1996
"""Ids below are markers and single characters in BERT's vocabulary."""
_UNLISTED_RANK = 30_000
_SMOOTHING = 30
"""The most common words are all alike: they tell ln(30) = 3.4 nats at least."""
_ENDINGS = ("", "e", "s", "es", "ed", "d", "ing", "ion", "er", "ly", "ment", "al", "y")


@cache
def _vocabulary() -> dict[str, int]:
    data = json.loads((ENCODER / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary: dict[str, int] = data["model"]["vocab"]
    return vocabulary


def listed(word: str) -> bool:
    """Tell whether a lower-case word, as written, is one of the vocabulary's whole words."""
    return _vocabulary().get(word, 0) >= _FIRST_WORD


@lru_cache(maxsize=50_000)
def information(stem: str) -> float:
    """Return what a stem tells, in nats, by the rank of the commonest word that it stems from."""
    words = [stem + ending for ending in _ENDINGS]
    if stem.endswith("i"):
        words.append(stem[:-1] + "y")
    ids = [_vocabulary().get(word, 0) for word in words]
    rank = min((number - _FIRST_WORD for number in ids if number >= _FIRST_WORD), default=_UNLISTED_RANK)
    return math.log(rank + _SMOOTHING)
