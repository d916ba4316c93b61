"""A token is in nothing that the program prints, logs or hands on."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "MTAxNotARealToken.Gabcde.f1keQnotReallyAToken-at_all"
HUB = "hf_NotARealTokenOfTheHubEither"
OFFLINE = """
import socket

def refuse(*_args, **_kwargs):
    raise socket.gaierror(socket.EAI_NONAME, "no network in this test")

socket.getaddrinfo = refuse
"""


@pytest.mark.parametrize(
    "arguments",
    [("run",), ("doctor", "--json"), ("check", "--json", "Hello there."), ("facts", "list"), ("--nonsense",)],
)
def test_no_output_holds_a_token(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Not at level debug either, on both streams, in what is left behind, and where Discord can't be reached."""
    (tmp_path / "sitecustomize.py").write_text(OFFLINE)
    environment = {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}},
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]),
        "PYTHONASYNCIODEBUG": "1",
        "DISCORD_TOKEN": TOKEN,
        "HF_TOKEN": HUB,
        "FOOTNOTE_LOG_LEVEL": "debug",
        "FOOTNOTE_DB": str(tmp_path / "facts.db"),
    }
    command = [sys.executable, "-m", "bot", *arguments]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    ) as process:
        assert TOKEN not in Path(f"/proc/{process.pid}/cmdline").read_text() if Path("/proc").is_dir() else True
        try:
            out, _ = process.communicate(timeout=40)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)
            out, _ = process.communicate(timeout=40)
    assert out
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in (TOKEN, HUB):
        assert secret.encode() not in out
        assert secret.encode() not in left


def test_settings_show_no_token_however_they_are_printed() -> None:
    """As text, in a sentence, in another object, in an error's words."""
    settings = Settings(token=TOKEN, hub_token=HUB)
    shown = [repr(settings), str(settings), f"{settings}", f"{[settings]!r}", repr(dataclasses.replace(settings))]
    with pytest.raises(AttributeError) as caught:
        settings.nothing  # type: ignore[attr-defined] # noqa: B018 - what an error says of the object
    shown.append(str(caught.value))
    assert not any(secret in text for text in shown for secret in (TOKEN, HUB))
