from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from bot.domain.errors import SettingsError
from bot.settings import VARIABLES, Settings
from bot.settings_models import HubModel
from bot.settings_run import Address

EXAMPLE = Path(__file__).parent.parent / ".env.example"
SECRET = "MTA.not-a-real-token.x$y"


def test_nothing_set_gives_the_defaults() -> None:
    """Footnote runs without a single setting."""
    assert Settings.from_env({}) == Settings()
    assert Settings().database == Path("facts.db")
    assert Settings().settle_seconds == 3


def test_everything_set_is_read(tmp_path: Path) -> None:
    """Each variable reaches its field."""
    calibration = tmp_path / "calibration.json"
    calibration.touch()
    settings = Settings.from_env(
        {
            "DISCORD_TOKEN": SECRET,
            "FOOTNOTE_DB": str(tmp_path / "my.db"),
            "FOOTNOTE_LOG_LEVEL": "DEBUG",
            "FOOTNOTE_LOG_FORMAT": "JSON",
            "FOOTNOTE_HEALTH": "0.0.0.0:8080",
            "FOOTNOTE_PROXY": "http://proxy:3128",
            "FOOTNOTE_SETTLE_SECONDS": "0.5",
            "FOOTNOTE_ENCODER": str(tmp_path),
            "FOOTNOTE_RELATION": "somebody/tiny@v1.0",
            "FOOTNOTE_ALLOW_DOWNLOADS": "Yes",
            "FOOTNOTE_CALIBRATION": str(calibration),
            "FOOTNOTE_LANGUAGES": "en, DE",
            "FOOTNOTE_EXPAND_LINKS": "yes",
            "FOOTNOTE_CHECK_SOURCES": "Archive",
            "HF_TOKEN": SECRET,
            "HF_ENDPOINT": "https://hub.example/",
        }
    )
    assert settings == Settings(
        token=SECRET,
        database=tmp_path / "my.db",
        log_level="debug",
        log_format="json",
        health=Address("0.0.0.0", 8080),
        proxy="http://proxy:3128",
        settle_seconds=0.5,
        encoder=tmp_path,
        relation=HubModel("somebody/tiny", "v1.0"),
        allow_downloads=True,
        calibration=calibration,
        downloads=tmp_path / "models",
        languages=frozenset({"en", "de"}),
        expand_links=True,
        check_sources=True,
        find_archives=True,
        hub_token=SECRET,
        hub_endpoint="https://hub.example",
    )
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", None),
        ("8080", Address("127.0.0.1", 8080)),
        ("monitor.local:1", Address("monitor.local", 1)),
        ("[::1]:8080", Address("::1", 8080)),
    ],
)
def test_health_is_told_on_this_computer_alone_where_nothing_else_is_said(value: str, expected: Address | None) -> None:
    """A port without an address opens nothing to others."""
    assert Settings.from_env({"FOOTNOTE_HEALTH": value}).health == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", (False, False)), ("no", (False, False)), ("on", (True, False)), ("archive", (True, True))],
)
def test_sources_are_checked_where_that_is_allowed(value: str, expected: tuple[bool, bool]) -> None:
    """An archive is asked only where that is said, too."""
    settings = Settings.from_env({"FOOTNOTE_CHECK_SOURCES": value})
    assert (settings.check_sources, settings.find_archives) == expected


def test_a_folder_wins_over_a_name_on_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is no path here is one on the hub."""
    monkeypatch.chdir(tmp_path)
    assert Settings.from_env({"FOOTNOTE_ENCODER": "some/model"}).encoder == HubModel("some/model")
    (tmp_path / "some" / "model").mkdir(parents=True)
    assert Settings.from_env({"FOOTNOTE_ENCODER": "some/model"}).encoder == Path("some/model")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """A variable set for one run overrides the file; the file's others stay."""
    file = tmp_path / ".env"
    file.write_text(f"DISCORD_TOKEN={SECRET}\nFOOTNOTE_SETTLE_SECONDS=7\n")
    settings = Settings.from_env({"FOOTNOTE_SETTLE_SECONDS": "1"}, file)
    assert (settings.token, settings.settle_seconds) == (SECRET, 1)


