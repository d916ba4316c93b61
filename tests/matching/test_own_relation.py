"""Cross-encoders as they are found in the world, through the real loading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.domain.errors import ModelError
from bot.matching.relation import CLASSES, OnnxRelation
from tests.matching.onnx_file import INT64, relation_graph, write_model

NONE = (0.0, 0.0, 0.0)
THREE = (NONE, (9.0, 0.0, 0.0), (0.0, 9.0, 0.0), (0.0, 0.0, 9.0))
"""A moon speaks for the first class, cheese for the second, other words for the third."""


def best(folder: Path, *texts: str) -> list[str]:
    """The most probable class of each text beside a claim without words of its own."""
    found = OnnxRelation(folder).relate([(text, "") for text in texts])
    assert found.shape == (len(texts), len(CLASSES))
    assert found.sum(axis=1) == pytest.approx(1.0)
    return [CLASSES[i] for i in found.argmax(axis=1)]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"0": "entailment", "1": "neutral", "2": "contradiction"}, ["repeats", "other", "denies"]),
        ({"0": "CONTRADICTION", "1": "ENTAILMENT", "2": "NEUTRAL"}, ["denies", "repeats", "other"]),
        ({"2": "truth", "0": "asks", "1": "repeats"}, ["asks", "repeats", "truth"]),
    ],
    ids=["mnli", "another-order", "ours"],
)
def test_classes_are_taken_by_name_in_any_order(labels: dict[str, str], expected: list[str], tmp_path: Path) -> None:
    """The numbers are strings, as JSON has them; names are compared without case."""
    write_model(tmp_path, relation_graph(THREE), config={"id2label": labels})
    assert best(tmp_path, "moon", "cheese", "zebra") == expected


def test_our_five_classes(tmp_path: Path) -> None:
    """The shipped kind of model, with attention mask and token types."""
    scores = np.eye(5, dtype=np.float32)[[4, 0, 1, 2]] * 9
    scores[0] = 0
    graph = relation_graph(scores.tolist(), input_ids=INT64, attention_mask=INT64, token_type_ids=INT64)
    write_model(tmp_path, graph, config={"id2label": {str(i): name for i, name in enumerate(CLASSES)}})
    assert best(tmp_path, "moon", "cheese", "zebra") == ["repeats", "denies", "asks"]


def test_classes_that_mean_the_same_are_added_up(tmp_path: Path) -> None:
    """A model of two classes, or one with two ways of saying no."""
    write_model(tmp_path, relation_graph(THREE), config={"id2label": {"0": "repeats", "1": "neutral", "2": "other"}})
    [row] = OnnxRelation(tmp_path).relate([("", "")])
    assert row == pytest.approx([1 / 3, 0, 0, 0, 2 / 3])


@pytest.mark.parametrize("config", [{}, {"id2label": {"0": "LABEL_0"}}, {"id2label": None}])
def test_one_score_is_a_reranker(config: dict[str, object], tmp_path: Path) -> None:
    """Its sigmoid is the probability of a repeat, whatever its label is called."""
    write_model(tmp_path, relation_graph(((0.0,), (2.0,), (-2.0,), (0.0,))), config=config)
    rows = OnnxRelation(tmp_path).relate([("moon", ""), ("cheese", ""), ("moon", "cheese")])
    assert rows[:, 0] == pytest.approx([0.8808, 0.1192, 0.5], abs=1e-4)
    assert rows[:, 4] == pytest.approx(1 - rows[:, 0])


def test_pairs_keep_their_order(tmp_path: Path) -> None:
    """Batches are sorted by length, answers are not."""
    write_model(tmp_path, relation_graph(THREE), config={"id2label": {"0": "repeats", "1": "denies", "2": "other"}})
    assert best(tmp_path, *["cheese " * 30, "moon"] * 20) == ["denies", "repeats"] * 20


@pytest.mark.parametrize(
    "labels",
    [
        {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"},
        {"0": "entailment", "1": "contradiction"},
        {"0": "toxic", "1": "entailment", "2": "neutral"},
        {"first": "entailment"},
        ["entailment", "neutral", "contradiction"],
        None,
    ],
    ids=["unnamed", "too-few", "unknown", "no-numbers", "a-list", "none"],
)
def test_other_classes_are_refused_in_one_sentence(labels: object, tmp_path: Path) -> None:
    """It says which ones are understood."""
    write_model(tmp_path, relation_graph(THREE), config={"id2label": labels})
    with pytest.raises(ModelError, match=r"names other classes .*repeats, denies, .*; set FOOTNOTE_RELATION to .*\.$"):
        OnnxRelation(tmp_path)


def test_an_encoder_in_its_place_is_refused(tmp_path: Path) -> None:
    """A model that doesn't run on a pair, or scores something else, is found while loading."""
    write_model(tmp_path, relation_graph(THREE[:2]), config={"id2label": {"0": "entailment"}})
    with pytest.raises(ModelError, match="fails to run"):
        OnnxRelation(tmp_path)


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    """With the setting that leads to another."""
    with pytest.raises(ModelError, match=r"relation model lacks .*model\.onnx; .* FOOTNOTE_RELATION"):
        OnnxRelation(tmp_path)
