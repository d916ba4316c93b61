"""What was trained or exported, as files; each with a model card (see the README beside them)."""

from pathlib import Path

HERE = Path(__file__).resolve().parent
ENCODER = HERE / "encoder"
RELATION = HERE / "relation"
CALIBRATION = HERE / "calibration.json"
BACKGROUND = HERE / "background.json"
