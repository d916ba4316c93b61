"""Ask the relation model how a post stands to its best candidates, and add what it says to their features."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.matching.features import Scored
from bot.matching.onnx import Floats
from bot.matching.relation import CLASSES, RelationModel
from bot.matching.spans import ASSERTED, Reading

RELATED = 3
MIN_COSINE = 0.35
BESIDE_THE_BEST = 0.1
"""Which candidates the relation model sees, which takes most of a match's time: those that come so near the best
cosine, if that is high enough. Of 617 labelled posts that repeat a claim, two had their fact elsewhere.
"""
LONGEST_POST = 90
"""Words of a post that are read as a whole; of a longer one the window stands for all of it."""

_FLOOR = 1e-3
"""The least probability that a logarithm is taken of: the model can't tell smaller ones apart."""


def relate(scored: Sequence[Scored], reading: Reading, model: RelationModel) -> list[Scored]:
    """Return the best candidates with the relation model's features added.

    The window stands for the claim's words, the whole post for what is said about them; the fact's true statement and
    its closest near miss are what the window may say instead.
    """
    best = _closest(scored)
    asked = [tuple(_pairs(one, reading)) for one in best]
    pairs = list(dict.fromkeys(pair for each in asked for pair in each))  # a post of one sentence is its own window
    answers = dict(zip(pairs, model.relate(pairs), strict=True))
    return [
        replace(one, features={**one.features, **_features([answers[pair] for pair in each])})
        for one, each in zip(best, asked, strict=True)
    ]


def _closest(scored: Sequence[Scored]) -> list[Scored]:
    cosines = [one.features["cosine"] for one in scored]
    least = max(max(cosines, default=0.0) - BESIDE_THE_BEST, MIN_COSINE)
    return [one for one, cosine in zip(scored, cosines, strict=True) if cosine >= least][:RELATED]


def names() -> tuple[str, ...]:
    """Return the names of the features that ``relate`` adds."""
    return tuple(_features([[0.2] * len(CLASSES)] * _ASKED))


_ASKED = 4


def _pairs(one: Scored, reading: Reading) -> Iterator[tuple[str, str]]:
    fact, window = one.indexed.fact, one.window
    wording = fact.wordings()[one.wording]
    whole = reading.text(*ASSERTED) if window.kind in ASSERTED else reading.text(window.kind)
    yield window.text, wording
    yield (whole if len(whole.split()) <= LONGEST_POST else window.text), wording
    yield window.text, fact.true_statement
    yield window.text, (fact.near_misses[one.near_miss].text if fact.near_misses else fact.true_statement)


def _features(answers: Sequence[Floats | Sequence[float]]) -> dict[str, float]:
    window, whole, truth, near = answers
    return {
        **{f"window_{name}": _log(p) for name, p in zip(CLASSES, window, strict=True)},
        **{f"post_{name}": _log(p) for name, p in zip(CLASSES, whole, strict=True)},
        "says_truth": float(truth[0]),
        "against_truth": float(truth[1] + truth[3]),
        "says_near_miss": float(near[0]),
    }


def _log(probability: float) -> float:
    return math.log(max(float(probability), _FLOOR))
