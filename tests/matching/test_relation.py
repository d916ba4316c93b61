"""The shipped relation model gives what it gave when it was exported, and tells the relations apart."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bot.matching.models import RELATION
from bot.matching.relation import CLASSES, OnnxRelation

CLAIM = "The Earth is flat."


@pytest.fixture(scope="module")
def relation() -> OnnxRelation:
    """The shipped model."""
    return OnnxRelation(RELATION)


def test_the_model_gives_what_it_gave_when_it_was_exported(relation: OnnxRelation) -> None:
    """Within what int8 arithmetic moves."""
    rows = json.loads((RELATION / "golden.json").read_text(encoding="utf-8"))
    expected = np.array([row["probabilities"] for row in rows])
    found = relation.relate([(row["post"], row["claim"]) for row in rows])
    assert np.abs(found - expected).max() < 0.15
    assert (found.argmax(axis=1) == expected.argmax(axis=1)).all()


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ("the earth is flat, open your eyes people", "repeats"),
        ("no, the earth is not flat", "denies"),
        ("is the earth flat?", "asks"),
        ("the dough has to be flat before you fold it", "other"),
    ],
)
def test_it_tells_relations_apart(relation: OnnxRelation, post: str, expected: str) -> None:
    """On a claim of which it has seen no post of this kind in this file."""
    assert CLASSES[int(relation.relate([(post, CLAIM)])[0].argmax())] == expected


def test_probabilities_add_up(relation: OnnxRelation) -> None:
    """One row a pair, in the order of the pairs, whatever shares their batch."""
    pairs = [(f"number {n} " * (n % 7 + 1), CLAIM) for n in range(40)]
    found = relation.relate(pairs)
    assert found.shape == (40, len(CLASSES))
    assert found.sum(axis=1) == pytest.approx(1.0, abs=1e-4)
    assert np.abs(found[5] - relation.relate([pairs[5]])[0]).max() < 0.2


def test_no_pair_gives_no_row(relation: OnnxRelation) -> None:
    """There is nothing to run the model on."""
    assert relation.relate([]).shape == (0, len(CLASSES))