def test_the_token_never_shows() -> None:
    """Neither the representation nor an error holds the secret."""
    assert SECRET not in repr(Settings(token=SECRET))
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"DISCORD_TOKEN": f"Bot {SECRET}"})
    assert SECRET not in str(caught.value)
    assert "DISCORD_TOKEN" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISCORD_TOKEN", "two words"),
        ("DISCORD_TOKEN", "tökén"),
        ("FOOTNOTE_DB", "."),
        ("FOOTNOTE_LOG_LEVEL", "loud"),
        ("FOOTNOTE_LOG_FORMAT", "xml"),
        ("FOOTNOTE_HEALTH", "yes"),
        ("FOOTNOTE_HEALTH", "0"),
        ("FOOTNOTE_HEALTH", "localhost:70000"),
        ("FOOTNOTE_PROXY", "socks5://proxy:1080"),
        ("FOOTNOTE_PROXY", "http://me:secret@proxy:3128"),
        ("FOOTNOTE_SETTLE_SECONDS", "soon"),
        ("FOOTNOTE_SETTLE_SECONDS", "-1"),
        ("FOOTNOTE_SETTLE_SECONDS", "nan"),
        ("FOOTNOTE_SETTLE_SECONDS", "inf"),
        ("FOOTNOTE_ENCODER", "no/such/folder"),
        ("FOOTNOTE_ENCODER", "word"),
        ("FOOTNOTE_RELATION", "./some/folder"),
        ("FOOTNOTE_RELATION", "../folder"),
        ("FOOTNOTE_RELATION", "owner/name@"),
        ("FOOTNOTE_RELATION", "docs/reference.md"),
        ("FOOTNOTE_ALLOW_DOWNLOADS", "maybe"),
        ("FOOTNOTE_CALIBRATION", "no-such-file.json"),
        ("FOOTNOTE_LANGUAGES", "en,german"),
        ("FOOTNOTE_LANGUAGES", "en,,de"),
        ("FOOTNOTE_EXPAND_LINKS", "always"),
        ("FOOTNOTE_CHECK_SOURCES", "weekly"),
        ("HF_TOKEN", "two words"),
        ("HF_ENDPOINT", "hub.example"),
        ("HF_ENDPOINT", "https://me:secret@hub.example"),
    ],
)
def test_a_malformed_value_is_one_sentence_with_the_variable(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names the variable first and fits on one line."""
    monkeypatch.chdir(EXAMPLE.parent)
    with pytest.raises(SettingsError, match=f"^{name} must be [^\n]+\\.$"):
        Settings.from_env({name: value})


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    """A .env in another encoding is named instead of crashing the start."""
    file = tmp_path / ".env"
    file.write_bytes("DISCORD_TOKEN=x".encode("utf-16"))
    with pytest.raises(SettingsError, match="UTF-8"):
        Settings.from_env({}, file)


def test_a_misspelt_setting_is_noticed() -> None:
    """A FOOTNOTE_ variable that doesn't exist is kept, for ``doctor`` to report."""
    assert Settings.from_env({"FOOTNOTE_SETLE_SECONDS": "1"}).unknown == ("FOOTNOTE_SETLE_SECONDS",)


def test_the_example_lists_every_variable_and_no_other() -> None:
    """``.env.example`` and the code agree, and each variable there has a comment above it."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    named = [(above, line) for above, line in zip(["", *lines], lines, strict=False) if re.match(r"[A-Z_]+=", line)]
    assert [line.partition("=")[0] for _, line in named] == list(VARIABLES)
    assert all(above.startswith("# ") for above, _ in named)


def test_the_example_works_as_it_is() -> None:
    """A copy of ``.env.example`` with nothing filled in sets nothing."""
    assert Settings.from_env({}, EXAMPLE) == Settings()


def test_settings_are_frozen() -> None:
    """Nothing changes a setting after the start."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().database = Path("other.db")  # type: ignore[misc]
