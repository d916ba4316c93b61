from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.errors import StoreCorrupt, StoreError, StoreReadOnly, StoreTooNew
from bot.domain.member import KEY_BYTES
from bot.store import placing
from bot.store import restore as restoring
from bot.store.backup import back_up
from bot.store.instance import alone_on
from bot.store.key import key_path
from bot.store.lifecycle import prepare, remove_backups
from bot.store.migrate import stored_revision
from bot.store.restore import restore
from tests.store.conftest import FACTS, names_in
from tests.store.full import everything, fill, in_log
from tests.store.test_moderation_migration import AT as ROW_AT

AT = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
ASIDE = "facts.db.before-restore-20260301T123005Z.backup"
NUMBERS = frozenset({"sqlite_sequence"})


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with rows in every table, the last change in its log alone, and its key."""
    path = tmp_path / "home" / "facts.db"
    path.parent.mkdir()
    fill(path)
    key_path(path).write_bytes(b"k" * KEY_BYTES)
    in_log(path, "UPDATE facts SET claim = 'Then.'")
    return path


@pytest.fixture
def backup(tmp_path: Path, database: Path) -> Path:
    """A backup of it, with its key."""
    path = tmp_path / "copies" / "copy.db"
    path.parent.mkdir()
    back_up(database, path)
    return path


def claim(database: Path) -> object:
    """Return the claim of the one fact."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT claim FROM facts").fetchone()[0]


def test_nothing_is_lost(database: Path, backup: Path) -> None:
    """Every table is as it was at the time of the backup; what was there instead is kept, its log included."""
    then = everything(database)
    in_log(database, "UPDATE facts SET claim = 'Now.'", "DELETE FROM ratings", "DELETE FROM appeals")
    shutil.copytree(database.parent, database.parent.with_name("copy of home"))
    now = everything(database.parent.with_name("copy of home") / "facts.db")
    done = restore(backup, database, at=AT)
    assert everything(database) == then
    assert done.kept == database.with_name(ASIDE)
    assert everything(done.kept) == now
    assert (done.revision, done.contents.tables["facts"], done.carried, done.key) == ("0005", 1, True, "restored")
    assert names_in(database.parent) == {"facts.db", "facts.db.key", "facts.db.lock", ASIDE}
    assert done.kept.stat().st_mode & 0o777 == 0o600


def test_there_is_a_way_back(database: Path, backup: Path) -> None:
    """The copy of what was there can be restored like any backup, and brings its key along."""
    in_log(database, "UPDATE facts SET claim = 'Now.'")
    key_path(database).write_bytes(b"n" * KEY_BYTES)
    done = restore(backup, database, at=AT)
    assert key_path(database).read_bytes() == b"k" * KEY_BYTES
    assert done.kept is not None
    assert key_path(done.kept).read_bytes() == b"n" * KEY_BYTES
    restore(done.kept, database, at=AT + timedelta(seconds=1))
    assert (claim(database), key_path(database).read_bytes()) == ("Now.", b"n" * KEY_BYTES)


def test_on_a_new_machine(tmp_path: Path, database: Path, backup: Path) -> None:
    """There is no database, no folder and no key yet; nothing is caught up with from before."""
    target = tmp_path / "elsewhere" / "facts.db"
    done = restore(backup, target, at=AT)
    without = NUMBERS | {"watermarks"}
    assert everything(target, without=without) == everything(database, without=without)
    assert everything(target)["watermarks"] == []
    assert (done.kept, done.carried, done.key) == (None, False, "restored")
    assert names_in(target.parent) == {"facts.db", "facts.db.key", "facts.db.lock"}
    assert [path.stat().st_mode & 0o777 for path in (target, key_path(target))] == [0o600, 0o600]


def test_a_backup_without_its_key(database: Path, backup: Path) -> None:
    """The present key stays; where there is none, that is said."""
    key_path(backup).unlink()
    assert restore(backup, database, at=AT).key == "kept"
    assert key_path(database).read_bytes() == b"k" * KEY_BYTES
    key_path(database).unlink()
    assert restore(backup, database, at=AT + timedelta(seconds=1)).key == "missing"


