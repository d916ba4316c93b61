"""The models that match posts, as one: they are trained, calibrated and exchanged together."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from bot.matching.calibration import Calibration
from bot.matching.encoder import Encoder, OnnxEncoder
from bot.matching.language import ENGLISH
from bot.matching.models import CALIBRATION, ENCODER, RELATION
from bot.matching.relation import OnnxRelation, RelationModel


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSet:
    """The encoder, the relation model, the calibration of what they say, and the languages that they cover."""

    encoder: Encoder
    relation: RelationModel
    calibration: Calibration
    languages: AbstractSet[str] = ENGLISH

    def calibrated(self) -> bool:
        """Tell whether the calibration was fitted with these very models."""
        return self.calibration.fitted_for(self.encoder.name, self.relation.name)


def load_models(
    encoder: Path = ENCODER,
    relation: Path = RELATION,
    calibration: Path = CALIBRATION,
    *,
    languages: AbstractSet[str] = ENGLISH,
) -> ModelSet:
    """Load models from their folders; the shipped ones where none is named. Takes a quarter of a second.

    Raises:
        ModelError: A file is missing or damaged.
    """
    return ModelSet(
        encoder=OnnxEncoder(encoder),
        relation=OnnxRelation(relation),
        calibration=Calibration.load(calibration),
        languages=languages,
    )
