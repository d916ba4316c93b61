from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from bot.cli.doctor_machine import LEAST_ROOM
from bot.discord_app.run import Diagnosis
from bot.matching.calibration import models_entry
from bot.matching.model_files import name_of
from bot.matching.models import CALIBRATION, RELATION
from bot.store import paths
from bot.store.seed import build_seed
from tests.builders import NOW, a_fact
from tests.cli.conftest import Footnote
from tests.matching.onnx_file import relation_graph, write_encoder, write_model


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
    models = ["encoder", *(["relation model"] if RELATION.is_dir() else []), "calibration", "languages"]
    assert list(checks) == ["program", "settings", "database", "disk", "facts", *models, "discord"]
    assert "golden" in checks["encoder"]["detail"]
    assert "measured with these models" in checks["calibration"]["detail"]
    assert checks["languages"]["detail"].startswith("en;")
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
    assert bad == ["settings", "database", "facts", "encoder"]
    assert all(checks[name]["advice"] for name in bad)


def test_other_models_are_named_with_what_is_missing(
    footnote: Footnote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They load, and no calibration fits them; a calibration that does is all that they lack."""
    build_seed([a_fact()], {}, tmp_path / "facts.db")
    write_encoder(tmp_path / "tiny")
    write_model(tmp_path / "nli", relation_graph([(0.0,)] * 4))
    monkeypatch.setenv("FOOTNOTE_ENCODER", "tiny")
    monkeypatch.setenv("FOOTNOTE_RELATION", "nli")
    monkeypatch.setenv("FOOTNOTE_LANGUAGES", "ru,en")
    status, checks = findings(footnote)
    assert status == 1
    assert [name for name, check in checks.items() if not check["ok"]] == ["calibration"]
    assert checks["encoder"]["detail"].startswith("tiny-")
    assert checks["relation model"]["detail"].startswith("nli-")
    assert "FOOTNOTE_CALIBRATION" in checks["calibration"]["advice"]
    assert checks["languages"]["detail"].startswith("en, ru;")

    models = models_entry(name_of(tmp_path / "tiny"), name_of(tmp_path / "nli"))
    data = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    (tmp_path / "fitted.json").write_text(json.dumps({**data, "models": models}), encoding="utf-8")
    monkeypatch.setenv("FOOTNOTE_CALIBRATION", "fitted.json")
    assert findings(footnote)[0] == 0


def test_a_model_from_the_hub_is_not_downloaded(
    footnote: Footnote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The doctor says what the first start needs or does."""
    build_seed([a_fact()], {}, tmp_path / "facts.db")
    monkeypatch.setenv("FOOTNOTE_RELATION", "somebody/nli")
    assert "FOOTNOTE_ALLOW_DOWNLOADS=yes" in findings(footnote)[1]["models"]["detail"]
    monkeypatch.setenv("FOOTNOTE_ALLOW_DOWNLOADS", "yes")
    assert "isn't downloaded yet" in findings(footnote)[1]["models"]["detail"]
    assert [file.name for file in tmp_path.iterdir()] == ["facts.db"]


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

    async def diagnose(token: str, **_: object) -> list[Diagnosis]:
        assert token == "not.a.token"
        return [Diagnosis("Discord token", ok=False, sentence="Discord does not know this token.")]

    monkeypatch.setattr("bot.discord_app.run.diagnose", diagnose)
    monkeypatch.setenv("DISCORD_TOKEN", "not.a.token")
    status, checks = findings(footnote)
    assert status == 1
    assert checks["Discord token"]["detail"] == "Discord does not know this token."
    assert "not.a.token" not in str(checks)


def test_a_disk_that_is_nearly_full_is_found(
    footnote: Footnote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of the database must fit beside it, and some more, also where neither is there yet."""
    build_seed([a_fact()], {}, tmp_path / "facts.db")
    free = LEAST_ROOM + (tmp_path / "facts.db").stat().st_size
    for room, path, ok in (
        (free, "facts.db", True),
        (free - 1, "facts.db", False),
        (LEAST_ROOM - 1, "later/on/facts.db", False),
    ):
        usage = shutil._ntuple_diskusage(10 * free, 9 * free, room)
        monkeypatch.setattr("shutil.disk_usage", lambda _, usage=usage: usage)
        monkeypatch.setenv("FOOTNOTE_DB", path)
        _, checks = findings(footnote)
        assert checks["disk"]["ok"] is ok
        assert "free beside the database" in checks["disk"]["detail"]
        assert ok or "Make room for " in checks["disk"]["advice"]


@pytest.mark.allow_hosts(["127.0.0.1", "192.0.2.1"])
@pytest.mark.parametrize(
    ("answer", "ok", "words"),
    [
        (None, True, "is free"),
        (b'{"ok": true, "checks": {}}', True, "a Footnote that is well"),
        (b'{"ok": false, "checks": {"start": {"ok": false}}}', False, "a Footnote that is not well"),
        (b'{"ok": true}', False, "another program"),
        (b"[1]", False, "another program"),
        (b"<html>", False, "another program"),
        (b"", False, "another program"),
    ],
)
def test_the_port_of_health_is_looked_at(
    footnote: Footnote, monkeypatch: pytest.MonkeyPatch, answer: bytes | None, words: str, *, ok: bool
) -> None:
    """Free, ours, or another program's, whatever that says."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        monkeypatch.setenv("FOOTNOTE_HEALTH", str(server.getsockname()[1]))
        if answer is None:
            server.close()
        else:
            server.listen()
            Thread(target=_answer, args=(server, answer), daemon=True).start()
        _, checks = findings(footnote)
    assert checks["health port"]["ok"] is ok
    assert words in checks["health port"]["detail"]


@pytest.mark.allow_hosts(["127.0.0.1", "192.0.2.1"])
def test_a_port_that_cant_be_opened_here_is_found(footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a name is mistyped."""
    monkeypatch.setenv("FOOTNOTE_HEALTH", "no-such-host.invalid:8080")
    _, checks = findings(footnote)
    assert not checks["health port"]["ok"]
    assert "can't be opened here" in checks["health port"]["detail"]


def test_the_proxy_is_named(footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds no password."""
    monkeypatch.setenv("FOOTNOTE_PROXY", "http://proxy:3128")
    assert findings(footnote)[1]["settings"]["detail"].endswith("through the proxy http://proxy:3128")


def _answer(server: socket.socket, body: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(4096)
        if body:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
