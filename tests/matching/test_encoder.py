from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from bot.domain.errors import ModelError
from bot.domain.fact import Fact
from bot.matching.encoder import Encoder, OnnxEncoder, golden_cosine
from bot.matching.models import BACKGROUND, CALIBRATION, ENCODER, HERE, RELATION
from bot.matching.vectors import key, missing, stacked, texts_of

TEXTS = ["NATO was founded in 1949.", "", "🎉", "x" * 3000, "the Warsaw Pact " * 100, "НАТО основано в 1949 году"]


def test_the_model_gives_what_it_gave_when_it_was_exported(encoder: Encoder) -> None:
    """Another build of the runtime must not move the vectors by more than rounding."""
    assert golden_cosine(encoder, ENCODER) > 0.98


def test_the_golden_test_can_fail(encoder: Encoder, tmp_path: Path) -> None:
    """Vectors of other texts are far from the recorded ones."""
    golden = (ENCODER / "golden.json").read_text(encoding="utf-8")
    (tmp_path / "golden.json").write_text(re.sub(r'"text": "[^"]+"', '"text": "a bowl of soup"', golden))
    assert golden_cosine(encoder, tmp_path) < 0.5


def test_vectors_have_unit_length(encoder: Encoder) -> None:
    """Of any text, an empty one and one that is far too long among them."""
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_a_batch_gives_what_single_texts_give(encoder: Encoder, core: list[Fact]) -> None:
    """In the order of the texts. The int8 weights make vectors depend a little on what shares the batch."""
    texts = [*(fact.claim for fact in core), *TEXTS]
    batch = encoder.encode(texts)
    single = np.vstack([encoder.encode([text]) for text in texts])
    cosines = (batch * single).sum(axis=1)
    assert cosines.min() > 0.95
    assert np.median(cosines) > 0.98


def test_no_text_gives_no_vector(encoder: Encoder) -> None:
    """There is nothing to run the model on."""
    assert len(encoder.encode([])) == 0


def test_likeness_of_meaning_is_seen(encoder: Encoder) -> None:
    """A rewording is closer than another topic with the same words in it."""
    claim, rewording, other = encoder.encode(
        [
            "NATO should have been disbanded.",
            "They ought to have wound up the alliance.",
            "My dog should have been fed.",
        ]
    )
    assert claim @ rewording > claim @ other + 0.2


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(name: str, tmp_path: Path) -> None:
    """The sentence says which file, and what to do."""
    shutil.copytree(ENCODER, tmp_path / "encoder")
    (tmp_path / "encoder" / name).unlink()
    with pytest.raises(ModelError, match=rf"lacks .*{re.escape(name)}; reinstall Footnote or set FOOTNOTE_ENCODER"):
        OnnxEncoder(tmp_path / "encoder")


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
@pytest.mark.parametrize("content", [b"", b"{}", b"\x00\xff" * 50, None], ids=["empty", "json", "noise", "half"])
def test_a_damaged_file_is_one_sentence(name: str, content: bytes | None, tmp_path: Path) -> None:
    """A broken download is told in words, not in a traceback of the runtime."""
    for file in ("model.onnx", "tokenizer.json"):
        shutil.copy(ENCODER / file, tmp_path / file)
    damaged = tmp_path / name
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[: len(whole) // 2] if content is None else content)
    with pytest.raises(ModelError, match=r"can't be loaded; its files are damaged or of another kind\.$"):
        OnnxEncoder(tmp_path)


@pytest.mark.parametrize(
    "path",
    [
        *(ENCODER / "model.onnx", ENCODER / "tokenizer.json"),
        *(RELATION / "model.onnx", RELATION / "tokenizer.json", RELATION / "config.json"),
        *(CALIBRATION, BACKGROUND),
    ],
    ids=lambda path: path.relative_to(HERE).as_posix(),
)
def test_the_shipped_models_are_what_their_card_says(path: Path) -> None:
    """Nobody changes a model without changing its card."""
    card = (HERE / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([^`]+)` \| `([0-9a-f]{64})` \|$", card, re.MULTILINE))
    assert rows[path.relative_to(HERE).as_posix()] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_only_missing_vectors_are_computed(encoder: Encoder, fact: Fact) -> None:
    """A start with a full store runs no model; a new wording costs one run."""
    first = missing([fact], {}, encoder)
    assert first.keys() == {key(text) for text in texts_of(fact)}
    assert missing([fact], first, encoder) == {}
    del first[key(fact.claim)]
    assert missing([fact], first, encoder).keys() == {key(fact.claim)}


def test_stored_vectors_come_back_as_they_were(encoder: Encoder, fact: Fact) -> None:
    """Half the size on disk, and cosines alike to a thousandth."""
    texts = texts_of(fact)
    vectors = stacked(texts, missing([fact], {}, encoder))
    assert (vectors * encoder.encode(texts)).sum(axis=1) == pytest.approx(1.0, abs=1e-3)


def test_a_vector_is_kept_by_what_its_text_says() -> None:
    """Spelling variants that matching sees as one share a vector."""
    assert key("“NATO”\u200b was") == key(' "NATO" was ')
    assert key("NATO was") != key("NATO is")
