"""From features to a probability: a logistic regression, as plain numbers in a file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from bot.domain.errors import ModelError
from bot.matching.model_files import name_of, same_model
from bot.matching.models import ENCODER, RELATION

CEILING = 0.99
"""No measured likeness is certainty: the best bin of the reliability table is right 93 times in 100."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights by feature name, over standardised features, with the threshold that the wanted precision asks for.

    ``models`` names the models that made the features, by what each does; None stands for the shipped ones.
    """

    version: str
    intercept: float
    weights: Mapping[str, float]
    means: Mapping[str, float]
    scales: Mapping[str, float]
    threshold: float
    models: Mapping[str, str] | None = None

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the file that ``training/fit_calibration.py`` writes.

        Raises:
            ModelError: The file is missing or malformed.
        """
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            calibration = cls(
                version=str(data["version"]),
                intercept=float(data["intercept"]),
                weights={name: float(row["weight"]) for name, row in data["features"].items()},
                means={name: float(row["mean"]) for name, row in data["features"].items()},
                scales={name: float(row["scale"]) for name, row in data["features"].items()},
                threshold=float(data["threshold"]),
                models=_models(data.get("models")),
            )
            calibration._check()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(
                f"The calibration in {path} can't be read; reinstall Footnote or correct FOOTNOTE_CALIBRATION."
            ) from error
        return calibration

    def _check(self) -> None:
        numbers = (self.intercept, *self.weights.values(), *self.means.values(), *self.scales.values())
        if not all(map(math.isfinite, numbers)) or min(self.scales.values(), default=1.0) <= 0:
            raise ValueError("a number is not finite, or a scale not positive")
        if not 0 < self.threshold <= 1:
            raise ValueError("the threshold is not a probability")

    def fitted_for(self, encoder: str, relation: str) -> bool:
        """Tell whether this was fitted with these very models; any doubt means that it was not.

        Args:
            encoder: The name of the loaded encoder.
            relation: That of the loaded relation model.
        """
        fitted = _shipped() if self.models is None else self.models
        used = models_entry(encoder, relation)
        return fitted.keys() == used.keys() and all(same_model(fitted[what], used[what]) for what in used)

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the probability, 0 to ``CEILING``, that a post with these features repeats the claim."""
        total = self.intercept + sum(
            weight * (features[name] - self.means[name]) / self.scales[name] for name, weight in self.weights.items()
        )
        # In this order of the arguments NaN, which a broken encoder gives, ends at the lower bound: no confidence.
        return min(1 / (1 + math.exp(-max(-30.0, min(total, 30.0)))), CEILING)


def models_entry(encoder: str, relation: str) -> dict[str, str]:
    """Return what a calibration file says under ``models``, of the names of the loaded models."""
    return {"encoder": encoder, "relation": relation}


def _models(data: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if data is None else {str(what): str(name) for what, name in data.items()}


@cache
def _shipped() -> dict[str, str]:
    """Return the names of the shipped models."""
    return models_entry(name_of(ENCODER), name_of(RELATION))
