from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.domain.errors import StoreError, StoreReadOnly
from bot.store.instance import alone_on, is_taken, lock_path
from tests.store.conftest import names_in

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
from pathlib import Path
from bot.store.instance import alone_on

with alone_on(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def holder(database: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that runs on a database."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database)], cwd=ROOT, stdin=pipe, stdout=pipe, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_a_second_one_is_refused(tmp_path: Path) -> None:
    """With what to do; once the first is gone, it may run."""
    database = tmp_path / "facts.db"
    with holder(database) as process:
        assert is_taken(database)
        said = r"Another Footnote runs on .*: stop it first, or set FOOTNOTE_DB"
        with pytest.raises(StoreError, match=said), alone_on(database):
            pytest.fail("two at once")
        process.communicate("\n")
    with alone_on(database):
        assert is_taken(database)
    assert not is_taken(database)


def test_a_killed_one_blocks_nobody(tmp_path: Path) -> None:
    """The system lets go of its lock; the file that stays means nothing."""
    database = tmp_path / "facts.db"
    with holder(database) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert lock_path(database).exists()
    assert not is_taken(database)
    with alone_on(database):
        assert is_taken(database)


def test_each_database_has_a_lock_of_its_own(tmp_path: Path) -> None:
    """And one alone, whatever links lead to it."""
    database = tmp_path / "facts.db"
    database.touch()
    (tmp_path / "link.db").symlink_to(database)
    with holder(database):
        with pytest.raises(StoreError, match="Another Footnote"), alone_on(tmp_path / "link.db"):
            pytest.fail("two at once")
        with alone_on(tmp_path / "other.db"):
            assert is_taken(tmp_path / "link.db")


def test_an_error_inside_lets_go(tmp_path: Path) -> None:
    """A start that fails may be tried again in the same process."""
    with pytest.raises(ZeroDivisionError), alone_on(tmp_path / "new" / "facts.db"):
        raise ZeroDivisionError
    with alone_on(tmp_path / "new" / "facts.db"):
        assert names_in(tmp_path / "new") == {"facts.db.lock"}


def test_looking_makes_no_file(tmp_path: Path) -> None:
    """The doctor changes nothing."""
    assert not is_taken(tmp_path / "facts.db")
    assert names_in(tmp_path) == set()


def test_a_read_only_disk(shut: tuple[Path, Callable[[], None]]) -> None:
    """No bot could run there: the sentence is the one that its start would give."""
    folder, close = shut
    close()
    with pytest.raises(StoreReadOnly, match=r"facts\.db can't be written to"), alone_on(folder / "facts.db"):
        pytest.fail("it can't be locked")
    assert not is_taken(folder / "facts.db")


def test_a_lock_of_somebody_else_is_not_taken_for_a_running_bot(shut: tuple[Path, Callable[[], None]]) -> None:
    """Where it can't be looked at, nothing is said."""
    folder, close = shut
    (folder / "facts.db.lock").touch()
    close()
    assert not is_taken(folder / "facts.db")
    with pytest.raises(StoreReadOnly), alone_on(folder / "facts.db"):
        pytest.fail("it can't be locked")
