"""A relation model in ONNX (a cross-encoder, Hugging Face layout): how a post stands to a claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from bot.domain.errors import ModelError
from bot.matching.onnx import Floats, OnnxModel

CLASSES = ("repeats", "denies", "asks", "truth", "other")
"""What the relation model tells apart. ``other`` is a mention, a near miss or something unrelated."""

MAX_TOKENS = 128
"""Tokens of a post and a claim together; of what is longer, the longer one's end is cut."""

_BATCH = 16
_ALSO_CALLED = {"entailment": "repeats", "contradiction": "denies", "neutral": "other"}
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
        """Load the model.

        Raises:
            ModelError: A file is missing or damaged, or the classes are of another kind.
        """
        self._model = OnnxModel(folder, what="relation model", setting="FOOTNOTE_RELATION", max_tokens=MAX_TOKENS)
        self._columns = _columns(self._model.config.get("id2label", {}))
        if self._columns is None:
            raise ModelError(
                f"The relation model in {folder} names other classes than {', '.join(CLASSES)} or those of natural "
                "language inference in its config.json; set FOOTNOTE_RELATION to one that does."
            )
        self.name = self._model.name

    def relate(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """Return the probability of each of ``CLASSES`` for pairs of (post, claim), shape (pairs, 5), float32."""
        # Pairs of like length share a batch, so that padding costs little.
        order = sorted(range(len(pairs)), key=lambda i: len(pairs[i][0]) + len(pairs[i][1]))
        found = np.zeros((len(pairs), len(CLASSES)), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            logits, _ = self._model.run([pairs[i] for i in rows])
            found[rows] = self._probabilities(logits.astype(np.float32))
        return found

    def _probabilities(self, logits: Floats) -> Floats:
        assert self._columns is not None
        spread = np.zeros((len(logits), len(CLASSES)), dtype=np.float32)
        if logits.shape[1] == 1:
            spread[:, 0] = 1 / (1 + np.exp(-np.clip(logits[:, 0], -30, 30)))
            spread[:, -1] = 1 - spread[:, 0]
            return spread
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        spread[:, self._columns] = powers / powers.sum(axis=1, keepdims=True)
        return spread


def _columns(labels: Mapping[str, str]) -> list[int] | None:
    """Return for each output of a model the place of its class in ``CLASSES``, or None where one has none."""
    names = [str(labels[key]).lower() for key in sorted(labels, key=int)]
    places = [_ALSO_CALLED.get(name, name) for name in names]
    if len(names) == 1:
        return [0]
    return [CLASSES.index(name) for name in places] if names and set(places) <= set(CLASSES) else None
