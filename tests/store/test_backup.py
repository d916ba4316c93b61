from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.errors import StoreCorrupt, StoreError, StoreReadOnly, StoreTooNew
from bot.domain.member import KEY_BYTES
from bot.store import backup as backups
from bot.store.backup import back_up, verify
from bot.store.backup_folder import back_up_into
from bot.store.engine import uri
from bot.store.key import key_path, load_key
from bot.store.lifecycle import prepare
from tests.store.conftest import FACTS, names_in
from tests.store.full import everything, fill, in_log

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)

# Each transaction adds a pack and its fact: a copy that holds another number of the one than of the other is torn.
WRITER = """
import itertools, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
connection.execute("PRAGMA journal_mode=WAL")
for number in itertools.count(100):
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO packs VALUES (?, 1, 'p', 'P', '1', 'L', 'V', NULL, 'now')", (number,))
    connection.execute("INSERT INTO pack_facts VALUES (?, 'moon', ?, '{}')", (number, "x" * 3000))
    connection.execute("COMMIT")
    print(number, flush=True)
"""

SLOW = """
import sys
from pathlib import Path
from bot.store import backup

def slowly(source, into):
    source.backup(into, pages=5, progress=lambda *_: (print("here", flush=True), sys.stdin.readline()))

backup.copy_pages = slowly
backup.back_up(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with rows in every table, the last of them in its log alone, and its key."""
    path = tmp_path / "facts.db"
    fill(path)
    load_key(path, create=True)
    in_log(path, "UPDATE facts SET claim = 'Only the log says so.'")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for backups."""
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


@contextmanager
def program(code: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Another process, killed at the end."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", code, *map(str, arguments)]
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    """Wait for a line of its output."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_backup_holds_everything_in_one_file(database: Path, folder: Path) -> None:
    """What only the log holds, too; it needs no other file, only its owner can read it, and the key is beside it."""
    target = folder / "copy.db"
    contents = back_up(database, target)
    assert names_in(folder) == {"copy.db", "copy.db.key"}
    assert everything(target) == everything(database)
    assert contents.tables == {name: len(rows) for name, rows in everything(database).items() if "sqlite" not in name}
    assert (contents.revision, contents.has_key) == ("0005", True)
    assert [path.stat().st_mode & 0o777 for path in (target, key_path(target))] == [0o600, 0o600]
    assert key_path(target).read_bytes() == key_path(database).read_bytes()
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_the_key_can_be_left_out(database: Path, folder: Path) -> None:
    """Where there is none, there is none to copy either."""
    assert not back_up(database, folder / "a.db", with_key=False).has_key
    key_path(database).unlink()
    assert not back_up(database, folder / "b.db").has_key
    assert names_in(folder) == {"a.db", "b.db"}


def test_nobody_waits_for_a_backup_and_it_is_of_one_moment(
    database: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is made another program goes on writing, without making it begin again; nothing in it is torn."""
    steps: list[int] = []
    with program(WRITER, database) as writer:
        line(writer)

        def copy(source: sqlite3.Connection, into: sqlite3.Connection) -> None:
            before = _packs(database)

            def wait(_status: int, remaining: int, _total: int) -> None:
                steps.append(remaining)
                while len(steps) == 3 and _packs(database) <= before:
                    line(writer)  # one more is committed, in the middle of the backup

            source.backup(into, pages=5, progress=wait)

        monkeypatch.setattr(backups, "copy_pages", copy)
        contents = back_up(database, folder / "copy.db")
    assert steps == sorted(set(steps), reverse=True)
    assert 1 < contents.tables["packs"] < _packs(database)
    assert contents.tables["packs"] == contents.tables["pack_facts"]


def _packs(database: Path) -> int:
    """Return how many packs are committed by now."""
    with closing(sqlite3.connect(database)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM packs").fetchone()
    return int(count)


def test_a_killed_backup_leaves_no_backup(database: Path, folder: Path) -> None:
    """Neither half a file nor a hold on the database; what is left is told by its name, and swept by a later one."""
    before = everything(database)
    with program(SLOW, database, folder / "copy.db") as process:
        for _ in range(3):
            assert line(process) == "here"
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert "copy.db" not in names_in(folder)
    assert everything(database) == before
    key_path(folder / "copy.db").unlink()
    back_up(database, folder / "copy.db")
    assert everything(folder / "copy.db") == before


@pytest.mark.parametrize("taken", ["copy.db", "copy.db.key"])
def test_nothing_is_overwritten(database: Path, folder: Path, taken: str) -> None:
    """Neither a file nor a key."""
    (folder / taken).write_text("precious")
    with pytest.raises(StoreError, match=rf"{taken} is there already"):
        back_up(database, folder / "copy.db")
    assert names_in(folder) == {taken}
    assert (folder / taken).read_text() == "precious"


def test_the_database_is_no_place_for_its_backup(database: Path, folder: Path) -> None:
    """Not by way of a link either, nor is a link that leads nowhere."""
    (folder / "link.db").symlink_to(database)
    (folder / "nowhere.db").symlink_to(folder / "gone.db")
    for target in (database, folder / "link.db", folder / "nowhere.db"):
        with pytest.raises(StoreError, match="is there already"):
            back_up(database, target)
    assert names_in(folder) == {"link.db"}  # the other one is still a link to nothing


def test_what_is_missing_is_named(database: Path, folder: Path) -> None:
    """A database that isn't there, a folder that isn't there."""
    with pytest.raises(StoreError, match=r"no database at .*none\.db"):
        back_up(folder / "none.db", folder / "copy.db")
    with pytest.raises(StoreError, match=r"no folder .*nowhere"):
        back_up(database, folder / "nowhere" / "copy.db")
    assert names_in(folder) == set()


def test_a_damaged_database_is_not_backed_up(database: Path, folder: Path) -> None:
    """So that a sound backup isn't taken for older than one that is worth nothing; a stranger's isn't either."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(database.read_bytes())
    content[8192:65536] = bytes(65536 - 8192)
    database.write_bytes(content)
    with pytest.raises(StoreCorrupt, match=r"facts\.db is damaged.*no backup was made"):
        back_up(database, folder / "copy.db")
    other = folder / "songs.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE songs (title)")
    with pytest.raises(StoreCorrupt, match=r"songs\.db is damaged or not Footnote's"):
        back_up(other, folder / "copy.db")
    assert names_in(folder) == {"songs.db"}


