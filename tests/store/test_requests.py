"""The contract of requests, on the real store and the fake."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.ports import Store
from bot.domain.request import Answer, Request
from tests.builders import NOW

MINUTE = timedelta(minutes=1)
A, B, C = "a" * 32, "b" * 32, "c" * 32


@pytest.mark.parametrize("again", ["Is  it TRUE?", " is it true? ", "IS IT\nTRUE?", "is it true?"])
async def test_the_same_words_are_the_same_request(store: Store, again: str) -> None:
    """Letter case and spaces aside: another member is counted to it, in the words of whoever asked first."""
    async with store.transaction() as tx:
        first = await tx.requests.ask(1, "Is it true?", member=A, at=NOW)
        second = await tx.requests.ask(1, again, member=B, at=NOW + MINUTE)
    assert first == (Request(first[0].id, 1, "Is it true?", 1, NOW, NOW), True)
    assert second == (Request(first[0].id, 1, "Is it true?", 2, NOW, NOW + MINUTE), True)
    async with store.reading() as tx:
        assert await tx.requests.waiting(1) == [second[0]]


async def test_a_member_counts_once(store: Store) -> None:
    """Who asks again changes nothing, not even when it was last asked."""
    async with store.transaction() as tx:
        first, _ = await tx.requests.ask(1, "Is it true?", member=A, at=NOW)
        assert await tx.requests.ask(1, "Is it true?", member=A, at=NOW + MINUTE) == (first, False)
        assert not await tx.requests.join(first.id, member=A, at=NOW + MINUTE)
        assert await tx.requests.get(first.id) == first


@pytest.mark.parametrize("again", ["Is it truer?", "Isit true?", "Is it true", "¿Is it true?"])
async def test_other_words_are_another_request(store: Store, again: str) -> None:
    """A letter more or less tells them apart."""
    async with store.transaction() as tx:
        first, _ = await tx.requests.ask(1, "Is it true?", member=A, at=NOW)
        second, new = await tx.requests.ask(1, again, member=A, at=NOW)
    assert (second.asked, new, second.id != first.id) == (1, True, True)


async def test_a_member_joins_a_request_that_waits(store: Store) -> None:
    """By its id: one that is gone or answered is joined by nobody."""
    async with store.transaction() as tx:
        request, _ = await tx.requests.ask(1, "Is it true?", member=A, at=NOW)
        assert await tx.requests.join(request.id, member=B, at=NOW + MINUTE)
        assert not await tx.requests.join(404, member=B, at=NOW)
        await tx.requests.answer(request.id, Answer.NOT_NEEDED, by=7, at=NOW)
        assert not await tx.requests.join(request.id, member=C, at=NOW)
        joined = await tx.requests.get(request.id)
    assert joined is not None
    assert (joined.asked, joined.last_at) == (2, NOW + MINUTE)


async def test_servers_ask_apart(store: Store) -> None:
    """The same words in another server are counted, listed and deleted there."""
    async with store.transaction() as tx:
        here, _ = await tx.requests.ask(1, "Is it true?", member=A, at=NOW)
        there, new = await tx.requests.ask(2, "Is it true?", member=A, at=NOW)
        assert (new, await tx.requests.waiting(2)) == (True, [there])
        assert await tx.requests.of_member(1, A) == [here]
        assert await tx.requests.count_since(2, A, since=NOW) == 1
        assert not await tx.requests.remove(2, here.id)
        assert await tx.requests.remove(1, here.id)
        assert not await tx.requests.remove(1, here.id)
        assert (await tx.requests.waiting(1), await tx.requests.waiting(2)) == ([], [there])


async def test_what_most_members_ask_comes_first(store: Store) -> None:
    """Then the latest among equals; never more than asked for, and nothing that is answered."""
    async with store.transaction() as tx:
        for minute, (text, member) in enumerate([("often", A), ("early", A), ("late", A), ("often", B), ("done", A)]):
            await tx.requests.ask(1, text, member=member, at=NOW + minute * MINUTE)
        [done] = [one for one in await tx.requests.waiting(1) if one.text == "done"]
        await tx.requests.answer(done.id, Answer.NOT_NEEDED, by=7, at=NOW)
        assert [one.text for one in await tx.requests.waiting(1)] == ["often", "late", "early"]
        assert [one.text for one in await tx.requests.waiting(1, limit=2)] == ["often", "late"]


async def test_a_member_finds_their_own(store: Store) -> None:
    """Answered ones too, the one that was asked last first; nobody else's."""
    async with store.transaction() as tx:
        old, _ = await tx.requests.ask(1, "old", member=A, at=NOW)
        new, _ = await tx.requests.ask(1, "new", member=A, at=NOW + MINUTE)
        await tx.requests.ask(1, "other", member=B, at=NOW)
        await tx.requests.answer(new.id, Answer.NOT_NEEDED, by=7, at=NOW)
        assert [one.id for one in await tx.requests.of_member(1, A)] == [new.id, old.id]
        await tx.requests.join(old.id, member=B, at=NOW + 2 * MINUTE)
        assert [one.id for one in await tx.requests.of_member(1, A)] == [old.id, new.id]


