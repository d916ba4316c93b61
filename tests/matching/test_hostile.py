"""No post may keep the matcher busy, end to end: hostile texts take no longer than words, and longer ones no longer."""

from __future__ import annotations

import time

import pytest

from benchmarks.hostile import hostile_texts
from bot.domain.fact import Fact
from bot.domain.post import Post
from bot.matching.matcher import HybridMatcher
from bot.matching.normalise import MAX_CHARACTERS

TRIES = 4
"""Of which one must be fast enough: the machine may have been busy with something else."""
BOUND = 4
"""How many times as long as claims of the same length a hostile text may take. None takes longer than they do."""
FLAT = 3
"""How many times as long a text may take that is a hundred times as long. It is cut, so it takes as long."""
SLACK = 0.1
"""Of what claims of the longest length take: texts that nothing matches take too little to be compared."""

KINDS = list(hostile_texts("NATO", 1))


def _seconds(matcher: HybridMatcher, text: str) -> float:
    start = time.process_time()
    matcher.match(Post(text))
    return time.process_time() - start


def _takes_less(matcher: HybridMatcher, text: str, seconds: float) -> bool:
    return any(_seconds(matcher, text) < seconds for _ in range(TRIES))


@pytest.fixture(scope="module")
def claims_seconds(core_matcher: HybridMatcher, core: list[Fact]) -> float:
    """What claims take, strung together to the longest length: ordinary words that need every step of matching."""
    text = " ".join(fact.claim for fact in core)[:MAX_CHARACTERS]
    assert len(text) == MAX_CHARACTERS
    return min(_seconds(core_matcher, text) for _ in range(TRIES))


@pytest.mark.parametrize("place", ["alone", "after a claim"])
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_texts_take_no_longer_than_claims(
    core_matcher: HybridMatcher, core: list[Fact], claims_seconds: float, kind: str, place: str
) -> None:
    """Alone, and after a claim, so that every step of matching sees them."""
    claim = core[0].claim
    before = f"{claim}\n" if place == "after a claim" else ""
    short = before + hostile_texts(claim, MAX_CHARACTERS - len(before))[kind]
    long = before + hostile_texts(claim, MAX_CHARACTERS * 100 - len(before))[kind]
    assert _takes_less(core_matcher, short, BOUND * claims_seconds)
    own = min(_seconds(core_matcher, short) for _ in range(TRIES))
    assert _takes_less(core_matcher, long, FLAT * own + SLACK * claims_seconds)