def test_a_database_that_contradicts_itself_is_not_backed_up(database: Path, folder: Path) -> None:
    """A phrasing of a fact that isn't there is damage, too."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM facts")
    with pytest.raises(StoreCorrupt, match="no backup was made"):
        back_up(database, folder / "copy.db")
    assert names_in(folder) == set()


def test_a_locked_database_is_waited_for_and_then_left(
    database: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a restore has it for itself."""
    monkeypatch.setattr(backups, "BUSY_TIMEOUT_MS", 10)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match=r"facts\.db is locked by another program"):
            back_up(database, folder / "copy.db")
    assert names_in(folder) == set()


def test_a_disk_that_cannot_be_written_to(database: Path, shut: tuple[Path, Callable[[], None]]) -> None:
    """The sentence names the backup's place; from a read-only disk one can be made."""
    folder, close = shut
    for path in (database, key_path(database)):
        (folder / path.name).write_bytes(path.read_bytes())
        (folder / path.name).chmod(0o644)
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        close()
        with pytest.raises(StoreReadOnly, match=r"copy\.db can't be written to"):
            back_up(folder / "facts.db", folder / "copy.db")
        assert back_up(folder / "facts.db", Path(name) / "copy.db").has_key
        if hasattr(os, "seteuid"):
            os.seteuid(os.getuid())
    assert names_in(folder) == {"facts.db", "facts.db.key"}


def test_a_linked_database_is_seen_to_be_in_use(database: Path, folder: Path) -> None:
    """SQLite keeps the log beside the file itself, and what only reads must not take the link for one without."""
    link = folder / "link.db"
    link.symlink_to(database)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("UPDATE facts SET claim = 'Newer.'")
        back_up(link, folder / "copy.db")
        with closing(sqlite3.connect(uri(link, "ro"), uri=True)) as reader:
            assert reader.execute("SELECT claim FROM facts").fetchone() == ("Newer.",)
    assert everything(folder / "copy.db")["facts"][0][3] == "Newer."


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"Dear diary, this is no database at all. " * 200,
        lambda content: content[: len(content) // 2],
        lambda content: content[:100],
        lambda content: content[:8192] + bytes(8192) + content[16384:],
    ],
    ids=["empty", "text", "truncated", "header only", "overwritten"],
)
def test_a_damaged_backup_is_known_for_one(database: Path, folder: Path, damage: Callable[[bytes], bytes]) -> None:
    """In one sentence, and nothing is changed or made."""
    target = folder / "copy.db"
    back_up(database, target, with_key=False)
    target.write_bytes(damage(target.read_bytes()))
    before = target.read_bytes()
    with pytest.raises(StoreCorrupt, match=r"copy\.db is damaged, or no backup of Footnote, and can't be restored"):
        verify(target)
    assert names_in(folder) == {"copy.db"}
    assert target.read_bytes() == before


def test_a_flipped_bit_in_an_index_is_found(database: Path, folder: Path) -> None:
    """Every index is compared with its table, which a quick look doesn't do."""
    target = folder / "copy.db"
    back_up(database, target, with_key=False)
    with closing(sqlite3.connect(target)) as connection:
        sql = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_notes_message_id'"
        (page,) = connection.execute(sql).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(target.read_bytes())
    where = content.index((900).to_bytes(2), (page - 1) * size, page * size)
    content[where + 1] ^= 1
    target.write_bytes(content)
    with pytest.raises(StoreCorrupt, match="damaged"):
        verify(target)


