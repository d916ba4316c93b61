from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.ports import Store
from bot.domain.request import Answer, Request
from tests.builders import NOW

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("again", ["Is  it TRUE?", " is it true? ", "IS IT\nTRUE?", "is it true?"])
async def test_the_same_words_are_the_same_request(store: Store, again: str) -> None:
    """Letter case and spaces aside: another member is counted, in the words of whoever asked first."""
    async with store.transaction() as tx:
        first, new = await tx.requests.ask(1, "Is it true?", member="a", at=NOW)
        second, joined = await tx.requests.ask(1, again, member="b", at=NOW + MINUTE)
        third, twice = await tx.requests.ask(1, again, member="b", at=NOW + 2 * MINUTE)
    assert (new, joined, twice) == (True, True, False)
    assert first == Request(first.id, 1, "Is it true?", 1, NOW, NOW)
    assert second == third == Request(first.id, 1, "Is it true?", 2, NOW, NOW + MINUTE)
    async with store.transaction() as tx:
        assert await tx.requests.waiting(1) == [second]
        assert await tx.requests.get(first.id) == second


@pytest.mark.parametrize("again", ["Is it truer?", "Isit true?", "Is it true", "¿Is it true?"])
async def test_other_words_are_another_request(store: Store, again: str) -> None:
    """A letter more or less tells them apart."""
    async with store.transaction() as tx:
        await tx.requests.ask(1, "Is it true?", member="a", at=NOW)
        assert (await tx.requests.ask(1, again, member="b", at=NOW))[0].asked == 1


async def test_a_member_joins_once(store: Store) -> None:
    """Not what is gone or answered, and not twice."""
    async with store.transaction() as tx:
        one, _ = await tx.requests.ask(1, "One?", member="a", at=NOW)
        assert not await tx.requests.join(one.id, member="a", at=NOW + MINUTE)
        assert await tx.requests.join(one.id, member="b", at=NOW + MINUTE)
        assert not await tx.requests.join(404, member="b", at=NOW)
        await tx.requests.answer(one.id, Answer.NOT_NEEDED, by=5, at=NOW)
        assert not await tx.requests.join(one.id, member="c", at=NOW + 2 * MINUTE)
        found = await tx.requests.get(one.id)
    assert found is not None
    assert (found.asked, found.last_at) == (2, NOW + MINUTE)


async def test_servers_ask_apart(store: Store) -> None:
    """The same words in another server are counted, listed and deleted there."""
    async with store.transaction() as tx:
        here, _ = await tx.requests.ask(1, "Is it true?", member="a", at=NOW)
        there, _ = await tx.requests.ask(2, "Is it true?", member="a", at=NOW)
        assert (there.asked, await tx.requests.waiting(2)) == (1, [there])
        assert await tx.requests.of_member(1, "a") == [here]
        assert await tx.requests.count_since(2, "a", since=NOW) == 1
        assert not await tx.requests.remove(2, here.id)
        assert await tx.requests.remove(1, here.id)
        assert not await tx.requests.remove(1, here.id)
        assert (await tx.requests.waiting(1), await tx.requests.waiting(2)) == ([], [there])


async def test_those_of_most_members_come_first(store: Store) -> None:
    """Then the latest among equals; never more than asked for."""
    async with store.transaction() as tx:
        for minute, (text, member) in enumerate((("often", "a"), ("early", "a"), ("late", "a"), ("often", "b"))):
            await tx.requests.ask(1, text, member=member, at=NOW + minute * MINUTE)
        assert [one.text for one in await tx.requests.waiting(1)] == ["often", "late", "early"]
        assert [one.text for one in await tx.requests.waiting(1, limit=2)] == ["often", "late"]


async def test_what_a_member_asked(store: Store) -> None:
    """Theirs alone, the latest first, and how many since when."""
    async with store.transaction() as tx:
        for minute, (text, member) in enumerate((("one", "a"), ("two", "b"), ("three", "a"))):
            await tx.requests.ask(1, text, member=member, at=NOW + minute * MINUTE)
        assert [one.text for one in await tx.requests.of_member(1, "a")] == ["three", "one"]
        assert [await tx.requests.count_since(1, "a", since=NOW + n * MINUTE) for n in range(4)] == [2, 1, 1, 0]


async def test_of_two_answers_one_counts(store: Store) -> None:
    """It can be taken back, and then given anew; what is answered stands in a list of its own, the latest first."""
    async with store.transaction() as tx:
        one, _ = await tx.requests.ask(1, "One?", member="a", at=NOW)
        two, _ = await tx.requests.ask(1, "Two?", member="a", at=NOW)
        assert not await tx.requests.reopen(one.id)
        assert await tx.requests.answer(one.id, Answer.FACT, by=5, at=NOW + MINUTE, slug="moon")
        assert not await tx.requests.answer(one.id, Answer.NOT_NEEDED, by=6, at=NOW + MINUTE)
        assert not await tx.requests.answer(404, Answer.NOT_NEEDED, by=6, at=NOW)
        assert [found.id for found in await tx.requests.waiting(1)] == [two.id]
        again, joined = await tx.requests.ask(1, "one?", member="b", at=NOW)
        assert (again, joined) == (await tx.requests.get(one.id), False)
        assert (again.answer, again.slug, again.answered_by, again.answered_at) == (
            *(Answer.FACT, "moon", 5, NOW + MINUTE),
        )
        await tx.requests.answer(two.id, Answer.NOT_NEEDED, by=5, at=NOW + 2 * MINUTE)
        assert [found.id for found in await tx.requests.answered(1, limit=9)] == [two.id, one.id]
        assert [found.id for found in await tx.requests.answered(1, limit=1)] == [two.id]
        assert await tx.requests.answered(2, limit=9) == []
        assert await tx.requests.reopen(one.id)
        assert await tx.requests.get(one.id) == one


async def test_a_member_leaves(store: Store) -> None:
    """The request stays as long as somebody asks for it."""
    async with store.transaction() as tx:
        one, _ = await tx.requests.ask(1, "One?", member="a", at=NOW)
        await tx.requests.join(one.id, member="b", at=NOW)
        assert not await tx.requests.leave(one.id, member="c")
        assert await tx.requests.leave(one.id, member="a")
        assert not await tx.requests.leave(one.id, member="a")
        assert [found.asked for found in await tx.requests.waiting(1)] == [1]
        assert await tx.requests.leave(one.id, member="b")
        assert await tx.requests.get(one.id) is None
        assert not await tx.requests.leave(one.id, member="b")


async def test_old_requests_are_purged(store: Store) -> None:
    """By when they were last asked, not first; what was answered later stays as long again."""
    async with store.transaction() as tx:
        for minute, (text, member) in enumerate((("kept", "a"), ("gone", "a"), ("new", "a"), ("kept", "b"))):
            await tx.requests.ask(1, text, member=member, at=NOW + minute * MINUTE)
        late, _ = await tx.requests.ask(1, "late", member="a", at=NOW)
        await tx.requests.answer(late.id, Answer.NOT_NEEDED, by=5, at=NOW + 2 * MINUTE)
        await tx.requests.purge(before=NOW + 2 * MINUTE)
        assert [one.text for one in await tx.requests.waiting(1)] == ["kept", "new"]
        assert [one.text for one in await tx.requests.answered(1, limit=9)] == ["late"]
        await tx.requests.purge(before=NOW + 3 * MINUTE)
        assert await tx.requests.answered(1, limit=9) == []