async def test_a_member_is_counted_since_a_time(store: Store) -> None:
    """By when they joined, whoever else asked since; what they took back doesn't count."""
    async with store.transaction() as tx:
        old, _ = await tx.requests.ask(1, "old", member=A, at=NOW)
        new, _ = await tx.requests.ask(1, "new", member=A, at=NOW + MINUTE)
        await tx.requests.join(old.id, member=B, at=NOW + 2 * MINUTE)
        assert await tx.requests.count_since(1, A, since=NOW) == 2
        assert await tx.requests.count_since(1, A, since=NOW + MINUTE) == 1
        assert await tx.requests.count_since(1, A, since=NOW + 2 * MINUTE) == 0
        await tx.requests.leave(new.id, member=A)
        assert await tx.requests.count_since(1, A, since=NOW) == 1


async def test_a_request_is_answered_once_and_reopened(store: Store) -> None:
    """The second answer is told apart, and so is a second reopening."""
    async with store.transaction() as tx:
        request, _ = await tx.requests.ask(1, "Is it true?", member=A, at=NOW)
        assert not await tx.requests.reopen(request.id)
        assert await tx.requests.answer(request.id, Answer.FACT, by=7, at=NOW + MINUTE, slug="moon-cheese")
        assert not await tx.requests.answer(request.id, Answer.NOT_NEEDED, by=8, at=NOW)
        assert not await tx.requests.answer(404, Answer.NOT_NEEDED, by=8, at=NOW)
        answered = await tx.requests.get(request.id)
        assert answered == Request(
            *(request.id, 1, "Is it true?", 1, NOW, NOW), Answer.FACT, "moon-cheese", 7, NOW + MINUTE
        )
        assert await tx.requests.ask(1, "is it true?", member=B, at=NOW) == (answered, False)
        assert await tx.requests.reopen(request.id)
        assert not await tx.requests.reopen(request.id)
        assert await tx.requests.get(request.id) == request


async def test_answered_requests_are_listed_by_their_answer(store: Store) -> None:
    """The latest first, of one server, no more than asked for."""
    async with store.transaction() as tx:
        for number, guild_id in enumerate([1, 1, 1, 2]):
            request, _ = await tx.requests.ask(guild_id, f"{number}", member=A, at=NOW)
            if number:
                await tx.requests.answer(request.id, Answer.NOT_NEEDED, by=7, at=NOW - number * MINUTE)
        assert [one.text for one in await tx.requests.answered(1, limit=9)] == ["1", "2"]
        assert [one.text for one in await tx.requests.answered(1, limit=1)] == ["1"]


async def test_a_member_takes_their_request_back(store: Store) -> None:
    """Others stay counted; what nobody is left to ask is gone, and may be asked anew."""
    async with store.transaction() as tx:
        request, _ = await tx.requests.ask(1, "Is it true?", member=A, at=NOW)
        await tx.requests.join(request.id, member=B, at=NOW)
        assert not await tx.requests.leave(request.id, member=C)
        assert not await tx.requests.leave(404, member=A)
        assert await tx.requests.leave(request.id, member=A)
        assert not await tx.requests.leave(request.id, member=A)
        left = await tx.requests.get(request.id)
        assert left is not None
        assert (left.asked, await tx.requests.of_member(1, A)) == (1, [])
        assert await tx.requests.leave(request.id, member=B)
        assert await tx.requests.get(request.id) is None
        again, new = await tx.requests.ask(1, "Is it true?", member=A, at=NOW)
    assert (again.asked, new, again.id > request.id) == (1, True, True)


async def test_a_removed_request_takes_its_members_along(store: Store) -> None:
    """Nothing tells any more that they asked."""
    async with store.transaction() as tx:
        request, _ = await tx.requests.ask(1, "Is it true?", member=A, at=NOW)
        await tx.requests.remove(1, request.id)
        assert await tx.requests.of_member(1, A) == []
        assert await tx.requests.count_since(1, A, since=NOW) == 0
        assert (await tx.members.held(A, 5)).count() == 0


async def test_old_requests_are_purged(store: Store) -> None:
    """By when they were last asked, or answered, whichever is later."""
    async with store.transaction() as tx:
        for minute, text in enumerate(("kept", "gone", "answered", "answered late", "new")):
            await tx.requests.ask(1, text, member=A, at=NOW + minute * MINUTE)
        await tx.requests.ask(1, "kept", member=B, at=NOW + 9 * MINUTE)
        by_text = {one.text: one.id for one in await tx.requests.waiting(1)}
        await tx.requests.answer(by_text["answered"], Answer.NOT_NEEDED, by=7, at=NOW + 3 * MINUTE)
        await tx.requests.answer(by_text["answered late"], Answer.NOT_NEEDED, by=7, at=NOW + 4 * MINUTE)
        await tx.requests.purge(before=NOW + 4 * MINUTE)
        assert {one.text for one in await tx.requests.of_member(1, A)} == {"kept", "answered late", "new"}