def test_verifying_changes_nothing(database: Path, folder: Path) -> None:
    """It says what is there, also of a copy that a migration left, which has the other kind of journal."""
    target = folder / "copy.db"
    made = back_up(database, target)
    os.utime(target, (AT.timestamp(), AT.timestamp()))
    before = target.read_bytes()
    contents = verify(target)
    assert (contents.tables, contents.made) == (made.tables, AT)
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    assert verify(target).tables == made.tables
    assert names_in(folder) == {"copy.db", "copy.db.key"}
    assert len(before) == target.stat().st_size


def test_what_cannot_be_verified(database: Path, folder: Path, seed: Path, next_migrations: Path) -> None:
    """A folder, nothing, a database in use, and one of a newer Footnote are told apart."""
    with pytest.raises(StoreError, match="is a folder"):
        verify(folder)
    with pytest.raises(StoreError, match=r"no file .*none\.db"):
        verify(folder / "none.db")
    with pytest.raises(StoreError, match=r"isn't complete without facts\.db-wal"):
        verify(database)
    prepare(folder / "newer.db", seed)
    prepare(folder / "newer.db", seed, migrations=next_migrations)
    with pytest.raises(StoreTooNew, match=r"newer\.db was written by a newer Footnote"):
        verify(folder / "newer.db")
    with pytest.raises(StoreTooNew, match=r"newer\.db was written by a newer Footnote"):
        back_up(folder / "newer.db", folder / "copy.db")


def test_a_folder_keeps_so_many(database: Path, folder: Path) -> None:
    """The oldest of its own go with their keys, and nothing else does; without a number none goes."""
    others = {"facts-20200101T000000Z.db.txt", "other-20200101T000000Z.db", "facts-2020.db", "facts.db"}
    for name in others:
        (folder / name).write_text("precious")
    (folder / "facts-20200202T000000Z.db").mkdir()
    (folder / "facts-20200303T000000Z.db").symlink_to(database)
    for day in range(4):
        path, _, deleted = back_up_into(folder, database, at=AT + timedelta(days=day))
        assert (path.name, deleted) == (f"facts-2026030{day + 1}T123005Z.db", [])
    path, _, deleted = back_up_into(folder, database, at=AT + timedelta(days=4), keep=2)
    assert [file.name for file in deleted] == [f"facts-2026030{day}T123005Z.db" for day in (1, 2, 3)]
    kept = {f"facts-2026030{day}T123005Z.db{suffix}" for day in (4, 5) for suffix in ("", ".key")}
    assert names_in(folder) == others | kept | {"facts-20200303T000000Z.db"}
    assert (folder / "facts-20200202T000000Z.db").is_dir()


def test_the_new_one_stays_where_the_clock_was_set_back(database: Path, folder: Path) -> None:
    """It is the newest, whatever its name says."""
    back_up_into(folder, database, at=AT)
    path, _, deleted = back_up_into(folder, database, at=AT - timedelta(days=9), keep=1)
    assert [file.name for file in deleted] == ["facts-20260301T123005Z.db"]
    assert names_in(folder) == {path.name, f"{path.name}.key"}


def test_a_backup_that_fails_deletes_nothing(database: Path, folder: Path) -> None:
    """Retention follows a backup that was checked."""
    back_up_into(folder, database, at=AT)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM facts")
    before = names_in(folder)
    with pytest.raises(StoreCorrupt):
        back_up_into(folder, database, at=AT + timedelta(days=1), keep=1)
    assert names_in(folder) == before


def test_two_backups_in_one_second_do_not_meet(database: Path, folder: Path) -> None:
    """The second is refused."""
    back_up_into(folder, database, at=AT)
    with pytest.raises(StoreError, match="is there already"):
        back_up_into(folder, database, at=AT, keep=1)


def test_what_killed_backups_left_is_swept_a_day_later(database: Path, folder: Path) -> None:
    """It holds a copy of the database like any other; one that is being made is left alone."""
    name = "facts-20260301T123005Z.db"
    old, new, other = (folder / it for it in (f".{name}.abc_1234.part", f".{name}.abc_1235.part", ".x.abc_1234.part"))
    for path in (old, new, other):
        path.write_text("part")
    for path in (old, other):
        os.utime(path, (0, AT.timestamp()))
    os.utime(old, (0, datetime.now(UTC).timestamp() - 90_000))
    back_up_into(folder, database, at=AT, keep=3)
    assert names_in(folder) >= {new.name, other.name}
    assert old.name not in names_in(folder)


def test_a_damaged_key_is_no_key_to_back_up(database: Path, folder: Path) -> None:
    """Whoever needs the backup would find out too late."""
    key_path(database).write_bytes(bytes(KEY_BYTES - 1))
    with pytest.raises(StoreError, match=r"facts\.db\.key is damaged"):
        back_up(database, folder / "copy.db")
    assert names_in(folder) == set()


def test_the_facts_of_a_seed_are_counted(seed: Path, folder: Path) -> None:
    """A fresh database is a sound thing to back up."""
    path = folder / "facts.db"
    prepare(path, seed)
    assert back_up(path, folder / "copy.db").tables["facts"] == len(FACTS)
