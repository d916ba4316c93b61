"""An operator's own encoder: another model, another vocabulary, other dimensions, the same matcher."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from bot.domain.fact import Fact
from bot.domain.post import Post
from bot.matching.encoder import OnnxEncoder
from bot.matching.matcher import build_matcher
from bot.matching.models import ENCODER
from bot.matching.vectors import missing
from tests.matching.onnx_file import WORDS, write_encoder


@pytest.fixture
def tiny(tmp_path: Path) -> OnnxEncoder:
    """A model of four words in three dimensions, which wants no attention mask and no token types."""
    write_encoder(tmp_path)
    return OnnxEncoder(tmp_path)


def test_its_vectors_are_masked_means(tiny: OnnxEncoder) -> None:
    """Padding beside a longer text counts for nothing."""
    half = math.sqrt(0.5)
    vectors = tiny.encode(["Moon moon cheese cheese", "moon", "cheese"])
    assert vectors == pytest.approx(np.array([[half, half, 0], [1, 0, 0], [0, 1, 0]]), abs=1e-6)


def test_its_name_changes_with_its_weights(tiny: OnnxEncoder, tmp_path: Path) -> None:
    """Vectors of one model are never compared with those of another."""
    model = tmp_path / "model.onnx"
    changed = model.read_bytes().replace(b"\x00\x00\x10\x41" * len(WORDS["[PAD]"]), b"\x00\x00\x20\x41" * 3)
    assert changed != model.read_bytes()
    model.write_bytes(changed)
    assert len({OnnxEncoder(tmp_path).name, tiny.name, OnnxEncoder(ENCODER).name}) == 3


def test_it_matches(tiny: OnnxEncoder, fact: Fact) -> None:
    """The whole way from a post to a match works on it."""
    matcher = build_matcher([fact], missing([fact], {}, tiny), tiny)
    result = matcher.match(Post("They say: the moon is made of cheese, a big cheese is what the moon is."))
    assert all(0 <= match.confidence <= 1 for match in result.matches)


def test_a_text_without_a_known_word_is_no_error(tiny: OnnxEncoder) -> None:
    """It gets the vector of unknown words."""
    assert tiny.encode(["zebra"]) == pytest.approx(np.array([[0, 0, 1]]))
