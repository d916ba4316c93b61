from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.domain.fact import Fact
from bot.settings import VARIABLES
from bot.store import paths
from bot.store.database import open_database

NOBODY = 65534


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def answers(self) -> list[Any]:
        """Standard output as NDJSON."""
        return [json.loads(line) for line in self.out.splitlines()]


Footnote = Callable[..., Ran]


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty folder, no settings, and logging as it was before."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("bot").setLevel(logging.NOTSET)


@pytest.fixture
def footnote(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Footnote:
    """The command line, in this process: arguments and standard input in, status and both outputs out."""

    def run(*arguments: str, stdin: str | bytes = "") -> Ran:
        with tempfile.TemporaryFile() as file, io.TextIOWrapper(file) as stream:
            file.write(stdin if isinstance(stdin, bytes) else stdin.encode())
            file.seek(0)
            monkeypatch.setattr(sys, "stdin", stream)
            status = main(arguments)
        out, err = capsys.readouterr()
        return Ran(status, out, err)

    return run


@pytest.fixture(scope="session")
def sure() -> Fact:
    """A shipped fact that answers its own claim."""

    async def facts() -> list[Fact]:
        async with await open_database(paths.seed(), readonly=True) as store, store.transaction() as tx:
            return await tx.facts.all()

    return next(fact for fact in asyncio.run(facts()) if not fact.failed_tests)


@pytest.fixture
def shut() -> Iterator[Callable[[], Path]]:
    """Makes a folder that can't be written to, not by root either: root turns into nobody until the test is over."""
    folder = Path(tempfile.mkdtemp(prefix="footnote-shut-"))
    root = os.geteuid() == 0

    def close() -> Path:
        folder.chmod(0o555)
        os.chdir(folder)
        if root:
            os.seteuid(NOBODY)
        if os.access(folder, os.W_OK, effective_ids=True) or not os.access(paths.seed(), os.R_OK, effective_ids=True):
            pytest.skip("a read-only folder can't be arranged here")
        return folder

    yield close
    if root:
        os.seteuid(0)
    folder.chmod(0o755)
    shutil.rmtree(folder)
