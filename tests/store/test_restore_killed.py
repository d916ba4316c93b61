"""Killed at any step, a restore leaves the old database or the new one, and never a key that belongs to the other."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.domain.member import KEY_BYTES
from bot.store.backup import back_up
from tests.store.full import everything, fill, in_log

ROOT = Path(__file__).parents[2]
PLAIN = frozenset({"watermarks", "sqlite_sequence"})
CHANGED = ("UPDATE facts SET claim = 'Later'", "INSERT INTO vectors SELECT 'm', hex(randomblob(30)), zeroblob(2000)")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A database that was changed since its backup, by a program that died: the changes are in its log."""
    folder = tmp_path / "case"
    (folder / "facts.db.index").mkdir(parents=True)
    database = folder / "facts.db"
    fill(database)
    (folder / "facts.db.key").write_bytes(b"b" * KEY_BYTES)
    back_up(database, folder / "backup.db")
    remember(folder / "backup.db", folder / "backup.json")
    in_log(database, *CHANGED, *(CHANGED[1:] * 50))
    (folder / "facts.db.key").write_bytes(b"o" * KEY_BYTES)
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("facts.db", "facts.db-wal"):
        (copy / name).write_bytes((folder / name).read_bytes())
    remember(copy / "facts.db", folder / "old.json")
    return folder


def remember(database: Path, file: Path) -> None:
    """Write down what a database holds."""
    held = everything(database, without=PLAIN)
    file.write_text(json.dumps(held, default=lambda content: {"hex": content.hex()}))


def killed_everywhere(case: Path, every: int) -> list[dict[str, Any]]:
    """Restore, killed at each step in turn; the last one gets to its end."""
    command = [sys.executable, "-m", "tests.store.killing", str(case), str(case.with_name("work")), str(every)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    runs = [json.loads(line) for line in done.stdout.splitlines()]
    assert [run["killed"] for run in runs] == [True] * (len(runs) - 1) + [False]
    assert all(run["again"] == ["backup", "backup", "restored"] and not run["index"] for run in runs)
    # A key never belongs to another database than the one that is found: none is there in between.
    assert {(run["found"], run["key"]) for run in runs} <= KEYS
    return runs


KEYS = {("old", "old"), ("old", None), ("backup", None), ("backup", "backup"), (None, "old"), (None, None)}


def test_over_a_sound_database(case: Path) -> None:
    """With changes in its log: the old one with them, or the new one without; the old one is then kept, whole."""
    runs = killed_everywhere(case, 9)
    assert [run["start"] for run in runs] == ["ok"] * len(runs)
    assert {run["found"] for run in runs} == {"old", "backup"}
    assert all(run["aside"] == "old" for run in runs if run["found"] == "backup")
    assert any(run["in the middle"] for run in runs)  # pages of both were in the file
    assert len(runs) > 8


def test_instead_of_a_damaged_one(case: Path) -> None:
    """Its log is never taken for the new one's: in between a start is refused, and the old files are kept."""
    for name in ("facts.db", "facts.db-wal"):
        content = (case / name).read_bytes()
        (case / name).write_bytes(bytes(100) + content[100:])
    (case / "old.json").unlink()
    runs = killed_everywhere(case, 11)
    assert {run["found"] for run in runs} == {None, "backup"}
    refused = [run for run in runs if run["found"] is None]
    assert all("is damaged" in run["start"] or "is empty" in run["start"] for run in refused)
    replaced = [run for run in runs if run["found"] == "backup" or "is empty" in run["start"]]
    assert {(run["aside"], run["log"]) for run in replaced} == {("as it was", "as it was")}


@pytest.mark.parametrize("lose", [lambda _: None, lambda log: log.unlink()], ids=["a log is left", "nothing is left"])
def test_where_there_is_none(case: Path, lose: Callable[[Path], None]) -> None:
    """The log that a lost database left is not the new one's either."""
    (case / "facts.db").unlink()
    lose(case / "facts.db-wal")
    (case / "facts.db.key").unlink()
    (case / "old.json").unlink()
    runs = killed_everywhere(case, 11)
    assert {run["found"] for run in runs} == {None, "backup"}
    said = ("is missing, and facts.db-wal is left", "the seed that it would start from", "is empty")
    assert all(any(part in run["start"] for part in said) for run in runs if run["found"] is None)
