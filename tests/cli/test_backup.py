from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path

import pytest

from bot.services.bundle import Services
from bot.store.instance import alone_on
from bot.store.lifecycle import prepare
from bot.store.seed import build_seed
from tests.builders import a_fact
from tests.cli.conftest import Footnote

TOKEN = "not.a.token"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The database of the settings, with two facts, in use before."""
    seed = tmp_path / "seed"
    build_seed([a_fact(), a_fact(slug="mars", claim="Mars is a potato.")], {}, seed)
    prepare(tmp_path / "facts.db", seed)
    seed.unlink()
    (tmp_path / "facts.db.key").write_bytes(bytes(32))
    return tmp_path / "facts.db"


@contextmanager
def changing(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection whose changes are kept."""
    with closing(sqlite3.connect(database)) as connection, connection:
        yield connection


def claims(database: Path) -> set[str]:
    """The claims of all facts."""
    with closing(sqlite3.connect(database)) as connection:
        return {claim for (claim,) in connection.execute("SELECT claim FROM facts")}


def test_there_and_back(footnote: Footnote, database: Path, tmp_path: Path) -> None:
    """A backup to a file, a look at it, and a restore say in a line or two what they did."""
    made = footnote("backup", "copy.db")
    assert (made.status, made.err) == (0, "")
    assert made.out == "copy.db: 2 facts, 0 notes, 0 review items, at revision 0005, with its key.\n"
    looked = footnote("backup", "--verify", "copy.db")
    assert looked.out.startswith("copy.db is sound, written 20")
    assert looked.out.endswith("UTC: 2 facts, 0 notes, 0 review items, at revision 0005, with its key.\n")
    before = claims(database)
    with changing(database) as connection:
        connection.execute("DELETE FROM facts WHERE slug = 'mars'")
    done = footnote("restore", "copy.db")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("facts.db is restored from copy.db: 2 facts, 0 notes, 0 review items, at revision 0005.")
    assert "What was there is kept for 30 days as facts.db.before-restore-" in done.out
    assert done.out.count("\n") == 1
    assert claims(database) == before
    [aside] = tmp_path.glob("facts.db.before-restore-*.backup")
    assert len(claims(aside)) == 1


def test_a_folder_of_backups(footnote: Footnote, database: Path, tmp_path: Path) -> None:
    """Named after their times; with a number the oldest are deleted, and that is said."""
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "facts-20200101T000000Z.db").write_text("old")
    [made] = footnote("backup", "copies", "--keep", "1", "--without-key", "--json").answers
    assert made["file"].startswith("copies/facts-20")
    assert (made["revision"], made["tables"]["facts"], made["key"]) == ("0005", 2, None)
    assert made["deleted"] == ["copies/facts-20200101T000000Z.db"]
    (tmp_path / "copies" / "facts-20200101T000000Z.db").write_text("old")
    ran = footnote("backup", "copies", "--keep", "1")
    # Two in one second don't meet: the second may be refused.
    assert ran.status == 1 or "Deleted copies/facts-20200101T000000Z.db." in ran.out
    [looked] = footnote("backup", "--verify", made["file"], "--json").answers if ran.status else [made]
    assert looked["tables"] == made["tables"]


def test_a_restore_as_json(footnote: Footnote, database: Path, tmp_path: Path) -> None:
    """One object, with where the old database is; and nothing else on standard output."""
    footnote("backup", "copy.db", "--without-key")
    [done] = footnote("restore", "copy.db", "--json").answers
    assert (done["database"], done["restored"]) == ("facts.db", "copy.db")
    assert (done["revision"], done["migrated_to"], done["tables"]["facts"]) == ("0005", "0005", 2)
    assert (tmp_path / done["kept"]).is_file()
    assert (done["opt_outs_carried_over"], done["key"]) == (True, "kept")


