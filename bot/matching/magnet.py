"""Wordings that would attract what they have nothing to do with: those that say too little, or what everybody says.

The second is looked up in a background sample of ordinary chat that ships as counts: how many messages hold both words
of a pair, under the hash of the pair.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import combinations

from bot.matching.background import information
from bot.matching.models import BACKGROUND
from bot.matching.words import Words

MIN_SHARED_STEMS = 2
MIN_SHARED_INFORMATION = 13.0
"""Together the information floor, in nats (see ``background``): what one rare word or two common ones can't reach.

On the development posts it costs 1% of the repeats and spares 91% of ordinary chat the encoder.
"""
MIN_WORDS = 3
"""The least that asserts something: "bats are blind"."""
MAX_ATTRACTION = 60.0
"""Messages in 10,000 that may reach the floor with a wording; the wordings in this repository reach 54 at most."""


def informs(common: frozenset[str]) -> bool:
    """Tell whether stems that two texts share reach the information floor."""
    return len(common) >= MIN_SHARED_STEMS and sum(map(information, common)) >= MIN_SHARED_INFORMATION


def refusal(wording: Words) -> str | None:
    """Return why a wording can't be matched with, or None where it can."""
    if len(wording.content) < MIN_SHARED_STEMS:
        return f"it holds fewer than {MIN_SHARED_STEMS} words that say something"
    if not informs(wording.content):
        return "its words are too common to tell it from ordinary chat"
    if len(wording.raw) < MIN_WORDS:
        return f"it holds fewer than {MIN_WORDS} words, too few for a claim"
    return None


@lru_cache(maxsize=20_000)
def attraction(content: frozenset[str]) -> float:
    """Return how many of 10,000 ordinary messages would reach the floor with a wording by two of its words alone."""
    messages, pairs = _background()
    return 10_000 * sum(pairs.get(key, 0) for key in informative_pairs(content)) / messages


def informative_pairs(content: frozenset[str]) -> Iterator[str]:
    """Yield the hashes of the pairs of stems that reach the information floor together."""
    for pair in combinations(sorted(content), MIN_SHARED_STEMS):
        if informs(frozenset(pair)):
            yield hashlib.blake2s(" ".join(pair).encode(), digest_size=5).hexdigest()


@cache
def _background() -> tuple[int, dict[str, int]]:
    table = json.loads(BACKGROUND.read_text(encoding="utf-8"))
    return table["messages"], table["pairs"]
