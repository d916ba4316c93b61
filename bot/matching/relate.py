"""Ask the relation model how a post stands to its best candidates, and add what it says to their features."""

from __future__ import annotations

import math
from collections.abc import Sequence
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
    """Return the best candidates with the relation model's features added: log-probabilities of each class.

    The post as a whole is held against the wording that it is closest to. Held against the claim as reviewed, the true
    statement or a near miss, or with the window alone, the model said nothing more (``training/ablation.py``).
    """
    best = _closest(scored)
    answers = model.relate([_pair(one, reading) for one in best])
    return [
        replace(one, features={**one.features, **_features(answer)}) for one, answer in zip(best, answers, strict=True)
    ]


def _closest(scored: Sequence[Scored]) -> list[Scored]:
    cosines = [one.features["cosine"] for one in scored]
    least = max(max(cosines, default=0.0) - BESIDE_THE_BEST, MIN_COSINE)
    return [one for one, cosine in zip(scored, cosines, strict=True) if cosine >= least][:RELATED]


def _pair(one: Scored, reading: Reading) -> tuple[str, str]:
    window = one.window
    whole = reading.text(*ASSERTED) if window.kind in ASSERTED else reading.text(window.kind)
    post = whole if len(whole.split()) <= LONGEST_POST else window.text
    return post, one.indexed.fact.wordings()[one.wording]


def _features(answer: Floats) -> dict[str, float]:
    return {f"post_{name}": math.log(max(float(p), _FLOOR)) for name, p in zip(CLASSES, answer, strict=True)}