def test_what_a_restore_could_not_do_is_said(footnote: Footnote, database: Path) -> None:
    """The old database is damaged; the key isn't beside the backup, or nowhere."""
    footnote("backup", "copy.db", "--without-key")
    database.write_bytes(b"rubbish" * 999)
    assert "who opted out since the backup has to do so again" in (said := footnote("restore", "copy.db").out)
    assert "facts.db.key stays; it must be the one that it was made with" in said
    for name in ("facts.db", "facts.db.key"):
        database.with_name(name).unlink()
    said = footnote("restore", "copy.db").out
    assert "put its key at facts.db.key before the bot starts" in said
    assert "kept" not in said


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("backup",), 2, "arguments are required: TARGET"),
        (("backup", "copies/"), 2, "There is no folder copies. Make it first."),
        (("backup", "copy.db", "--keep", "3"), 2, "--keep needs a folder"),
        (("backup", ".", "--keep", "0"), 2, "'0' is not a number of backups"),
        (("backup", "--verify", "facts.db", "--keep", "2"), 2, "--verify only looks"),
        (("backup", "facts.db"), 1, "facts.db is there already"),
        (("backup", "no/copy.db"), 1, "There is no folder"),
        (("backup", "--verify", "none.db"), 1, "There is no file none.db."),
        (("backup", "--verify", "text.db"), 1, "text.db is damaged, or no backup of Footnote"),
        (("restore",), 2, "arguments are required: FILE"),
        (("restore", "none.db"), 1, "There is no file none.db."),
        (("restore", "."), 1, ". is a folder."),
        (("restore", "text.db"), 1, "text.db is damaged, or no backup of Footnote"),
        (("restore", "facts.db"), 1, "facts.db is the database itself"),
    ],
)
def test_what_is_refused_is_said_in_one_line(
    footnote: Footnote, database: Path, arguments: tuple[str, ...], status: int, said: str
) -> None:
    """With 2 for bad usage and 1 for the rest, and nothing is changed."""
    database.with_name("text.db").write_text("Dear diary.")
    before = {path: path.read_bytes() for path in database.parent.iterdir()}
    ran = footnote(*arguments)
    assert (ran.status, ran.out, ran.err.count("\n")) == (status, "", 1)
    assert said in ran.err
    assert {path: path.read_bytes() for path in database.parent.iterdir()} == before


def test_a_restore_waits_for_no_bot(footnote: Footnote, database: Path) -> None:
    """It is refused while one runs, and the doctor says that one does."""
    footnote("backup", "copy.db")
    with alone_on(database):
        ran = footnote("restore", "copy.db")
        assert (ran.status, ran.out) == (1, "")
        assert ran.err == (
            "footnote: Another Footnote runs on facts.db: stop it first, or set FOOTNOTE_DB to another file.\n"
        )
        assert "facts.db is sound, at revision 0005; a bot runs on it" in footnote("doctor").out
        assert footnote("backup", "second.db").status == 0
    assert "a bot runs on it" not in footnote("doctor").out


def test_a_second_bot_is_refused(footnote: Footnote, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it opens the database; the console, which posts nothing to Discord, may run beside the bot."""
    ran: list[int] = []

    async def run_discord(services: Services, token: str, **_: object) -> None:
        ran.append(len(await services.facts.all()))

    monkeypatch.setattr("bot.discord_app.run.run_discord", run_discord)
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    with alone_on(database):
        refused = footnote("run")
        monkeypatch.delenv("DISCORD_TOKEN")
        assert footnote("run", stdin="hello\n").status == 0
    assert (refused.status, refused.out, ran) == (1, "", [])
    assert refused.err.endswith("stop it first, or set FOOTNOTE_DB to another file.\n")
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    assert footnote("run").status == 0
    assert ran == [2]


def test_a_bot_is_refused_where_it_could_not_lock(
    footnote: Footnote, shut: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the same words as where it could not write."""
    for module in ("bot.discord_app.run", "bot.wiring", "bot.store.instance", "filelock"):
        import_module(module)
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    shut()
    ran = footnote("run")
    assert (ran.status, ran.out) == (1, "")
    assert "facts.db can't be written to" in ran.err


def test_the_index_tells_of_the_restored_facts(
    footnote: Footnote, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where a later edit makes the sums agree by which an index knows its store."""
    monkeypatch.setattr("bot.wiring.MEMORY_FACTS", 1)
    footnote("backup", "copy.db")
    edit = "UPDATE facts SET claim = ?, true_statement = ?, version = 2 WHERE slug = 'mars'"
    with changing(database) as connection:
        connection.execute(edit, ("Mars is a turnip.", "Rock."))
        connection.execute("DELETE FROM phrasings WHERE fact_id = (SELECT id FROM facts WHERE slug = 'mars')")
    assert footnote("facts", "index").status == 0
    assert (tmp_path / "facts.db.index").is_dir()
    assert footnote("restore", "copy.db").status == 0
    with changing(database) as connection:
        connection.execute(edit, ("Mars is a carrot.", "Rock."))
        connection.execute("DELETE FROM phrasings WHERE fact_id = (SELECT id FROM facts WHERE slug = 'mars')")
    assert footnote("facts", "index").status == 0
    monkeypatch.setattr("bot.matching.index.MAX_HELD", 0)  # words alone, no meaning
    assert "mars" in footnote("facts", "search", "carrot").out
    assert "mars" not in footnote("facts", "search", "turnip").out
