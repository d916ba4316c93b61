from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.discord_app.run import Diagnosis
from bot.store import paths
from bot.store.seed import build_seed
from tests.builders import NOW, a_fact
from tests.cli.conftest import Footnote


def findings(footnote: Footnote) -> tuple[int, dict[str, Any]]:
    """Run the doctor and return its status and findings by name."""
    ran = footnote("doctor", "--json")
    assert ran.err == ""
    [report] = ran.answers
    assert report["ok"] == (ran.status == 0)
    return ran.status, {check["name"]: check for check in report["checks"]}


@pytest.fixture(autouse=True)
def early(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day on which no fact is past its date."""
    monkeypatch.setattr("bot.wiring.now", lambda: NOW)


def test_a_sound_installation_is_well(footnote: Footnote, tmp_path: Path) -> None:
    """Every part is looked at, and nothing is changed."""
    build_seed([a_fact()], {}, tmp_path / "facts.db")
    status, checks = findings(footnote)
    assert status == 0
    assert list(checks) == ["program", "settings", "database", "facts", "model", "discord"]
    assert "golden" in checks["model"]["detail"]
    assert [file.name for file in tmp_path.iterdir()] == ["facts.db"]
    text = footnote("doctor").out
    assert "All is well." in text


def test_each_problem_says_what_to_do(footnote: Footnote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken database, a missing model and a misspelt setting are all found in one go."""
    (tmp_path / "facts.db").write_bytes(b"rubbish" * 1000)
    monkeypatch.setenv("FOOTNOTE_ENCODER", str(tmp_path))
    monkeypatch.setenv("FOOTNOTE_SETTEL_SECONDS", "1")
    status, checks = findings(footnote)
    assert status == 1
    bad = [name for name, check in checks.items() if not check["ok"]]
    assert bad == ["settings", "database", "facts", "model"]
    assert all(checks[name]["advice"] for name in bad)


def test_facts_that_need_work_are_named(footnote: Footnote, tmp_path: Path) -> None:
    """Those past their date and those that fail their own tests."""
    build_seed(
        [a_fact(failed_tests=("x",)), a_fact(slug="old", review_by=NOW.date().replace(year=2025))],
        {},
        tmp_path / "facts.db",
    )
    status, checks = findings(footnote)
    assert status == 1
    assert "1 past their review date, 1 that fail" in checks["facts"]["detail"]
    assert "old" in checks["facts"]["advice"]
    assert "moon-cheese" in checks["facts"]["advice"]


def test_a_malformed_setting_is_a_finding(footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor reports it instead of falling over it."""
    monkeypatch.setenv("FOOTNOTE_LOG_LEVEL", "loud")
    status, checks = findings(footnote)
    assert status == 1
    assert "FOOTNOTE_LOG_LEVEL" in checks["settings"]["detail"]


def test_the_first_start_is_foreseen(footnote: Footnote) -> None:
    """Without a database the seed is looked at."""
    assert paths.seed().is_file()
    _, checks = findings(footnote)
    assert checks["database"]["ok"]
    assert "first start" in checks["database"]["detail"]


def test_with_a_token_discord_is_asked(footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Discord says of the token is among the findings, the token itself is not."""

    async def diagnose(token: str) -> list[Diagnosis]:
        assert token == "not.a.token"
        return [Diagnosis("Discord token", ok=False, sentence="Discord does not know this token.")]

    monkeypatch.setattr("bot.discord_app.run.diagnose", diagnose)
    monkeypatch.setenv("DISCORD_TOKEN", "not.a.token")
    status, checks = findings(footnote)
    assert status == 1
    assert checks["Discord token"]["detail"] == "Discord does not know this token."
    assert "not.a.token" not in str(checks)
