"""A sentence encoder in ONNX (Hugging Face layout): text in, unit vectors out. No network, no torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from bot.domain.errors import ModelError

Vectors = npt.NDArray[np.float32]

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
    """Runs ``model.onnx`` with ``tokenizer.json`` from a folder; sentence vectors are masked means of token states."""

    def __init__(self, folder: Path) -> None:
        """Load the model.

        Raises:
            ModelError: A file is missing or damaged.
        """
        model, tokenizer = folder / "model.onnx", folder / "tokenizer.json"
        for path in (model, tokenizer):
            if not path.is_file():
                raise ModelError(
                    f"The encoder lacks {path}; reinstall Footnote or set FOOTNOTE_ENCODER to a model folder."
                )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # one post at a time on its own thread: more would only fight
        options.log_severity_level = 3
        try:
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
            self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise ModelError(
                f"The encoder in {folder} can't be loaded; its files are damaged or of another kind."
            ) from error
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokenizer.enable_padding()
        self._inputs = {node.name for node in self._session.get_inputs()}
        self.name = f"{folder.name}-{hashlib.sha256(model.read_bytes()).hexdigest()[:16]}"

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
        encoded = self._tokenizer.encode_batch(list(texts))
        mask = np.array([row.attention_mask for row in encoded], dtype=np.int64)
        feed = {
            "input_ids": np.array([row.ids for row in encoded], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        states = self._session.run(None, {name: feed[name] for name in self._inputs})[0]
        weights = mask[:, :, None].astype(np.float32)
        means = (states * weights).sum(axis=1) / weights.sum(axis=1)
        unit: Vectors = (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)
        return unit


def golden_cosine(encoder: Encoder, folder: Path) -> float:
    """Return the lowest cosine of the encoder's vectors to those recorded when the model was exported."""
    rows = json.loads((folder / "golden.json").read_text(encoding="utf-8"))
    expected = np.array([row["vector"] for row in rows], dtype=np.float32)
    return float((encoder.encode([row["text"] for row in rows]) * expected).sum(axis=1).min())
