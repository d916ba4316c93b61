"""A kill in the middle of a migration: a real process, which dies while its steps are half done."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.store import lifecycle
from bot.store.migrate import stored_revision
from bot.store.seed import describe, describe_facts
from tests.store.conftest import FACTS, names_in

PROGRAM = """
import sys
from pathlib import Path
from bot.store.lifecycle import prepare
prepare(Path(sys.argv[1]), Path(sys.argv[2]), migrations=Path(sys.argv[3]))
"""

PAUSE = """
    print("in the middle", flush=True)
    import time
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_kill_in_the_middle_leaves_the_old_database(tmp_path: Path, seed: Path, next_migrations: Path) -> None:
    """Whole, with everything in it, and with the backup beside it; the next start migrates it."""
    path = tmp_path / "facts.db"
    lifecycle.prepare(path, seed)
    old = stored_revision(path, "ro")
    step = next(next_migrations.glob("versions/*_next.py"))
    whole = step.read_text()
    step.write_text(whole + PAUSE)
    words = (sys.executable, "-c", PROGRAM, str(path), str(seed), str(next_migrations))
    with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"in the middle\n"
        process.send_signal(signal.SIGKILL)
    assert stored_revision(path, "rw") == old
    assert describe(path) == describe_facts(FACTS)
    assert f"facts.db.{old}.backup" in names_in(tmp_path)
    step.write_text(whole)
    lifecycle.prepare(path, seed, migrations=next_migrations)
    assert stored_revision(path, "rw") > old
    assert describe(path) == describe_facts(FACTS)
