"""A sentence encoder in ONNX (Hugging Face layout): text in, unit vectors out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from bot.matching.onnx import Floats, OnnxModel

Vectors = Floats

_MAX_TOKENS = 128
"""Claims are sentences; what comes after 128 tokens of one adds time and no precision."""
_BATCH = 32


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
    """Runs a model folder; a text's vector is the masked mean of its token states, or the first one's state.

    Which of the two, says ``1_Pooling/config.json``, as sentence-transformers writes it; without it, it is the mean.
    """

    def __init__(self, folder: Path) -> None:
        """Load the model.

        Raises:
            ModelError: A file is missing or damaged.
        """
        self._model = OnnxModel(folder, what="encoder", setting="FOOTNOTE_ENCODER", max_tokens=_MAX_TOKENS)
        self._first = bool(self._model.pooling.get("pooling_mode_cls_token"))
        self.name = self._model.name

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

    def _batch(self, texts: Sequence[str]) -> Vectors:
        states, mask = self._model.run(texts)
        weights = mask[:, :, None]
        means = states[:, 0] if self._first else (states * weights).sum(axis=1) / weights.sum(axis=1)
        unit: Vectors = (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)
        return unit


def golden_cosine(encoder: Encoder, folder: Path) -> float:
    """Return the lowest cosine of the encoder's vectors to those recorded when the model was exported."""
    rows = json.loads((folder / "golden.json").read_text(encoding="utf-8"))
    expected = np.array([row["vector"] for row in rows], dtype=np.float32)
    return float((encoder.encode([row["text"] for row in rows]) * expected).sum(axis=1).min())
