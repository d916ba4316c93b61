from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

from bot.store import paths
from bot.store.lifecycle import _make_ready, prepare
from tests.store.conftest import names_in

RACER = """
import asyncio, os, sys, time
from pathlib import Path
from bot.store.database import open_database
from bot.store.lifecycle import _make_ready, prepare
from tests.builders import a_note
go, *arguments = map(Path, sys.argv[1:])
go.with_name(f"go.ready.{{os.getpid()}}").touch()
while not go.exists():
    time.sleep(0.001)
{work}
"""


def _race(tmp_path: Path, work: str, *arguments: Path) -> None:
    """Run the work in four processes that begin together."""
    go = tmp_path / "go"
    script = RACER.format(work=work)
    command = [sys.executable, "-W", "error", "-c", script, *map(str, (go, *arguments))]
    repository = Path(paths.__file__).parents[2]
    racers = [subprocess.Popen(command, cwd=repository, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob("go.ready.*"))) < len(racers) and time.monotonic() < deadline:
        time.sleep(0.01)
    go.touch()
    outcomes = [racer.communicate(timeout=60)[1] for racer in racers]
    assert outcomes == [""] * 4
    for mark in tmp_path.glob("go*"):
        mark.unlink()


def test_first_starts_that_race_share_one_copy(tmp_path: Path, seed: Path) -> None:
    """Of processes that start at once one copies the seed; none overwrites what another has written already."""
    work = """
async def main():
    async with await open_database(arguments[0], seed=arguments[1]) as database:
        async with database.transaction() as tx:
            assert await tx.notes.add(a_note(source_message_id=os.getpid())) is not None
asyncio.run(main())
"""
    path = tmp_path / "facts.db"
    _race(tmp_path, work, path, seed)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM notes").fetchone() == (4,)
    assert names_in(tmp_path) == {"facts.db"}


def test_migrations_that_race_run_once(tmp_path: Path, seed: Path, next_migrations: Path) -> None:
    """Of processes that start at once on an older database one migrates it, and there is one backup."""
    work = "prepare(arguments[0], arguments[1], migrations=arguments[2])"
    path = tmp_path / "facts.db"
    prepare(path, seed)
    _race(tmp_path, work, path, seed, next_migrations)
    assert names_in(tmp_path) == {"facts.db", "facts.db.0005.backup"}


def test_of_starts_that_switch_the_journal_at_once_none_is_refused(tmp_path: Path, seed: Path) -> None:
    """SQLite refuses one of two that do so at the same time, without waiting: it is tried again."""
    for attempt in range(100):
        path = tmp_path / f"{attempt}.db"
        shutil.copyfile(seed, path)
        together = Barrier(5)

        def start(path: Path = path, together: Barrier = together) -> None:
            together.wait()
            _make_ready(path)

        with ThreadPoolExecutor(5) as threads:
            for done in [threads.submit(start) for _ in range(5)]:
                done.result(timeout=60)
