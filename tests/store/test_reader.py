"""The blocking reader that matching follows the store by."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.domain.errors import StoreError
from bot.domain.fact import Fact, Fingerprint
from bot.domain.ports import FactReader
from bot.matching.listed import ListedFacts
from bot.store.database import Database, open_database
from bot.store.seed import build_seed
from tests.builders import a_fact
from tests.store.conftest import names_in

FACTS = [
    a_fact(slug="b", version=3),
    a_fact(slug="a", claim="Mars."),
    a_fact(slug="gone", retired=True, version=50),
    a_fact(slug="c", phrasings=()),
]
VECTORS = {"aa": b"1", "bb": b"2"}


async def _add(database: Database, *facts: Fact) -> None:
    async with database.transaction() as tx:
        for fact in facts:
            await tx.facts.add(fact)


@pytest.fixture
async def filled(tmp_path: Path, empty_seed: Path) -> AsyncIterator[Database]:
    """A database in use, with these facts and vectors."""
    async with await open_database(tmp_path / "reader.db", seed=empty_seed) as database:
        await _add(database, *FACTS)
        async with database.transaction() as tx:
            await tx.facts.add_vectors("model", VECTORS)
            await tx.facts.add_vectors("other", {"cc": b"3"})
        yield database


@pytest.fixture(params=["sqlite", "list"])
def reader(request: pytest.FixtureRequest) -> FactReader:
    """Every reader that the contract holds for: of a database, and of a list."""
    if request.param == "list":
        return ListedFacts(FACTS, VECTORS)
    filled: Database = request.getfixturevalue("filled")
    return filled.reader


async def test_a_fingerprint_adds_up_what_is_not_retired(reader: FactReader) -> None:
    """Of all facts, or of those up to a row."""
    characters = len(a_fact().claim)
    assert reader.fingerprint() == Fingerprint(3, 4, 5, 2 * characters + len("Mars."))
    assert reader.fingerprint(until=2) == Fingerprint(2, 2, 4, characters + len("Mars."))
    assert reader.fingerprint(until=0) == Fingerprint(0, 0, 0, 0)


async def test_versions_are_those_of_unretired_facts(reader: FactReader) -> None:
    """All of them, or those after a row."""
    assert reader.versions() == {"b": 3, "a": 1, "c": 1}
    assert reader.versions(after=2) == {"c": 1}
    assert reader.versions(after=4) == {}


async def test_facts_come_whole_by_name(reader: FactReader) -> None:
    """Retired ones too, and unknown ones not at all."""
    found = {fact.slug: fact for fact in reader.facts(["gone", "a", "nothing", "c"])}
    assert found == {fact.slug: fact for fact in FACTS if fact.slug != "b"}
    assert reader.facts([]) == []


async def test_vectors_come_by_key(reader: FactReader) -> None:
    """Those that there are, of one model."""
    assert reader.vectors("model", ["bb", "zz", "aa"]) == VECTORS
    assert reader.vectors("model", []) == {}


async def test_vectors_are_those_of_the_model(filled: Database) -> None:
    """Another model's vectors are never mixed in."""
    assert filled.reader.vectors("other", ["aa", "cc"]) == {"cc": b"3"}


async def test_more_names_than_one_query_takes(tmp_path: Path) -> None:
    """Long lists are asked for in parts."""
    facts = [a_fact(slug=f"fact-{number:04}", phrasings=()) for number in range(1100)]
    build_seed(facts, {"model": {f"{number:04}": b"1" for number in range(1100)}}, tmp_path / "many.db")
    async with await open_database(tmp_path / "many.db", readonly=True) as database:
        assert database.reader.facts([fact.slug for fact in facts]) == facts
        assert len(database.reader.vectors("model", [f"{number:04}" for number in range(1200)])) == 1100


async def test_it_sees_each_commit_and_nothing_before_it(filled: Database) -> None:
    """From another thread, while a transaction of the event loop is open; neither waits for the other."""
    with ThreadPoolExecutor(1) as thread:
        loop = asyncio.get_running_loop()

        async def versions() -> dict[str, int]:
            return await asyncio.wait_for(loop.run_in_executor(thread, filled.reader.versions), 3)

        async with filled.transaction() as tx:
            await tx.facts.add(a_fact(slug="new", version=7))
            assert "new" not in await versions()
        assert (await versions())["new"] == 7
        await _add(filled, a_fact(slug="newer"))
        assert "newer" in await versions()


async def test_it_never_writes(filled: Database) -> None:
    """Not even by mistake: the connection refuses."""
    with pytest.raises(StoreError), filled.reader._reading() as connection:
        connection.execute(text("DELETE FROM facts"))
    assert len(filled.reader.versions()) == 3


async def test_reading_a_closed_database_makes_no_files(tmp_path: Path, seed: Path) -> None:
    """As a read-only start does."""
    async with await open_database(tmp_path / "facts.db", seed=seed):
        pass
    async with await open_database(tmp_path / "facts.db", readonly=True) as database:
        assert len(database.reader.versions()) == 2
        assert names_in(tmp_path) == {"facts.db"}


async def test_closing_leaves_nothing_behind(tmp_path: Path, seed: Path) -> None:
    """The log is folded into the file, as without a reader."""
    async with await open_database(tmp_path / "facts.db", seed=seed) as database:
        await _add(database, a_fact(slug="new"))
        assert len(database.reader.versions()) == 3
    assert names_in(tmp_path) == {"facts.db"}


async def test_a_damaged_database_is_one_sentence(tmp_path: Path, seed: Path) -> None:
    """The driver's error never gets out."""
    path = tmp_path / "facts.db"
    async with await open_database(path, seed=seed) as database:
        pass
    path.write_bytes(b"nonsense" * 1000)
    with pytest.raises(StoreError, match="damaged"):
        database.reader.versions()
    database.reader.close()
