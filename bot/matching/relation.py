"""A relation model in ONNX (a cross-encoder, Hugging Face layout): how a post stands to a claim."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from bot.matching.onnx import PROBE, Floats, OnnxModel

CLASSES = ("repeats", "denies", "asks", "truth", "other")
"""What the relation model tells apart. ``other`` is a mention, a near miss or something unrelated."""

MAX_TOKENS = 128
"""Tokens of a post and a claim together; of what is longer, the longer one's end is cut."""

_BATCH = 16
_ROWS = 2
"""Dimensions of an output that holds one row of scores a pair."""
_ALSO_CALLED = {"entailment": "repeats", "contradiction": "denies", "neutral": "other", "not_entailment": "other"}
"""What models trained on natural language inference call the classes."""


class RelationModel(Protocol):
    """Anything that tells how posts stand to claims."""

    @property
    def name(self) -> str:
        """A name that changes whenever the probabilities would."""
        ...

    def relate(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """Return the probability of each of ``CLASSES`` for pairs of (post, claim), shape (pairs, 5), float32."""
        ...


class OnnxRelation:
    """Runs a model folder. ``config.json`` names the classes, ours or those of natural language inference.

    A model with a single output is a reranker: its sigmoid is the probability of ``repeats``, the rest is ``other``.
    """

    def __init__(self, folder: Path) -> None:
        """Load the model and run it once.

        Raises:
            ModelError: A file is missing or damaged, the classes are of another kind, or it doesn't run.
        """
        self._model = OnnxModel(
            folder, what="relation model", setting="FOOTNOTE_RELATION", max_tokens=MAX_TOKENS, outputs=("logits",)
        )
        self.name = self._model.name
        self._places = self._find_places()

    def relate(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """Return the probability of each of ``CLASSES`` for pairs of (post, claim), shape (pairs, 5), float32."""
        # Pairs of like length share a batch, so that padding costs little.
        order = sorted(range(len(pairs)), key=lambda i: len(pairs[i][0]) + len(pairs[i][1]))
        found = np.zeros((len(pairs), len(CLASSES)), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            logits, _ = self._model.run([pairs[i] for i in rows])
            found[rows] = self._probabilities(logits)
        return found

    def _find_places(self) -> Floats:
        """Return for each output of the model, in rows, the place of its class in ``CLASSES``."""
        logits, _ = self._model.run([(text, text) for text in PROBE])
        if logits.ndim != _ROWS or len(logits) != len(PROBE) or not np.isfinite(logits).all():
            raise self._model.refusal("gives no scores for a pair of texts")
        count = logits.shape[1]
        names = ["repeats"] if count == 1 else _names(self._model.config.get("id2label"))
        if len(names) != count or not set(names) <= set(CLASSES):
            raise self._model.refusal(
                f"names other classes in its config.json than {', '.join(CLASSES)}, or those of natural language "
                "inference"
            )
        return np.array([[name == one for one in CLASSES] for name in names], dtype=np.float32)

    def _probabilities(self, logits: Floats) -> Floats:
        if logits.shape[1] == 1:
            spread = np.zeros((len(logits), len(CLASSES)), dtype=np.float32)
            spread[:, 0] = 1 / (1 + np.exp(-np.clip(logits[:, 0], -30, 30)))
            spread[:, -1] = 1 - spread[:, 0]
            return spread
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        placed: Floats = (powers / powers.sum(axis=1, keepdims=True)) @ self._places
        return placed


def _names(labels: object) -> list[str]:
    """Return the classes of a model's outputs in order, in our words where there is one; none where it names none."""
    try:
        by_number = {int(number): str(name).lower() for number, name in dict(labels or {}).items()}  # type: ignore[call-overload]
    except (TypeError, ValueError):
        return []
    return [_ALSO_CALLED.get(by_number[number], by_number[number]) for number in sorted(by_number)]
