from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.services.compute import MatchingWorker
from bot.services.questions import ALLOWED, QUESTION_LIMIT, PassOnQuestions
from bot.store.database import open_database
from tests.services.conftest import GUILD, House

ALICE, BOB = 987654321012, 123456789012


def _bytes(folder: Path) -> bytes:
    """Return the database and whatever lies beside it."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.fixture
def questions(house: House) -> PassOnQuestions:
    """What passes questions on."""
    return house.services.questions


async def test_the_same_words_are_one_question(questions: PassOnQuestions) -> None:
    """Letter case and spaces aside; two members count twice, one who presses again counts once."""
    assert (await questions.ask(GUILD, "Is it hollow?", by=ALICE)).message.startswith("Passed on to the moderators")
    again = await questions.ask(GUILD, " is it  HOLLOW? ", by=ALICE)
    assert (again.done, again.message) == (True, "These words were passed on already.")
    await questions.ask(GUILD, "IS IT HOLLOW?", by=BOB)
    [question] = await questions.top(GUILD, limit=9)
    assert (question.text, question.asked) == ("Is it hollow?", 2)
    assert await questions.top(GUILD + 1, limit=9) == []


async def test_two_clicks_at_once_are_one_question(questions: PassOnQuestions) -> None:
    """However fast."""
    await asyncio.gather(*(questions.ask(GUILD, "Is it?", by=ALICE) for _ in range(5)))
    assert [one.asked for one in await questions.top(GUILD, limit=9)] == [1]


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (QUESTION_LIMIT + 1)])
async def test_what_is_no_question_is_refused(questions: PassOnQuestions, text: str) -> None:
    """Nothing, and what is too long."""
    assert not (await questions.ask(GUILD, text, by=ALICE)).done
    assert await questions.top(GUILD, limit=9) == []


async def test_a_member_may_ask_five_times_an_hour(house: House, questions: PassOnQuestions) -> None:
    """Then they wait; others need not, nor does another server."""
    for number in range(ALLOWED):
        assert (await questions.ask(GUILD, f"Question {number}?", by=ALICE)).done
    refused = await questions.ask(GUILD, "One more?", by=ALICE)
    assert (refused.done, refused.message) == (
        False,
        "That was 5 questions within an hour. Please try again later.",
    )
    assert (await questions.ask(GUILD, "One more?", by=BOB)).done
    assert (await questions.ask(GUILD + 1, "One more?", by=ALICE)).done
    house.clock.forward(hours=1)
    assert (await questions.ask(GUILD, "One more?", by=ALICE)).done


async def test_a_question_that_could_not_be_stored_may_be_asked_again(
    questions: PassOnQuestions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault takes nothing from the allowance."""

    async def fail(*args: object) -> None:
        raise OSError("disk")

    with monkeypatch.context() as patched:
        patched.setattr(questions, "_store_it", fail)
        with pytest.raises(OSError, match="disk"):
            await questions.ask(GUILD, "Is it?", by=ALICE)
    assert (await questions.ask(GUILD, "Is it?", by=ALICE)).message.startswith("Passed on")


async def test_questions_go_after_ninety_days(house: House, questions: PassOnQuestions) -> None:
    """Asked again, they stay; the rest is gone, also where nobody looks."""
    await questions.ask(GUILD, "Old?", by=ALICE)
    await questions.ask(GUILD, "Kept?", by=ALICE)
    house.clock.forward(days=60)
    await questions.ask(GUILD, "Kept?", by=ALICE)
    house.clock.forward(days=31)
    await questions.ask(GUILD, "New?", by=ALICE)
    async with house.store.transaction() as tx:
        assert {one.text for one in await tx.questions.top(GUILD, limit=9)} == {"Kept?", "New?"}


async def test_a_removed_question_is_gone(questions: PassOnQuestions) -> None:
    """Once, and only from its own server."""
    await questions.ask(GUILD, "One?", by=ALICE)
    await questions.ask(GUILD, "Two?", by=ALICE)
    ids = [one.id for one in await questions.top(GUILD, limit=9)]
    assert await questions.remove(GUILD + 1, ids) == 0
    assert await questions.remove(GUILD, [*ids, 404]) == 2
    assert await questions.remove(GUILD, ids) == 0
    assert await questions.top(GUILD, limit=9) == []


async def test_who_asked_is_written_nowhere(tmp_path: Path, seed: Path, worker: MatchingWorker) -> None:
    """The words are in the file, the member's id isn't."""
    async with await open_database(tmp_path / "facts.db", seed=seed) as database:
        await House(database, worker).services.questions.ask(GUILD, "Is xylophonequark real?", by=ALICE)
        async with database.transaction() as tx:
            assert str(ALICE) not in repr(await tx.questions.top(GUILD, limit=9))
    files = _bytes(tmp_path)
    assert b"xylophonequark" in files
    assert str(ALICE).encode() not in files
    assert not any(ALICE.to_bytes(size, "big") in files for size in (6, 8))