def test_a_damaged_key_changes_nothing(database: Path, backup: Path) -> None:
    """It is looked at before anything is done."""
    key_path(backup).write_bytes(b"short")
    with pytest.raises(StoreError, match=r"copy\.db\.key is damaged"):
        restore(backup, database, at=AT)
    assert names_in(database.parent) == {"facts.db", "facts.db.key"}


@pytest.mark.parametrize("damage", [lambda it: it[: len(it) // 2], lambda it: it[:8192] + bytes(8192) + it[16384:]])
def test_a_damaged_backup_changes_nothing(database: Path, backup: Path, damage: Callable[[bytes], bytes]) -> None:
    """Not a byte, nor is a file made."""
    backup.write_bytes(damage(backup.read_bytes()))
    before = {path: path.read_bytes() for path in database.parent.iterdir()}
    with pytest.raises(StoreCorrupt, match=r"copy\.db is damaged"):
        restore(backup, database, at=AT)
    assert {path: path.read_bytes() for path in database.parent.iterdir()} == before


def test_a_newer_backup_is_refused(tmp_path: Path, database: Path, seed: Path, next_migrations: Path) -> None:
    """An older program does not guess what a newer one meant."""
    newer = tmp_path / "newer.db"
    prepare(newer, seed)
    prepare(newer, seed, migrations=next_migrations)
    with pytest.raises(StoreTooNew, match=r"newer\.db was written by a newer Footnote"):
        restore(newer, database, at=AT)
    assert claim(database) == "Then."


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004"])
def test_an_older_backup_is_brought_up_to_date(tmp_path: Path, database: Path, revision: str) -> None:
    """Before it is placed, so that a start finds a current database; the backup itself stays as it is."""
    old = tmp_path / "old.db"
    fill(old, revision)
    before = old.read_bytes()
    done = restore(old, database, at=AT)
    assert (done.revision, done.contents.revision) == (revision, "0005")
    assert stored_revision(database, "ro") == "0005"
    assert claim(database) == "C"
    assert old.read_bytes() == before


def test_over_an_older_database(tmp_path: Path, backup: Path) -> None:
    """It knows of no opt-outs and no watermarks yet, and that is no fault."""
    older = tmp_path / "facts.db"
    fill(older, "0002")
    before = everything(older)
    done = restore(backup, older, at=AT)
    assert claim(older) == "Then."
    assert done.kept is not None
    assert everything(done.kept) == before


def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, database: Path, backup: Path, next_migrations: Path
) -> None:
    """The database that was there goes on."""
    step = next_migrations / "versions" / "0006_next.py"
    step.write_text(step.read_text() + '    op.execute("DELETE FROM nowhere")\n')
    with pytest.raises(StoreError, match="nowhere"):
        restore(backup, database, at=AT, migrations=next_migrations)
    assert names_in(database.parent) == {"facts.db", "facts.db.key", "facts.db.lock"}
    assert claim(database) == "Then."


def test_a_running_bot_is_in_the_way(database: Path, backup: Path) -> None:
    """Nothing is changed under its feet."""
    with alone_on(database), pytest.raises(StoreError, match="Another Footnote runs on"):
        restore(backup, database, at=AT)
    assert names_in(database.parent) == {"facts.db", "facts.db.key", "facts.db.lock"}


@pytest.mark.parametrize("reads", ["", "SELECT * FROM facts"])
def test_so_is_any_program_that_has_the_database_open(
    database: Path, backup: Path, monkeypatch: pytest.MonkeyPatch, reads: str
) -> None:
    """Such as the console, also where it does nothing just then."""
    monkeypatch.setattr(restoring, "BUSY_TIMEOUT_MS", 10)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("UPDATE facts SET claim = 'Now.'")
        rows = connection.execute(reads or "SELECT 1")
        with pytest.raises(StoreError, match=r"facts\.db is locked by another program"):
            restore(backup, database, at=AT)
        assert rows.fetchone() is not None
    assert claim(database) == "Now."
    assert ASIDE not in names_in(database.parent)


def test_nobody_can_open_it_meanwhile(database: Path, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the copy of the old one to the new key, the database is locked."""
    tried: list[str] = []
    whole = placing.Placing._store_key

    def look(self: placing.Placing) -> None:
        with closing(sqlite3.connect(database, timeout=0)) as connection, pytest.raises(sqlite3.OperationalError) as it:
            connection.execute("SELECT * FROM facts")
        tried.append(str(it.value))
        whole(self)

    monkeypatch.setattr(placing.Placing, "_store_key", look)
    restore(backup, database, at=AT)
    assert tried == ["database is locked"]


@pytest.mark.parametrize("damage", [lambda _: b"", lambda _: b"rubbish" * 9999, lambda it: it[:8192] + bytes(20_000)])
def test_instead_of_a_damaged_database(database: Path, backup: Path, damage: Callable[[bytes], bytes]) -> None:
    """The damaged one is kept as it is, with its log."""
    then = everything(database, without=NUMBERS | {"watermarks"})
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.write_bytes(damaged := damage(database.read_bytes()))
    database.with_name("facts.db-wal").write_bytes(b"what is left of a log")
    done = restore(backup, database, at=AT)
    assert everything(database, without=NUMBERS | {"watermarks"}) == then
    assert done.kept is not None
    assert names_in(database.parent) >= {"facts.db", "facts.db.key", "facts.db.lock", ASIDE}
    assert "facts.db-wal" not in names_in(database.parent)
    if damaged:
        assert done.kept.read_bytes() == damaged
        assert database.with_name(f"{ASIDE}-wal").read_bytes() == b"what is left of a log"


def test_a_database_of_another_program_is_left(database: Path, backup: Path) -> None:
    """FOOTNOTE_DB was set to the wrong file."""
    database.unlink()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE songs (title)")
    before = database.read_bytes()
    with pytest.raises(StoreError, match="is another program's database"):
        restore(backup, database, at=AT)
    assert database.read_bytes() == before
    assert names_in(database.parent) == {"facts.db", "facts.db.key", "facts.db.lock"}


def test_the_database_is_no_backup_of_itself(database: Path) -> None:
    """Not by way of a link either."""
    link = database.with_name("link.db")
    link.symlink_to(database)
    for name in (database, link):
        with pytest.raises(StoreError, match="is the database itself"):
            restore(name, database, at=AT)


def test_a_linked_database_stays_linked(tmp_path: Path, database: Path, backup: Path) -> None:
    """What the link leads to is restored, a damaged one, too."""
    link = tmp_path / "link.db"
    link.symlink_to(database)
    in_log(database, "UPDATE facts SET claim = 'Now.'")
    restore(backup, link, at=AT)
    assert (link.is_symlink(), claim(database)) == (True, "Then.")
    database.write_bytes(b"rubbish" * 9999)
    restore(backup, link, at=AT + timedelta(seconds=1))
    assert (link.is_symlink(), claim(database)) == (True, "Then.")


def test_where_the_last_step_fails_all_before_it_is_undone(
    database: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk: no copy is left aside, and the key is back."""
    key_path(database).write_bytes(b"n" * KEY_BYTES)
    in_log(database, "UPDATE facts SET claim = 'Now.'")

    def fill_up(source: sqlite3.Connection, into: sqlite3.Connection) -> None:
        if into.execute("PRAGMA database_list").fetchone()[2] == str(database):
            (pages,) = into.execute("PRAGMA page_count").fetchone()
            into.execute(f"PRAGMA max_page_count={pages}")
            into.execute("CREATE TABLE much AS SELECT zeroblob(9000000)")
        source.backup(into)

    monkeypatch.setattr(placing, "copy_pages", fill_up)
    with pytest.raises(StoreError, match=r"disk of .*facts\.db is full"):
        restore(backup, database, at=AT)
    assert names_in(database.parent) == {"facts.db", "facts.db.key", "facts.db.lock"}
    assert (claim(database), key_path(database).read_bytes()) == ("Now.", b"n" * KEY_BYTES)


def test_a_read_only_disk(backup: Path, shut: tuple[Path, Callable[[], None]]) -> None:
    """One sentence, and nothing is changed."""
    folder, close = shut
    shutil.copyfile(backup, folder / "facts.db")
    shutil.copyfile(backup, folder / "copy.db")
    close()
    with pytest.raises(StoreReadOnly, match=r"facts\.db can't be written to"):
        restore(folder / "copy.db", folder / "facts.db", at=AT)
    assert names_in(folder) == {"facts.db", "copy.db"}


def test_the_index_goes(database: Path, backup: Path) -> None:
    """It tells of the facts that were there, and is made again by a start."""
    index = database.with_name("facts.db.index")
    index.mkdir()
    (index / "meta.json").write_text("{}")
    restore(backup, database, at=AT, index=index)
    assert not index.exists()


def test_what_must_not_be_forgotten(database: Path, backup: Path) -> None:
    """Who opted out since, until when posts were looked at, which numbers were given out."""
    in_log(
        database,
        f"INSERT INTO member_marks VALUES ('opted_out', 0, 'b', '{ROW_AT}')",
        f"INSERT INTO member_marks VALUES ('discounted', 1, 'c', '{ROW_AT}')",
        "UPDATE watermarks SET at = '2026-03-09 00:00:00.000000'",
        "UPDATE sqlite_sequence SET seq = 5000 WHERE name = 'notes'",
        "DELETE FROM sqlite_sequence WHERE name = 'appeals'",
    )
    restore(backup, database, at=AT)
    held = everything(database)
    assert [(mark, member) for mark, _, member, _ in held["member_marks"]] == [("opted_out", "a"), ("opted_out", "b")]
    assert held["watermarks"] == [(1, "2026-03-09 00:00:00.000000")]
    numbers = dict(held["sqlite_sequence"])
    assert (numbers["notes"], numbers["appeals"]) == (5000, 1)


def test_opt_outs_under_another_key_are_nobodys(database: Path, backup: Path) -> None:
    """They would be marks that no one is ever found by."""
    key_path(database).write_bytes(b"n" * KEY_BYTES)
    in_log(database, f"INSERT INTO member_marks VALUES ('opted_out', 0, 'b', '{ROW_AT}')")
    restore(backup, database, at=AT)
    assert [member for _, _, member, _ in everything(database)["member_marks"]] == ["a"]


def test_a_note_that_waited_is_looked_for_before_it_is_sent(tmp_path: Path, database: Path) -> None:
    """It may have been sent after the backup was made."""
    in_log(database, "UPDATE notes SET state = 'pending', attempts = 0, message_id = NULL WHERE id = 7")
    back_up(database, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", database, at=AT)
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT state, attempts FROM notes WHERE id = 7").fetchone() == ("pending", 1)


def test_a_start_beside_the_log_of_a_lost_database_is_refused(tmp_path: Path, database: Path, seed: Path) -> None:
    """SQLite would take it for the log of the new one, and write the old pages over its own."""
    database.unlink()
    with pytest.raises(StoreError, match=r"facts\.db is missing, and facts\.db-wal is left of it"):
        prepare(database, seed)
    assert not database.exists()
    database.with_name("facts.db-wal").write_bytes(b"")
    prepare(database, seed)
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM facts").fetchone() == (len(FACTS),)


def test_copies_of_what_was_there_go_after_a_while(database: Path, backup: Path) -> None:
    """They hold what was erased since, as what a killed process left does; backups that somebody made stay."""
    in_log(database, "UPDATE facts SET claim = 'Now.'")
    key_path(database).write_bytes(b"n" * KEY_BYTES)
    restore(backup, database, at=AT)
    folder = database.parent
    left = (f"{ASIDE}-wal", ".facts.db.abcd_123.part", ".facts.db.abcd_123.part-journal", f".{ASIDE}.abcd_123.part")
    for name in (*left, "facts-20260301T123005Z.db", ".other.db.abcd_123.part"):
        (folder / name).write_text("part")
    for file in folder.iterdir():
        os.utime(file, (0, AT.timestamp()))
    assert remove_backups(database, before=AT) == 0
    assert remove_backups(database, before=AT + timedelta(seconds=1)) == 2 + len(left)
    kept = {"facts-20260301T123005Z.db", ".other.db.abcd_123.part", "facts.db", "facts.db.key", "facts.db.lock"}
    assert names_in(folder) == kept
