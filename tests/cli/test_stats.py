from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.policy import CONSOLE_GUILD
from bot.store.database import open_database
from bot.store.seed import build_seed
from tests.builders import a_fact, a_note, an_item
from tests.cli.conftest import Footnote


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database in which something happened in the console today, and more in another server."""
    path = tmp_path / "facts.db"
    build_seed([a_fact()], {}, path)
    now = datetime.now(UTC)

    async def fill() -> None:
        async with await open_database(path) as store, store.transaction() as tx:
            await tx.reviews.add(an_item(guild_id=CONSOLE_GUILD, created_at=now))
            for message_id in (5, 6):
                await tx.notes.add(a_note(guild_id=77, source_message_id=message_id, created_at=now))
            for member in "ab":
                await tx.requests.ask(77, "Is it \x1b[31mhollow?", member=member, at=now)

    asyncio.run(fill())
    return path


@pytest.mark.usefixtures("database")
def test_the_figures_of_each_server_are_its_own(footnote: Footnote) -> None:
    """The console's, or those of a server by its id; as text or as one JSON object."""
    text = footnote("stats").out
    assert "The last 30 days\n  0 automatic replies, 1 post queued" in text
    assert "1 open, the oldest for" in text
    other = footnote("stats", "--server", "77", "--days", "2")
    assert "Facts with the most notes\n  The moon is made of cheese. (2 notes)" in other.out
    assert "hollow? (2 times)" in other.out
    assert "\x1b" not in other.out


@pytest.mark.usefixtures("database")
def test_scripts_get_one_object(footnote: Footnote) -> None:
    """With what was counted, and what follows from it."""
    [answer] = footnote("stats", "--json", "--server", "77", "--days", "2").answers
    assert (answer["server"], answer["days"], len(answer["per_day"])) == (77, 2, 2)
    assert answer["top_facts"] == [{"claim": "The moon is made of cheese.", "notes": 2}]
    assert answer["notes_by_state"] == {"pending": 2}
    assert answer["unanswered"] == [{"text": "Is it \x1b[31mhollow?", "asked": 2}]
    assert (answer["automatic_judged"], answer["precision"], answer["precision_low"]) == (0, None, 0.0)


def test_without_a_database_nothing_happened(footnote: Footnote, tmp_path: Path) -> None:
    """Looking makes no file."""
    assert "No automatic reply was judged yet." in footnote("stats").out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("days", ["0", "366", "-1", "x", "1.5"])
def test_a_period_that_is_none_is_refused(footnote: Footnote, days: str) -> None:
    """In one line."""
    ran = footnote("stats", f"--days={days}")
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "give 1 to 365" in ran.err
