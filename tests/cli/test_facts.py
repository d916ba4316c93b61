from __future__ import annotations

import asyncio
from pathlib import Path

from bot.domain.fact import Fact, NearMiss
from bot.store.database import open_database
from bot.store.seed import build_seed
from tests.builders import a_fact
from tests.cli.conftest import Footnote


def build(path: Path, *facts: Fact) -> str:
    """Make a database of facts without vectors."""
    build_seed(facts, {}, path)
    return str(path)


def stored(path: Path) -> dict[str, Fact]:
    """Return a database's facts by slug."""

    async def read() -> dict[str, Fact]:
        async with await open_database(path, readonly=True) as store, store.transaction() as tx:
            return {fact.slug: fact for fact in await tx.facts.all()}

    return asyncio.run(read())


def test_list_show_and_search(footnote: Footnote, tmp_path: Path) -> None:
    """A fact can be found by its words and read whole."""
    database = build(tmp_path / "my.db", a_fact(), a_fact(slug="mars", claim="Mars is a potato."))
    assert [fact["slug"] for fact in footnote("facts", "list", "--json", "--facts", database).answers] == [
        "mars",
        "moon-cheese",
    ]
    assert "Mars is a potato." in footnote("facts", "list", "--facts", database).out
    assert footnote("facts", "search", "potato", "--json", "--facts", database).answers[0]["slug"] == "mars"
    [fact] = footnote("facts", "show", "moon-cheese", "--json", "--facts", database).answers
    assert (fact["as_of"], fact["verdict"]) == ("2026-01-01", "false")
    assert fact["citations"][0]["source"]["publisher"] == "The Lunar Society"
    text = footnote("facts", "show", "moon-cheese", "--facts", database).out
    for part in ("The moon is a big cheese.", "Mars is made of cheese.", "The moon consists of rock."):
        assert part in text


def test_an_unknown_fact_is_one_sentence_with_a_hint(footnote: Footnote, tmp_path: Path) -> None:
    """A misspelt name gets the nearest one."""
    database = build(tmp_path / "my.db", a_fact())
    for command in ("show", "test"):
        ran = footnote("facts", command, "moon-chese", "--facts", database)
        assert (ran.status, ran.out) == (1, "")
        assert ran.err == "footnote: There is no fact moon-chese; did you mean moon-cheese?\n"


def test_a_fact_that_fails_its_own_tests_fails_the_command(footnote: Footnote, tmp_path: Path, sure: Fact) -> None:
    """Each failure is shown, and recorded in the own database, so that the fact can't reply by itself."""
    contradictory = a_fact(near_misses=(NearMiss(a_fact().claim, "same words"),))
    build(tmp_path / "facts.db", contradictory, sure)
    ran = footnote("facts", "test", "moon-cheese", "--json")
    assert ran.status == 1
    [report] = ran.answers
    assert (report["fact"], report["phrasings"], report["near_misses"]) == ("moon-cheese", 3, 1)
    assert report["failures"]
    assert stored(tmp_path / "facts.db")["moon-cheese"].failed_tests == tuple(report["failures"])
    assert report["failures"][0] in footnote("facts", "test").out


def test_testing_another_database_changes_nothing(footnote: Footnote, tmp_path: Path) -> None:
    """--facts is for looking."""
    database = tmp_path / "my.db"
    build(database, a_fact(phrasings=("Something else entirely, about trains.",)))
    before = database.read_bytes()
    footnote("facts", "test", "--facts", str(database))
    assert database.read_bytes() == before
    assert list(tmp_path.iterdir()) == [database]
