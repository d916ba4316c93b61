from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.ports import Store
from bot.domain.question import Question
from tests.builders import NOW

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("again", ["Is  it TRUE?", " is it true? ", "IS IT\nTRUE?", "is it true?"])
async def test_the_same_words_are_the_same_question(store: Store, again: str) -> None:
    """Letter case and spaces aside: it is counted once more, in the words of whoever asked first."""
    async with store.transaction() as tx:
        first = await tx.questions.ask(1, "Is it true?", at=NOW)
        second = await tx.questions.ask(1, again, at=NOW + MINUTE)
    assert first == Question(first.id, 1, "Is it true?", 1, NOW, NOW)
    assert second == Question(first.id, 1, "Is it true?", 2, NOW, NOW + MINUTE)
    async with store.transaction() as tx:
        assert await tx.questions.top(1, limit=9) == [second]


@pytest.mark.parametrize("again", ["Is it truer?", "Isit true?", "Is it true", "¿Is it true?"])
async def test_other_words_are_another_question(store: Store, again: str) -> None:
    """A letter more or less tells them apart."""
    async with store.transaction() as tx:
        await tx.questions.ask(1, "Is it true?", at=NOW)
        assert (await tx.questions.ask(1, again, at=NOW)).asked == 1


async def test_servers_ask_apart(store: Store) -> None:
    """The same words in another server are counted, listed and deleted there."""
    async with store.transaction() as tx:
        here = await tx.questions.ask(1, "Is it true?", at=NOW)
        there = await tx.questions.ask(2, "Is it true?", at=NOW)
        assert (there.asked, await tx.questions.top(2, limit=9)) == (1, [there])
        assert not await tx.questions.remove(2, here.id)
        assert await tx.questions.remove(1, here.id)
        assert not await tx.questions.remove(1, here.id)
        assert (await tx.questions.top(1, limit=9), await tx.questions.top(2, limit=9)) == ([], [there])


async def test_the_most_asked_come_first(store: Store) -> None:
    """Then the latest among equals; never more than asked for."""
    async with store.transaction() as tx:
        for minute, text in enumerate(("often", "early", "late", "often", "often")):
            await tx.questions.ask(1, text, at=NOW + minute * MINUTE)
        assert [one.text for one in await tx.questions.top(1, limit=9)] == ["often", "late", "early"]
        assert [one.text for one in await tx.questions.top(1, limit=2)] == ["often", "late"]


async def test_old_questions_are_purged(store: Store) -> None:
    """By when they were last asked, not first."""
    async with store.transaction() as tx:
        for minute, text in enumerate(("kept", "gone", "new", "kept")):
            await tx.questions.ask(1, text, at=NOW + minute * MINUTE)
        await tx.questions.purge(before=NOW + 2 * MINUTE)
        assert [one.text for one in await tx.questions.top(1, limit=9)] == ["kept", "new"]
