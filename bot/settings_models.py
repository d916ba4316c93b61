"""The settings about models: how each is read. Every function raises ``SettingsError`` where a value is malformed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.domain.errors import SettingsError

_YES, _NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")
_HUB_NAME = re.compile(r"(?P<name>\w[\w.-]*/\w[\w.-]*)(?:@(?P<revision>\w[\w./-]*))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model on the Hugging Face hub, ``owner/name``, at a revision where one is named."""

    name: str
    revision: str | None = None

    def __str__(self) -> str:
        return self.name if self.revision is None else f"{self.name}@{self.revision}"


def read_model(name: str, given: Mapping[str, str]) -> Path | HubModel | None:
    """Return a model's folder, or its name on the hub; a folder that is there wins."""
    value = given.get(name)
    if value is None:
        return None
    path = as_path(name, value)
    if path.is_dir():
        return path
    if not path.exists() and (match := _HUB_NAME.fullmatch(value)):
        return HubModel(match["name"], match["revision"])
    raise SettingsError(
        f"{name} must be a folder with model.onnx and tokenizer.json, or a model on the Hugging Face hub as owner/name "
        f"or owner/name@revision; {value!r} is neither."
    )


def read_yes(name: str, value: str) -> bool:
    """Return whether a switch is on."""
    if value.lower() not in _YES + _NO:
        raise SettingsError(f"{name} must be yes or no; it is {value!r}.")
    return value.lower() in _YES


def read_calibration(value: str | None) -> Path | None:
    """Return the path of a calibration file."""
    if value is None:
        return None
    path = as_path("FOOTNOTE_CALIBRATION", value)
    if not path.is_file():
        raise SettingsError(
            f"FOOTNOTE_CALIBRATION must be a file that training/fit_calibration.py wrote; {path} is no file."
        )
    return path


def read_languages(value: str) -> frozenset[str]:
    """Return codes of languages, ISO 639-1."""
    codes = [code.strip().lower() for code in value.split(",")]
    if not all(re.fullmatch("[a-z]{2}", code) for code in codes):
        raise SettingsError(
            f"FOOTNOTE_LANGUAGES must be codes of two letters with commas between them, such as en,de; it is {value!r}."
        )
    return frozenset(codes)


def read_hub_token(value: str | None) -> str | None:
    """Return the access token of the hub."""
    if value is not None and not (value.isascii() and value.isprintable() and " " not in value):
        raise SettingsError(
            "HF_TOKEN must be an access token of the Hugging Face hub alone: one word of plain letters."
        )
    return value


def read_hub_endpoint(value: str | None) -> str | None:
    """Return the address of the hub."""
    if value is not None and not re.fullmatch(r"https?://[^\s/@]+(/[^\s@]*)?", value):
        raise SettingsError("HF_ENDPOINT must be the address of a hub, http:// or https://, without a password in it.")
    return value.rstrip("/") if value else None


def as_path(name: str, value: str) -> Path:
    """Return a path, with ``~`` for the home folder."""
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        raise SettingsError(f"{name} must be a path; the home folder in {value!r} is not known.") from error
