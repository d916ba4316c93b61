"""A sentence encoder in ONNX (Hugging Face layout): text in, unit vectors out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from bot.matching.onnx import PROBE, Floats, OnnxModel
from bot.matching.recipe import Recipe, UnknownStep, read_recipe

Vectors = Floats

_MAX_TOKENS = 128
"""Claims are sentences; what comes after 128 tokens of one adds time and no precision."""
_BATCH = 32
_OUTPUTS = ("sentence_embedding", "last_hidden_state", "token_embeddings")
_POOLED = 2
"""Dimensions of an output that holds one vector a text."""


class Encoder(Protocol):
    """Anything that turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """A name that changes whenever the vectors would."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, shape (texts, dimensions), float32."""
        ...


class OnnxEncoder:
    """Runs a model folder: token states pooled as its files say (see ``recipe``), or the vectors that the graph gives.

    The latter are taken where an output is called ``sentence_embedding`` or has one row a text.
    """

    def __init__(self, folder: Path) -> None:
        """Load the model and run it once.

        Raises:
            ModelError: A file is missing or damaged, the model wants a step that is not followed, or it doesn't run.
        """
        self._model = OnnxModel(
            folder, what="encoder", setting="FOOTNOTE_ENCODER", max_tokens=_MAX_TOKENS, outputs=_OUTPUTS
        )
        self.name = self._model.name
        if self._model.output == "logits":
            raise self._model.refusal("gives scores, not vectors, as a cross-encoder does")
        states, mask = self._model.run(PROBE)
        if states.ndim not in {_POOLED, _POOLED + 1} or len(states) != len(PROBE):
            raise self._model.refusal("gives neither a vector a text nor a vector a token")
        self._recipe = self._read_recipe(pooled=states.ndim == _POOLED)
        if not np.isfinite(self._pool(states, mask)).all():
            raise self._model.refusal("gives vectors that are not numbers")

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, shape (texts, dimensions), float32."""
        # Texts of like length share a batch, so that padding costs little.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        parts = [
            self._batch([texts[i] for i in order[start : start + _BATCH]]) for start in range(0, len(order), _BATCH)
        ]
        if not parts:
            return np.zeros((0, 0), dtype=np.float32)
        stacked = np.concatenate(parts)
        vectors = np.empty_like(stacked)
        vectors[order] = stacked
        return vectors

    def _read_recipe(self, *, pooled: bool) -> Recipe:
        try:
            return read_recipe(self._model.folder, pooled=pooled)
        except UnknownStep as error:
            raise self._model.refusal(str(error)) from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._model.refusal("has a malformed JSON file beside its graph") from error

    def _batch(self, texts: Sequence[str]) -> Vectors:
        return self._pool(*self._model.run([self._recipe.prompt + text for text in texts]))

    def _pool(self, states: Floats, mask: Floats) -> Vectors:
        """Return unit vectors of the graph's output and the attention mask."""
        if states.ndim == _POOLED:
            vectors = states
        elif self._recipe.first:
            vectors = states[:, 0]
        else:
            weights = mask[:, :, None]
            vectors = (states * weights).sum(axis=1) / weights.sum(axis=1)
        unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        return unit


def golden_cosine(encoder: Encoder, folder: Path) -> float:
    """Return the lowest cosine of the encoder's vectors to those recorded when the model was exported."""
    rows = json.loads((folder / "golden.json").read_text(encoding="utf-8"))
    expected = np.array([row["vector"] for row in rows], dtype=np.float32)
    return float((encoder.encode([row["text"] for row in rows]) * expected).sum(axis=1).min())
