"""The contract of ratings, on the real store and the fake."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.note import NoteState
from bot.domain.ports import Store, Transaction
from bot.domain.rating import Helpfulness, NoteScore, NoteStanding, NoteStatus, Rating, Reason
from tests.builders import NOW, a_note

MINUTE = timedelta(minutes=1)
A, B = "a" * 32, "b" * 32
RATING = Rating(1, 1, A, Helpfulness.SOMEWHAT, frozenset({Reason.CLEAR, Reason.OPINION}), NOW)


async def _notes(tx: Transaction, count: int = 2, **over: Any) -> list[int]:
    added = [await tx.notes.add(a_note(**{"source_message_id": 10 + number, **over})) for number in range(count)]
    return [note.id for note in added if note]


def _standing(note_id: int, guild_id: int = 1) -> NoteStanding:
    score = NoteScore(note_id, NoteStatus.NOT_HELPFUL, "rule/1", True, 4, ("One.", "Two."), 0.25, -0.5)
    return NoteStanding(note_id, guild_id, NoteStatus.NEEDS_MORE, NOW, score, NOW + MINUTE, NOW + 2 * MINUTE)


@pytest.mark.parametrize("said", Helpfulness)
@pytest.mark.parametrize("reasons", [frozenset(), frozenset(Reason)])
async def test_a_rating_comes_back_whole(store: Store, said: Helpfulness, reasons: frozenset[Reason]) -> None:
    """Every word and every reason, and none where none was given."""
    async with store.transaction() as tx:
        [note_id] = await _notes(tx, 1)
        rating = replace(RATING, note_id=note_id, said=said, reasons=reasons)
        await tx.ratings.put(rating)
    async with store.reading() as tx:
        assert await tx.ratings.get(note_id, A) == rating
        assert await tx.ratings.get(note_id, B) is None
        assert await tx.ratings.get(404, A) is None


async def test_the_latest_word_counts(store: Store) -> None:
    """A member has one rating of a note, with the reasons and the time of the last."""
    async with store.transaction() as tx:
        [note_id] = await _notes(tx, 1)
        await tx.ratings.put(replace(RATING, note_id=note_id))
        again = Rating(note_id, 1, A, Helpfulness.HELPFUL, frozenset({Reason.UNBIASED}), NOW + MINUTE)
        await tx.ratings.put(again)
        assert await tx.ratings.of_note(note_id) == [again]


async def test_a_rating_is_taken_back_once(store: Store) -> None:
    """Others of the note, and of the member, stay."""
    async with store.transaction() as tx:
        first, second = await _notes(tx)
        for note_id, rater in [(first, A), (first, B), (second, A)]:
            await tx.ratings.put(replace(RATING, note_id=note_id, rater=rater))
        assert await tx.ratings.remove(first, A)
        assert not await tx.ratings.remove(first, A)
        left = await tx.ratings.of_server(1)
    assert [(one.note_id, one.rater) for one in left] == [(first, B), (second, A)]


async def test_ratings_are_read_by_note_and_rater(store: Store) -> None:
    """However they came in; a server's own alone."""
    async with store.transaction() as tx:
        first, second = await _notes(tx)
        [there] = await _notes(tx, 1, guild_id=9, source_message_id=20)
        for note_id, rater in [(second, B), (second, A), (first, B), (first, A)]:
            await tx.ratings.put(replace(RATING, note_id=note_id, rater=rater))
        await tx.ratings.put(replace(RATING, note_id=there, guild_id=9))
        order = [(one.note_id, one.rater) for one in await tx.ratings.of_server(1)]
        assert order == [(first, A), (first, B), (second, A), (second, B)]
        assert [one.rater for one in await tx.ratings.of_note(second)] == [A, B]
        assert await tx.ratings.servers() == [1, 9]


async def test_notes_that_a_member_rated_are_counted_since_a_time(store: Store) -> None:
    """In one server; a note that is rated anew counts once, by when it was last."""
    async with store.transaction() as tx:
        first, second = await _notes(tx)
        [there] = await _notes(tx, 1, guild_id=9, source_message_id=20)
        await tx.ratings.put(replace(RATING, note_id=first))
        await tx.ratings.put(replace(RATING, note_id=second, at=NOW + MINUTE))
        await tx.ratings.put(replace(RATING, note_id=there, guild_id=9))
        await tx.ratings.put(replace(RATING, note_id=second, rater=B))
        assert await tx.ratings.count_since(1, A, since=NOW) == 2
        assert await tx.ratings.count_since(1, A, since=NOW + MINUTE) == 1
        await tx.ratings.put(replace(RATING, note_id=first, at=NOW + 2 * MINUTE))
        assert await tx.ratings.count_since(1, A, since=NOW) == 2
        assert await tx.ratings.count_since(1, A, since=NOW + MINUTE) == 2


async def test_a_standing_comes_back_whole(store: Store) -> None:
    """Each field, also those that may be empty; the next one takes its place."""
    async with store.transaction() as tx:
        first, second = await _notes(tx)
        [there] = await _notes(tx, 1, guild_id=9, source_message_id=20)
        assert await tx.ratings.standing(first) is None
        for note_id in (second, first):
            await tx.ratings.put_standing(_standing(note_id))
        await tx.ratings.put_standing(_standing(there, 9))
        assert await tx.ratings.standing(first) == _standing(first)
        assert await tx.ratings.standings(1) == [_standing(first), _standing(second)]
        score = replace(_standing(first).score, provisional=False, why=(), intercept=None, factor=None)
        later = replace(_standing(first), score=score, changing_since=None, locked_at=None)
        await tx.ratings.put_standing(later)
        assert await tx.ratings.standings(1) == [later, _standing(second)]


async def test_ratings_go_with_their_note(store: Store) -> None:
    """And so does how it stood; other notes' stay."""
    async with store.transaction() as tx:
        gone, kept = await _notes(tx)
        await tx.notes.move(gone, to=NoteState.DROPPED, at=NOW, cause="x", only_from=set(NoteState))
        for note_id in (gone, kept):
            await tx.ratings.put(replace(RATING, note_id=note_id, at=NOW + 3 * MINUTE))
            await tx.ratings.put_standing(_standing(note_id))
        await tx.members.expire(1, before=NOW + MINUTE)
        assert await tx.notes.get(gone) is None
        assert [one.note_id for one in await tx.ratings.of_server(1)] == [kept]
        assert await tx.ratings.standings(1) == [_standing(kept)]
