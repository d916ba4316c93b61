from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from bot.domain.errors import SettingsError
from bot.services.bundle import Services
from tests.cli.conftest import Footnote

TOKEN = "not.a.token"


def test_a_token_makes_it_the_discord_bot(footnote: Footnote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the environment or from .env in the current folder; the database is made from the seed."""
    seen: list[tuple[str, int]] = []

    async def connect(services: Services, token: str, **_: object) -> None:
        seen.append((token, len(await services.facts.all())))

    monkeypatch.setattr("bot.discord_app.run.run_discord", connect)
    (tmp_path / ".env").write_text(f"DISCORD_TOKEN={TOKEN}\n")
    assert footnote().status == 0
    [(token, facts)] = seen
    assert token == TOKEN
    assert facts > 0
    assert (tmp_path / "facts.db").is_file()


def test_what_discord_refuses_is_one_line(footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong token is a setting to correct, and isn't shown."""

    async def refuse(_services: Services, _token: str, **_: object) -> None:
        raise SettingsError("Discord does not know this token.")

    monkeypatch.setattr("bot.discord_app.run.run_discord", refuse)
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    ran = footnote("run")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.splitlines()[-1] == "footnote: Discord does not know this token."
    assert TOKEN not in ran.err


def test_a_read_only_disk_stops_the_start_in_one_line(footnote: Footnote, shut: Callable[[], Path]) -> None:
    """A bot that can't write could not keep its promises."""
    footnote("check", "loads the program while this process may still read all of it")
    footnote("facts", "list")
    import_module("bot.console.run")
    shut()
    ran = footnote("run", stdin="hello\n")
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "can't be written to" in ran.err


def test_a_lost_key_stops_the_start_until_a_new_one_is_asked_for(
    footnote: Footnote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it nobody's opt-out could be honoured; a new one forgets them, and the doctor says both."""
    out: list[bool] = []

    async def opt_out(services: Services, _token: str, **_: object) -> None:
        out.append(await services.privacy.opt_out(7))

    monkeypatch.setattr("bot.discord_app.run.run_discord", opt_out)
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    assert footnote("run").status == 0
    assert footnote("run").status == 0
    assert out == [True, False]
    (tmp_path / "facts.db.key").unlink()
    ran = footnote("run")
    assert (ran.status, ran.out) == (1, "")
    assert "facts.db.key is missing, and without it nobody's opt-out can be honoured" in ran.err
    assert "footnote run --new-key" in ran.err
    monkeypatch.delenv("DISCORD_TOKEN")
    assert "Put the copy from your backup back" in footnote("doctor").out
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    assert not (tmp_path / "facts.db.key").exists()
    assert footnote("run", "--new-key").status == 0
    assert out[-1] is True
    assert footnote("run", "--new-key").status == 0
    assert out[-1] is False
