from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.domain.note import NoteState
from bot.domain.policy import CONSOLE_GUILD
from bot.store.database import open_database
from bot.store.seed import build_seed
from tests.builders import a_fact, an_item
from tests.cli.conftest import Footnote


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with two items of the console and one of another server."""
    path = tmp_path / "facts.db"
    build_seed([a_fact()], {}, path)

    async def fill() -> None:
        async with await open_database(path) as store, store.transaction() as tx:
            for message_id, guild_id in ((1, CONSOLE_GUILD), (2, CONSOLE_GUILD), (3, 77)):
                await tx.reviews.add(an_item(guild_id=guild_id, message_id=message_id, post_text=f"post {message_id}"))

    asyncio.run(fill())
    return path


def states(path: Path, message_id: int) -> list[NoteState]:
    """Return the states of a post's notes."""

    async def read() -> list[NoteState]:
        async with await open_database(path, readonly=True) as store, store.transaction() as tx:
            return [note.state for note in await tx.notes.for_source(message_id)]

    return asyncio.run(read())


@pytest.mark.usefixtures("database")
def test_the_queue_of_each_server_is_its_own(footnote: Footnote) -> None:
    """Items are listed oldest first, for the console or for a server by its id."""
    assert [item["post"] for item in footnote("queue", "list", "--json").answers] == ["post 1", "post 2"]
    assert [item["post"] for item in footnote("queue", "list", "--json", "--server", "77").answers] == ["post 3"]
    assert "post 2" in footnote("queue", "list").out


@pytest.mark.usefixtures("database")
def test_an_item_is_shown_with_why_it_matched(footnote: Footnote) -> None:
    """The post, the reasons and the gates."""
    text = footnote("queue", "show", "2").out
    assert "post 2" in text
    assert "Gates" in text
    assert footnote("queue", "show", "2", "--json").answers[0]["fact"] == "moon-cheese"
    assert footnote("queue", "show", "3").status == 1


def test_rulings_are_final(footnote: Footnote, database: Path) -> None:
    """Approving leaves a note for the running program to post; a second ruling is refused."""
    assert footnote("queue", "approve", "1").status == 0
    assert states(database, 1) == [NoteState.PENDING]
    assert footnote("queue", "dismiss", "2").status == 0
    assert states(database, 2) == []
    again = footnote("queue", "dismiss", "1", "2")
    assert (again.status, again.out, again.err.count("\n")) == (1, "", 2)
    assert "empty" in footnote("queue", "list").out


def test_without_a_database_there_is_nothing_to_rule_on(footnote: Footnote, tmp_path: Path) -> None:
    """Looking is fine, ruling is refused, and neither makes a file."""
    assert "empty" in footnote("queue", "list").out
    ran = footnote("queue", "approve", "1")
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert list(tmp_path.iterdir()) == []
