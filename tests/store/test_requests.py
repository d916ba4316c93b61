"""What members asked to have checked, on the real store and the fake."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.ports import Store
from bot.domain.request import Answer, Request
from tests.builders import NOW

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("again", ["Is  it TRUE?", " is it true? ", "IS IT\nTRUE?", "is it true?"])
async def test_the_same_words_are_the_same_request(store: Store, again: str) -> None:
    """Letter case and spaces aside: members are counted, each once, to the words of whoever asked first."""
    async with store.transaction() as tx:
        first, new = await tx.requests.ask(1, "Is it true?", member="a", at=NOW)
        assert (first, new) == (Request(first.id, 1, "Is it true?", 1, NOW, NOW), True)
        second, new = await tx.requests.ask(1, again, member="b", at=NOW + MINUTE)
        assert (second, new) == (Request(first.id, 1, "Is it true?", 2, NOW, NOW + MINUTE), True)
        third, new = await tx.requests.ask(1, again, member="a", at=NOW + 2 * MINUTE)
        assert (third, new) == (second, False)
    async with store.transaction() as tx:
        assert await tx.requests.waiting(1) == [second]


@pytest.mark.parametrize("again", ["Is it truer?", "Isit true?", "Is it true", "¿Is it true?"])
async def test_other_words_are_another_request(store: Store, again: str) -> None:
    """A letter more or less tells them apart."""
    async with store.transaction() as tx:
        await tx.requests.ask(1, "Is it true?", member="a", at=NOW)
        request, _ = await tx.requests.ask(1, again, member="a", at=NOW)
        assert request.asked == 1


async def test_servers_ask_apart(store: Store) -> None:
    """The same words in another server are counted, listed and deleted there."""
    async with store.transaction() as tx:
        here, _ = await tx.requests.ask(1, "Is it true?", member="a", at=NOW)
        there, new = await tx.requests.ask(2, "Is it true?", member="a", at=NOW)
        assert (there.asked, new, await tx.requests.waiting(2)) == (1, True, [there])
        assert not await tx.requests.remove(2, here.id)
        assert await tx.requests.remove(1, here.id)
        assert not await tx.requests.remove(1, here.id)
        assert (await tx.requests.waiting(1), await tx.requests.waiting(2)) == ([], [there])
        assert await tx.requests.of_member(1, "a") == []


async def test_what_most_members_ask_comes_first(store: Store) -> None:
    """Then the latest among equals; never more than asked for."""
    async with store.transaction() as tx:
        for minute, (text, member) in enumerate((("often", "a"), ("early", "a"), ("late", "a"), ("often", "b"))):
            await tx.requests.ask(1, text, member=member, at=NOW + minute * MINUTE)
        assert [one.text for one in await tx.requests.waiting(1)] == ["often", "late", "early"]
        assert [one.text for one in await tx.requests.waiting(1, limit=2)] == ["often", "late"]


async def test_a_member_joins_once_and_only_what_waits(store: Store) -> None:
    """Not what is gone or answered."""
    async with store.transaction() as tx:
        request, _ = await tx.requests.ask(1, "Is it?", member="a", at=NOW)
        assert await tx.requests.join(request.id, member="b", at=NOW + MINUTE)
        assert not await tx.requests.join(request.id, member="b", at=NOW + MINUTE)
        assert not await tx.requests.join(404, member="b", at=NOW)
        assert await tx.requests.answer(request.id, Answer.NOT_NEEDED, by=9, at=NOW)
        assert not await tx.requests.join(request.id, member="c", at=NOW)
        answered, new = await tx.requests.ask(1, "is it?", member="c", at=NOW)
        assert (answered.asked, answered.answer, new) == (2, Answer.NOT_NEEDED, False)


async def test_what_a_member_asked_is_found_and_counted(store: Store) -> None:
    """In a server, the latest first, since a time."""
    async with store.transaction() as tx:
        for minute, text in enumerate(("one", "two", "three")):
            await tx.requests.ask(1, text, member="a", at=NOW + minute * MINUTE)
        await tx.requests.ask(2, "elsewhere", member="a", at=NOW)
        await tx.requests.ask(1, "of another", member="b", at=NOW)
        assert [one.text for one in await tx.requests.of_member(1, "a")] == ["three", "two", "one"]
        assert await tx.requests.count_since(1, "a", since=NOW + MINUTE) == 2
        assert await tx.requests.count_since(3, "a", since=NOW) == 0


async def test_a_member_leaves_and_the_last_one_takes_it_along(store: Store) -> None:
    """Nobody is left to ask."""
    async with store.transaction() as tx:
        request, _ = await tx.requests.ask(1, "Is it?", member="a", at=NOW)
        await tx.requests.join(request.id, member="b", at=NOW)
        assert await tx.requests.leave(request.id, member="a")
        assert not await tx.requests.leave(request.id, member="a")
        left = await tx.requests.get(request.id)
        assert left is not None
        assert left.asked == 1
        assert await tx.requests.leave(request.id, member="b")
        assert await tx.requests.get(request.id) is None


async def test_an_answer_is_given_once_and_can_be_taken_back(store: Store) -> None:
    """Of two moderators one wins."""
    async with store.transaction() as tx:
        request, _ = await tx.requests.ask(1, "Is it?", member="a", at=NOW)
        assert not await tx.requests.reopen(request.id)
        assert await tx.requests.answer(request.id, Answer.FACT, by=9, at=NOW, slug="moon-cheese")
        assert not await tx.requests.answer(request.id, Answer.NOT_NEEDED, by=8, at=NOW)
        assert not await tx.requests.answer(404, Answer.NOT_NEEDED, by=8, at=NOW)
        found = await tx.requests.get(request.id)
        assert found == Request(request.id, 1, "Is it?", 1, NOW, NOW, Answer.FACT, "moon-cheese", 9, NOW)
        assert (await tx.requests.waiting(1), await tx.requests.answered(1, limit=9)) == ([], [found])
        assert await tx.requests.reopen(request.id)
        assert await tx.requests.waiting(1) == [request]


async def test_old_requests_are_purged(store: Store) -> None:
    """By when they were last asked, and answered."""
    async with store.transaction() as tx:
        for minute, (text, member) in enumerate(
            (("kept", "a"), ("gone", "a"), ("told", "a"), ("new", "a"), ("kept", "b"))
        ):
            await tx.requests.ask(1, text, member=member, at=NOW + minute * MINUTE)
        told = next(one for one in await tx.requests.waiting(1) if one.text == "told")
        await tx.requests.answer(told.id, Answer.NOT_NEEDED, by=9, at=NOW + 5 * MINUTE)
        await tx.requests.purge(before=NOW + 3 * MINUTE)
        assert [one.text for one in await tx.requests.waiting(1)] == ["kept", "new"]
        assert [one.text for one in await tx.requests.answered(1, limit=9)] == ["told"]
