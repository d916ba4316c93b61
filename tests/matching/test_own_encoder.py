"""An operator's own encoder: another model, another vocabulary, other dimensions, the same matcher."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.domain.decision import Action, Decision
from bot.domain.fact import Fact
from bot.domain.policy import Mode, Policy
from bot.domain.post import Post
from bot.matching.calibration import Calibration, models_entry
from bot.matching.decide import decide
from bot.matching.encoder import OnnxEncoder
from bot.matching.matcher import HybridMatcher, build_matcher
from bot.matching.model_set import load_models
from bot.matching.models import CALIBRATION, ENCODER
from bot.matching.vectors import missing
from tests.builders import NOW, a_fact
from tests.matching.onnx_file import WORDS, write_encoder

BAKED = a_fact(claim="The moon is a cheese that Norwegian astronauts baked.", phrasings=(), near_misses=())
"""Its words say enough to be found by."""


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


def matcher_with(encoder: OnnxEncoder, **over: Any) -> HybridMatcher:
    """A matcher over the fact with the shipped models, but for the encoder and what else is given."""
    models = replace(load_models(), encoder=encoder, **over)
    return build_matcher([BAKED], missing([BAKED], {}, encoder), models)


def decide_on(fact: Fact, matcher: HybridMatcher) -> Decision:
    """Return what a server that answers by itself would do with a fact's very claim."""
    policy = Policy(1, mode=Mode.AUTO, approvals_needed=0)
    return decide(
        matcher.match(Post(fact.claim)), {fact.slug: fact}, policy=policy, today=NOW.date(), default_threshold=0.5
    )


def test_it_never_replies_alone_before_it_is_measured(tiny: OnnxEncoder) -> None:
    """The whole way from a post to a match works on it, and ends in the queue, even for the very claim."""
    decision = decide_on(BAKED, matcher_with(tiny))
    assert decision.action is Action.QUEUE
    assert "calibration: the confidence was not measured with these models" in decision.reasons


def test_with_a_calibration_of_its_own_it_replies(tiny: OnnxEncoder, tmp_path: Path) -> None:
    """A calibration that names the model lifts the gate."""
    calibration = tmp_path / "calibration.json"
    data = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    calibration.write_text(
        json.dumps({**data, "models": models_entry(tiny.name, load_models().relation.name)}), encoding="utf-8"
    )
    matcher = matcher_with(tiny, calibration=Calibration.load(calibration))
    assert decide_on(BAKED, matcher).action is Action.REPLY


@pytest.mark.parametrize("languages", [frozenset({"en"}), frozenset({"en", "nb"})], ids=["english", "both"])
def test_languages_that_the_models_cover_pass(languages: frozenset[str], tiny: OnnxEncoder) -> None:
    """A post in another one waits for a moderator."""
    matcher = matcher_with(tiny, languages=languages)
    [match] = matcher.match(Post(BAKED.claim, lang="nb")).matches
    assert ("language" in {gate.name for gate in match.failed_gates()}) == ("nb" not in languages)


def test_a_text_without_a_known_word_is_no_error(tiny: OnnxEncoder) -> None:
    """It gets the vector of unknown words."""
    assert tiny.encode(["zebra"]) == pytest.approx(np.array([[0, 0, 1]]))
