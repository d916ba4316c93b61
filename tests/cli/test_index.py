"""The index of a large store, as the command line makes and uses it. Large, here, is two facts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot import wiring
from bot.domain.fact import Fact
from bot.matching.encoder import OnnxEncoder
from bot.matching.models import ENCODER
from bot.matching.vectors import key
from bot.store.database import open_database
from bot.store.seed import build_seed
from tests.builders import a_fact
from tests.cli.conftest import Footnote

POTATO = a_fact(slug="mars", claim="Mars is a potato and has always been one.", phrasings=())


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any store is large enough for a folder."""
    monkeypatch.setattr(wiring, "MEMORY_FACTS", 1)


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder, with its content and when it was written."""
    found = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): (file.read_bytes(), file.stat().st_mtime_ns) for file in found}


def vectors(path: Path, fact: Fact) -> int:
    """How many vectors of a fact's wordings are stored."""

    async def read() -> int:
        async with await open_database(path, readonly=True) as store:
            name = OnnxEncoder(ENCODER).name
            return len(store.reader.vectors(name, [key(text) for text in fact.wordings()]))

    return asyncio.run(read())


def test_indexing_stores_the_index_and_the_vectors(footnote: Footnote, tmp_path: Path) -> None:
    """Beside the database, and in it; doing it again finds all there."""
    build_seed([a_fact(), POTATO], {}, tmp_path / "facts.db")
    for _ in range(2):
        ran = footnote("facts", "index")
        assert (ran.status, ran.out, ran.err) == (0, "2 facts are indexed, and have their vectors.\n", "")
        assert (tmp_path / "facts.db.index" / "meta.json").is_file()
        assert (vectors(tmp_path / "facts.db", a_fact()), vectors(tmp_path / "facts.db", POTATO)) == (3, 1)


@pytest.mark.parametrize("indexed", [True, False])
def test_reading_commands_change_no_file(footnote: Footnote, tmp_path: Path, *, indexed: bool) -> None:
    """Whether there is an index or not, they find the same."""
    database = tmp_path / "facts.db"
    build_seed([a_fact(), POTATO], {}, database)
    if indexed:
        footnote("facts", "index")
    before = files(tmp_path)
    for more in ((), ("--facts", str(database))):
        assert [fact["slug"] for fact in footnote("facts", "search", "potato", "--json", *more).answers] == ["mars"]
        [answer] = footnote("check", POTATO.claim, "--json", *more).answers
        assert answer["candidates"][0]["fact"] == "mars"
        footnote("facts", "list", *more)
    assert files(tmp_path) == before


def test_few_facts_need_no_folder(footnote: Footnote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their index is made at each start."""
    monkeypatch.setattr(wiring, "MEMORY_FACTS", 2)
    build_seed([a_fact(), POTATO], {}, tmp_path / "facts.db")
    assert footnote("facts", "index").status == 0
    assert [file.name for file in tmp_path.iterdir()] == ["facts.db"]


def test_a_start_leaves_the_vectors_of_many_new_facts_for_later(
    footnote: Footnote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And matches all the same."""
    build_seed([a_fact(), POTATO], {}, tmp_path / "facts.db")
    monkeypatch.setattr(wiring, "VECTORS_AT_START", 1)
    assert "made of rock" in footnote("run", stdin=f"/mode auto\n{POTATO.claim}\n").out
    assert vectors(tmp_path / "facts.db", POTATO) == 0
    monkeypatch.setattr(wiring, "VECTORS_AT_START", 2)
    (tmp_path / "facts.db.index" / "meta.json").unlink()
    footnote("run", stdin="/quit\n")
    assert vectors(tmp_path / "facts.db", POTATO) == 1
