from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import ModelError
from bot.matching.calibration import Calibration, models_entry
from bot.matching.model_files import name_of
from bot.matching.models import CALIBRATION, ENCODER, RELATION

SHIPPED: dict[str, Any] = json.loads(CALIBRATION.read_text(encoding="utf-8"))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e6, max_value=1e6)


def _malformed() -> dict[str, str]:
    """Return files that are no calibration, by what is wrong with them."""

    def but(**over: Any) -> str:
        return json.dumps({**SHIPPED, **over})

    def feature(name: str, value: Any) -> str:
        data = copy.deepcopy(SHIPPED)
        data["features"]["cosine"][name] = value
        return json.dumps(data)

    needed = SHIPPED.keys() - {"models"}
    texts = {f"without {name}": json.dumps({k: v for k, v in SHIPPED.items() if k != name}) for name in sorted(needed)}
    return {
        **texts,
        "empty": "",
        "cut": json.dumps(SHIPPED)[:-20],
        "a list": "[]",
        "null": "null",
        "features as a list": but(features=[]),
        "features as numbers": but(features={"cosine": 1.0}),
        "a word as weight": feature("weight", "heavy"),
        "null as mean": feature("mean", None),
        "models as a list": but(models=["encoder-0"]),
        "zero as scale": feature("scale", 0),
        "negative scale": feature("scale", -1),
        "infinite weight": feature("weight", math.inf),
        "NaN as mean": feature("mean", math.nan),
        "NaN as intercept": but(intercept=math.nan),
        "threshold above one": but(threshold=1.2),
        "threshold of zero": but(threshold=0),
        "NaN as threshold": but(threshold=math.nan),
    }


@pytest.mark.parametrize(("text"), _malformed().values(), ids=_malformed().keys())
def test_a_malformed_file_is_one_sentence(text: str, tmp_path: Path) -> None:
    """It is found at the start, not at the first post."""
    path = tmp_path / "calibration.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(
        ModelError, match=r"calibration\.json can't be read; reinstall Footnote or correct FOOTNOTE_CALIBRATION\.$"
    ):
        Calibration.load(path)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"], ids=["missing", "not UTF-8"])
def test_an_unreadable_file_is_one_sentence(content: bytes | None, tmp_path: Path) -> None:
    """So are a missing file and one that isn't text."""
    path = tmp_path / "calibration.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match="can't be read"):
        Calibration.load(path)


def test_the_shipped_file_can_be_read() -> None:
    """With a threshold that doubts more than it trusts."""
    calibration = Calibration.load(CALIBRATION)
    assert calibration.version == SHIPPED["version"]
    assert 0.5 < calibration.threshold < 1


def test_it_knows_the_models_that_it_was_fitted_with(tmp_path: Path) -> None:
    """By the hash of their graphs, in whatever folder they lie; one model more, less or other is not the same."""
    models = models_entry("encoder-0123", "relation-4567")
    (tmp_path / "calibration.json").write_text(json.dumps({**SHIPPED, "models": models}), encoding="utf-8")
    calibration = Calibration.load(tmp_path / "calibration.json")
    assert calibration.models == models
    assert calibration.fitted_for("encoder-0123", "relation-4567")
    assert calibration.fitted_for("somebody--e5-0123", "relation-4567")
    assert not calibration.fitted_for("encoder-0124", "relation-4567")
    assert not calibration.fitted_for("encoder-0123", "relation-4568")


def test_without_names_it_was_fitted_with_the_shipped_models() -> None:
    """All of those that are there, and no other."""
    calibration = _calibration()
    shipped = name_of(RELATION)
    assert calibration.models is None
    assert calibration.fitted_for(name_of(ENCODER), shipped)
    assert not calibration.fitted_for(name_of(ENCODER), "relation-other")
    assert not calibration.fitted_for("encoder-other", shipped)


def _calibration(weight: float = 1.0) -> Calibration:
    return Calibration("test/1", -1.0, {"a": weight, "b": -2.0}, {"a": 0.5, "b": 0.0}, {"a": 0.25, "b": 1.0}, 0.7)


def test_probability_by_hand() -> None:
    """Intercept -1, plus (0.75 - 0.5) / 0.25, minus twice 0.5: the logistic of -1."""
    assert _calibration().probability({"a": 0.75, "b": 0.5}) == pytest.approx(1 / (1 + math.e))


@given(NUMBERS, NUMBERS)
def test_a_probability_lies_between_nothing_and_certainty(a: float, b: float) -> None:
    """However wild the features."""
    assert 0 < _calibration().probability({"a": a, "b": b}) < 1


@given(NUMBERS, NUMBERS, NUMBERS, st.floats(min_value=0.001, max_value=100))
def test_more_of_what_speaks_for_it_is_never_less_probable(one: float, other: float, b: float, weight: float) -> None:
    """Probability rises with a feature of positive weight, and falls with one of negative weight."""
    low, high = sorted((one, other))
    calibration = _calibration(weight)
    assert calibration.probability({"a": low, "b": b}) <= calibration.probability({"a": high, "b": b})
    assert calibration.probability({"a": b, "b": low}) >= calibration.probability({"a": b, "b": high})


def test_a_feature_that_is_no_number_gives_no_confidence() -> None:
    """An encoder that is broken must not make every post look certain."""
    assert _calibration().probability({"a": math.nan, "b": 0.0}) < 1e-6
