"""What the doctor looks at in the models: whether they load, whether they are measured, and what they cover."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.cli.finding import Finding, guarded
from bot.domain.errors import ModelError, SettingsError
from bot.settings import Settings

_LEAST_COSINE = 0.95
"""The 8-bit encoder agrees with the model it was made from to about .98; a damaged or wrong one is far below."""


async def examine_models(settings: Settings) -> list[Finding]:
    """Load the models in use and look at each, without downloading any."""
    from bot.models_hub import locate_models  # noqa: PLC0415 -- loads nothing unless it is asked

    try:
        folders = locate_models(settings, fetch=False)
    except (ModelError, SettingsError) as error:
        return [Finding("models", ok=False, detail=str(error), advice="Do what it says, then run the doctor again.")]
    findings = [await guarded("encoder", _encoder(folders.encoder))]
    findings.append(await guarded("relation model", _relation(folders.relation)))
    if all(finding.ok for finding in findings):
        findings.append(
            await guarded("calibration", _calibration(folders.calibration, folders.encoder, folders.relation))
        )
    findings.append(_languages(settings))
    return findings


async def _encoder(folder: Path) -> Finding:
    from bot.matching.encoder import OnnxEncoder, golden_cosine  # noqa: PLC0415 -- loads the model's libraries

    encoder = await asyncio.to_thread(OnnxEncoder, folder)
    if not (folder / "golden.json").is_file():
        return Finding("encoder", ok=True, detail=f"{encoder.name} loads; it has no golden.json to be held against")
    cosine = await asyncio.to_thread(golden_cosine, encoder, folder)
    detail = f"{encoder.name} loads; lowest cosine to its golden vectors {cosine:.3f}"
    if cosine < _LEAST_COSINE:
        advice = "The model is not what it was; install Footnote again."
        return Finding("encoder", ok=False, detail=detail, advice=advice)
    return Finding("encoder", ok=True, detail=detail)


async def _relation(folder: Path) -> Finding:
    from bot.matching.relation import OnnxRelation  # noqa: PLC0415 -- loads the model's libraries

    relation = await asyncio.to_thread(OnnxRelation, folder)
    return Finding("relation model", ok=True, detail=f"{relation.name} loads")


async def _calibration(path: Path, encoder: Path, relation: Path) -> Finding:
    from bot.matching.calibration import Calibration  # noqa: PLC0415 -- as above
    from bot.matching.model_files import name_of  # noqa: PLC0415

    calibration = Calibration.load(path)
    if calibration.fitted_for(name_of(encoder), name_of(relation)):
        return Finding("calibration", ok=True, detail=f"{calibration.version}, measured with these models")
    return Finding(
        "calibration",
        ok=False,
        detail=f"{calibration.version}, not measured with these models",
        advice="Until FOOTNOTE_CALIBRATION names a file that training/fit_calibration.py wrote for them, their matches "
        "only reach the queue.",
    )


def _languages(settings: Settings) -> Finding:
    covered = ", ".join(sorted(settings.languages))
    return Finding("languages", ok=True, detail=f"{covered}; posts in others only reach the queue")
