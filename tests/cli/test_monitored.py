"""``footnote run`` with FOOTNOTE_HEALTH: the port is there from the start to the end, and nowhere else."""

from __future__ import annotations

import json
import re
import signal
import socket
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from bot.domain.fact import Fact
from bot.monitor.probe import Found, look_at
from tests.cli.conftest import Footnote
from tests.cli.test_process import line, started, write

LOOPBACK = "127.0.0.1"
pytestmark = pytest.mark.allow_hosts([LOOPBACK])


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.socket() as tried:
        tried.bind((LOOPBACK, 0))
        port: int = tried.getsockname()[1]
        return port


def ask(port: int, path: str) -> tuple[int, str]:
    """Ask for a path."""
    connection = HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def health(port: int) -> tuple[int, dict[str, Any]]:
    """Ask whether it is well."""
    status, text = ask(port, "/health")
    checks: dict[str, Any] = json.loads(text)["checks"]
    return status, checks


def test_a_running_program_tells_how_it_does(tmp_path: Path, sure: Fact, monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor knows it for one of ours; when it ends the port is free again."""
    port = free_port()
    monkeypatch.setenv("FOOTNOTE_HEALTH", str(port))
    with started(tmp_path) as process:
        write(process, f"{sure.claim}\n")
        assert line(process).startswith(b"Context: ")
        status, checks = health(port)
        assert status == 200
        assert checks["gateway"]["state"] == "unused"
        status, text = ask(port, "/metrics")
        assert status == 200
        found = re.search(r"^footnote_index_wordings (\d+)", text, re.MULTILINE)
        assert found is not None
        assert int(found[1]) > 100
        assert look_at(LOOPBACK, port) is Found.WELL
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, b"")
    assert out.count(b"\n") < 10
    assert look_at(LOOPBACK, port) is Found.FREE


def test_it_answers_from_the_first_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the facts and the models are loaded it says that it starts."""
    port = free_port()
    monkeypatch.setenv("FOOTNOTE_HEALTH", str(port))
    first: tuple[int, dict[str, Any]] | None = None
    with started(tmp_path) as process:
        while first is None:
            assert process.poll() is None
            try:
                first = health(port)
            except OSError:
                time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    assert first == (503, {"start": {"ok": False}})


@pytest.mark.parametrize("token", [None, "not.a.token"])
def test_a_port_that_is_taken_ends_the_start(
    footnote: Footnote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    """In one sentence, before a database is made or Discord is asked; trying again may help, so it is no misuse."""

    async def connect(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("bot.discord_app.run.run_discord", connect)
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        monkeypatch.setenv("FOOTNOTE_HEALTH", str(other.getsockname()[1]))
        if token:
            monkeypatch.setenv("DISCORD_TOKEN", token)
        ran = footnote("run", stdin="hello\n")
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert ran.err.startswith("footnote: FOOTNOTE_HEALTH can't be opened at 127.0.0.1, port ")
    assert {file.name for file in tmp_path.iterdir()} <= {"facts.db.lock"}


def test_other_commands_open_nothing(footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    """They run beside the program that has the port."""
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        monkeypatch.setenv("FOOTNOTE_HEALTH", str(other.getsockname()[1]))
        assert footnote("check", "hello").status == 0


@pytest.mark.skipif(sys.platform != "linux", reason="looks where Linux lists sockets")
def test_without_the_setting_there_is_no_port(tmp_path: Path) -> None:
    """Nothing is opened that nobody asked for."""
    with started(tmp_path, "run") as process:
        write(process, "hello\n")
        line(process)
        sockets = [str(file.readlink()) for file in Path(f"/proc/{process.pid}/fd").iterdir()]
        listening = Path(f"/proc/{process.pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]
        inodes = {row.split()[9] for row in listening if row.split()[3] == "0A"}
        assert not [name for name in sockets if name.removeprefix("socket:[").removesuffix("]") in inodes]
        process.communicate(timeout=20)
    assert process.returncode == 0
