"""``footnote facts add | edit | retire``: the operator's facts."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.audit import Act
from bot.domain.fact import Fact
from bot.exchange.fact_file import fact_text, read_fact
from bot.store.database import open_database
from tests.builders import a_fact
from tests.cli.conftest import Footnote
from tests.cli.test_facts import build, stored


@pytest.fixture
def facts(tmp_path: Path, sure: Fact) -> Path:
    """A database with one fact, in use."""
    build(tmp_path / "facts.db", sure)
    return tmp_path / "facts.db"


def told(path: Path) -> list[tuple[Act, str | None, int | None]]:
    """Return what the log says of all servers' facts."""

    async def read() -> list[tuple[Act, str | None, int | None]]:
        async with await open_database(path, readonly=True) as store, store.reading() as tx:
            return [(event.new.act, event.new.slug, event.new.by) for event in await tx.audit.find(None)]

    return asyncio.run(read())


def test_a_fact_is_a_text_that_comes_back(sure: Fact) -> None:
    """With everything that a person may change."""
    assert read_fact(fact_text(sure)) == replace(sure, failed_tests=())


def test_a_fact_is_added_from_a_file(footnote: Footnote, facts: Path, sure: Fact, tmp_path: Path) -> None:
    """It is tested, and the log knows."""
    (tmp_path / "new.json").write_text(fact_text(a_fact()), encoding="utf-8")
    ran = footnote("facts", "add", "new.json")
    assert ran.out.startswith("moon-cheese: Saved as version 1")
    assert stored(facts)["moon-cheese"].claim == a_fact().claim
    assert told(facts) == [(Act.FACT_ADDED, "moon-cheese", None)]
    ran = footnote("facts", "add", "-", stdin=fact_text(a_fact()))
    assert (ran.status, ran.err) == (
        1,
        "footnote: Not saved: there is a fact moon-cheese already; choose another slug.\n",
    )


def test_a_change_is_the_next_version(footnote: Footnote, facts: Path, sure: Fact) -> None:
    """Its history keeps the one before; saying the same again changes nothing."""
    changed = replace(sure, correction="It is quite otherwise.")
    ran = footnote("facts", "edit", sure.slug, "-", stdin=fact_text(changed))
    assert ran.out == f"{sure.slug}: Saved as version 2; its tests pass.\n"
    assert (stored(facts)[sure.slug].correction, stored(facts)[sure.slug].version) == ("It is quite otherwise.", 2)
    assert told(facts) == [(Act.FACT_EDITED, sure.slug, None)]
    ran = footnote("facts", "edit", sure.slug, "-", stdin=fact_text(changed))
    assert (ran.status, ran.err) == (1, "footnote: Nothing was changed.\n")


def test_a_fact_is_retired(footnote: Footnote, facts: Path, sure: Fact) -> None:
    """It answers nothing any more; twice is once."""
    assert footnote("facts", "retire", sure.slug).out.endswith("Retired: it answers nothing any more.\n")
    assert json.loads(footnote("check", "--json", sure.claim).out)["action"] == "ignore"
    assert footnote("facts", "retire", sure.slug).status == 1
    assert told(facts) == [(Act.FACT_RETIRED, sure.slug, None)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "not sound JSON"),
        ("[]", "must be an object"),
        ("{}", "missing"),
        (fact_text(replace(a_fact(), correction="x" * 281)), "correction"),
    ],
)
def test_what_is_no_sound_fact_is_refused(footnote: Footnote, facts: Path, text: str, why: str) -> None:
    """In one sentence; nothing is stored."""
    ran = footnote("facts", "add", "-", stdin=text)
    assert (ran.status, ran.out, len(stored(facts))) == (1, "", 1)
    assert why in ran.err
    assert ran.err.count("\n") == 1


def test_without_an_editor_it_says_what_to_do(footnote: Footnote, facts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody can type, too."""
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", sys.executable)
    ran = footnote("facts", "add")
    assert (ran.status, ran.err) == (
        2,
        "footnote: There is no editor: set EDITOR, or give a FILE (- for standard input).\n",
    )
    assert footnote("facts", "edit", "none").status == 1
    assert len(stored(facts)) == 1
