"""Many facts in one go are stored as one by one would be."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bot.domain.fact import Fact
from bot.domain.ports import Store
from bot.store.database import open_database
from tests.builders import A_SOURCE, a_fact, a_review
from tests.store.test_facts import FULL

MANY = 1000


def _facts(*, to_a_key: int = 1) -> list[Fact]:
    """Return facts that share documents, every third with all that a fact can have.

    Args:
        to_a_key: How many documents have the same key.
    """
    facts = []
    for number in range(MANY):
        slug, page = f"many-{MANY - number:04}", number // 4
        source = replace(A_SOURCE, key=f"page-{page // to_a_key}", title=f"Page {page}")
        bare = a_fact(slug=slug, correction="", citations=(), reviews=(a_review(identity=slug, source=source),))
        facts.append(bare if number % 3 else replace(FULL, slug=slug, claim=f"Claim {number}."))
    return facts


def _rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every row but for the numbers of sources: which of them is stored first is nobody's business."""
    with closing(sqlite3.connect(path)) as connection:
        columns = connection.execute(
            "SELECT m.name, group_concat(i.name) FROM sqlite_master m, pragma_table_info(m.name) i "
            "WHERE m.type = 'table' AND i.name <> 'source_id' AND (m.name, i.name) <> ('sources', 'id') GROUP BY m.name"
        )
        found = {name: connection.execute(f"SELECT {of_it} FROM {name}").fetchall() for name, of_it in columns}
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


async def test_many_in_one_go_are_stored_as_one_by_one(tmp_path: Path, empty_seed: Path) -> None:
    """To the row, its number and the other keys of documents whose keys were taken."""
    facts = _facts(to_a_key=3)
    found = []
    for name, runs in (("once", [facts]), ("singly", [[fact] for fact in facts])):
        async with await open_database(tmp_path / name, seed=empty_seed) as database, database.transaction() as tx:
            for new in runs:
                await tx.imports.add([(fact, f"key of {fact.claim}") for fact in new])
            found.append(await tx.facts.all(retired=True))
    assert found[0] == found[1]
    once = _rows(tmp_path / "once")
    assert once == _rows(tmp_path / "singly")
    assert len(once["facts"]) == MANY
    assert len(once["sources"]) == len({row[1:] for row in once["sources"]}) > MANY // 4


async def test_many_come_back_as_they_were(store: Store) -> None:
    """Each with its own parts, whoever it shares its sources with."""
    facts = _facts()
    async with store.transaction() as tx:
        await tx.imports.add([(fact, "k") for fact in facts])
    async with store.reading() as tx:
        assert await tx.facts.all() == sorted(facts, key=lambda fact: fact.slug)
