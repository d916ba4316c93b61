"""The settings: read once at start, from the environment and from a ``.env`` file. Nothing else reads either.

An error here names the variable and what is allowed, and never the value of a secret.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from dotenv import dotenv_values

from bot.domain.errors import SettingsError
from bot.settings_models import (
    HubModel,
    as_path,
    read_calibration,
    read_hub_endpoint,
    read_hub_token,
    read_languages,
    read_model,
    read_yes,
)
from bot.settings_run import Address, read_health, read_log_format, read_proxy
from bot.settings_web import read_check_sources

LOG_LEVELS = ("debug", "info", "warning", "error")
LONGEST_SETTLE = 300.0
"""Seconds. A note that comes five minutes late answers a conversation that has moved on."""

VARIABLES = (
    "DISCORD_TOKEN",
    "FOOTNOTE_DB",
    "FOOTNOTE_LOG_LEVEL",
    "FOOTNOTE_LOG_FORMAT",
    "FOOTNOTE_HEALTH",
    "FOOTNOTE_PROXY",
    "FOOTNOTE_SETTLE_SECONDS",
    "FOOTNOTE_ENCODER",
    "FOOTNOTE_RELATION",
    "FOOTNOTE_ALLOW_DOWNLOADS",
    "FOOTNOTE_CALIBRATION",
    "FOOTNOTE_LANGUAGES",
    "FOOTNOTE_EXPAND_LINKS",
    "FOOTNOTE_CHECK_SOURCES",
    "HF_TOKEN",
    "HF_ENDPOINT",
)
"""Every variable that is read. ``.env.example`` lists the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the person who runs Footnote has set.

    ``log_level`` None means info for the Discord bot and warning for everything else. ``health`` is where health and
    metrics can be asked for, ``proxy`` what stands between Footnote and Discord. ``encoder`` and ``relation`` are
    models instead of the shipped ones, ``calibration`` is a file that fits them, ``languages`` are those that they
    cover, and ``downloads`` is the folder for those that come from the hub. ``expand_links``, ``check_sources`` and
    ``find_archives`` allow to ask other machines where short links lead, whether sources are still there, and an
    archive for copies of those that aren't. ``hub_token`` and ``hub_endpoint`` None mean no token and the public hub.
    ``unknown`` holds names that look like settings of ours and aren't.
    """

    token: str | None = field(default=None, repr=False)
    database: Path = Path("facts.db")
    log_level: str | None = None
    log_format: str = "text"
    health: Address | None = None
    proxy: str | None = None
    settle_seconds: float = 3.0
    encoder: Path | HubModel | None = None
    relation: Path | HubModel | None = None
    allow_downloads: bool = False
    calibration: Path | None = None
    downloads: Path = Path("models")
    languages: frozenset[str] = frozenset({"en"})
    expand_links: bool = False
    check_sources: bool = False
    find_archives: bool = False
    hub_token: str | None = field(default=None, repr=False)
    hub_endpoint: str | None = None
    unknown: tuple[str, ...] = ()

    @classmethod
    def from_env(cls, environ: Mapping[str, str], dotenv: Path | None = None) -> Self:
        """Read the settings; where both say something, the environment wins over the file.

        Args:
            environ: The environment.
            dotenv: A file of ``NAME=value`` lines; one that isn't there is empty. An empty value counts as not set.

        Raises:
            SettingsError: A variable is malformed, or the file can't be read.
        """
        given = {name: value.strip() for name, value in {**_read(dotenv), **environ}.items() if value.strip()}
        database = _database(given.get("FOOTNOTE_DB", "facts.db"))
        check_sources, find_archives = read_check_sources(given.get("FOOTNOTE_CHECK_SOURCES", "no"))
        return cls(
            token=_token(given.get("DISCORD_TOKEN")),
            database=database,
            log_level=_log_level(given.get("FOOTNOTE_LOG_LEVEL")),
            log_format=read_log_format(given.get("FOOTNOTE_LOG_FORMAT", "text")),
            health=read_health(given.get("FOOTNOTE_HEALTH")),
            proxy=read_proxy(given.get("FOOTNOTE_PROXY")),
            settle_seconds=_settle(given.get("FOOTNOTE_SETTLE_SECONDS", "3")),
            encoder=read_model("FOOTNOTE_ENCODER", given),
            relation=read_model("FOOTNOTE_RELATION", given),
            allow_downloads=read_yes("FOOTNOTE_ALLOW_DOWNLOADS", given.get("FOOTNOTE_ALLOW_DOWNLOADS", "no")),
            calibration=read_calibration(given.get("FOOTNOTE_CALIBRATION")),
            languages=read_languages(given.get("FOOTNOTE_LANGUAGES", "en")),
            downloads=database.parent / "models",
            expand_links=read_yes("FOOTNOTE_EXPAND_LINKS", given.get("FOOTNOTE_EXPAND_LINKS", "no")),
            check_sources=check_sources,
            find_archives=find_archives,
            hub_token=read_hub_token(given.get("HF_TOKEN")),
            hub_endpoint=read_hub_endpoint(given.get("HF_ENDPOINT")),
            unknown=tuple(sorted(name for name in given if name.startswith("FOOTNOTE_") and name not in VARIABLES)),
        )


def _read(dotenv: Path | None) -> dict[str, str]:
    if dotenv is None or not dotenv.is_file():
        return {}
    try:
        # No interpolation: a token may hold a "$".
        values = dotenv_values(dotenv, interpolate=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{dotenv} can't be read: make it a readable text file in UTF-8, or move it away."
        ) from error
    return {name: value for name, value in values.items() if value is not None}


def _token(value: str | None) -> str | None:
    if value is not None and not (value.isascii() and value.isprintable() and " " not in value):
        raise SettingsError(
            "DISCORD_TOKEN must be the bot's token alone, as the Developer Portal shows it: one word of plain letters."
        )
    return value


def _database(value: str) -> Path:
    path = as_path("FOOTNOTE_DB", value)
    if path.is_dir():
        raise SettingsError(f"FOOTNOTE_DB must be the path of a database file, and {path} is a folder.")
    return path


def _log_level(value: str | None) -> str | None:
    if value is not None and value.lower() not in LOG_LEVELS:
        raise SettingsError(f"FOOTNOTE_LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}; it is {value!r}.")
    return value.lower() if value else None


def _settle(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= LONGEST_SETTLE:
        raise SettingsError(
            f"FOOTNOTE_SETTLE_SECONDS must be a number from 0 to {LONGEST_SETTLE:.0f}; it is {value!r}."
        )
    return seconds
