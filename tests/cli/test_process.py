from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.domain.fact import Fact

ROOT = Path(__file__).parent.parent.parent
PYTHON = (sys.executable, "-W", "error", "-m", "bot")


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start the program as a person's shell would, with pipes for its streams."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*PYTHON, *arguments], cwd=folder, env=environment, stdin=pipe, stdout=pipe, stderr=pipe
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[bytes]) -> bytes:
    """Read one line of its output."""
    assert process.stdout
    return process.stdout.readline()


def write(process: subprocess.Popen[bytes], text: str) -> None:
    """Write to its input, at once."""
    assert process.stdin
    process.stdin.write(text.encode())
    process.stdin.flush()


def test_answers_stream(tmp_path: Path, sure: Fact) -> None:
    """Each post is answered before the next one is there, and Ctrl-C ends the wait quietly."""
    with started(tmp_path, "check", "-", "--json") as process:
        for number in (1, 2):
            write(process, json.dumps({"id": number, "text": sure.claim}) + "\n")
            answer = json.loads(line(process))
            assert (answer["id"], answer["fact"]) == (number, sure.slug)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (1, b"", b"")


def test_a_reader_that_leaves_is_no_fault(tmp_path: Path) -> None:
    """As in ``footnote check - | head -1``."""
    with started(tmp_path, "check", "-", "--json") as process:
        write(process, "one\n")
        line(process)
        assert process.stdout
        process.stdout.close()
        process.stdout = None
        write(process, "two\nthree\n")
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (1, b"")


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_console_in_a_pipe(tmp_path: Path, sure: Fact, stop: signal.Signals) -> None:
    """Without a token ``footnote`` is the console: it makes its database, answers lines and stops when told."""
    with started(tmp_path) as process:
        write(process, f"{sure.claim}\n/queue\n")
        assert line(process).startswith(b"Context: ")
        while not line(process).startswith(b"The queue is empty"):
            assert process.poll() is None
        process.send_signal(stop)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, b"", b"")
    assert (tmp_path / "facts.db").is_file()


def test_the_console_ends_with_its_input(tmp_path: Path) -> None:
    """The end of a file is the end of the session, and a good one."""
    with started(tmp_path, "run") as process:
        out, err = process.communicate(b"hello\n", timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert out.startswith(b"Nothing posted: ")
    assert out.count(b"\n") == 1
