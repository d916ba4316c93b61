"""The contract of appeals, on the real store and the fake."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.appeal import Appeal, AppealKind, NewAppeal, Outcome
from bot.domain.note import NoteState
from bot.domain.ports import Store, Transaction
from tests.builders import NOW, a_note

MINUTE = timedelta(minutes=1)
A, B = "a" * 32, "b" * 32


async def _note(tx: Transaction, number: int = 3, **over: Any) -> int:
    note = await tx.notes.add(a_note(source_message_id=number, **over))
    assert note is not None
    return note.id


@pytest.mark.parametrize("kind", AppealKind)
@pytest.mark.parametrize("by", [A, None])
async def test_an_appeal_comes_back_whole(store: Store, kind: AppealKind, by: str | None) -> None:
    """Whoever it is from, with its words and without an outcome."""
    async with store.transaction() as tx:
        new = NewAppeal(1, await _note(tx), kind, by, NOW, "I meant another cheese.")
        appeal = await tx.appeals.add(new)
    assert appeal == Appeal(appeal.id, new)
    async with store.reading() as tx:
        assert await tx.appeals.get(appeal.id) == appeal
        assert await tx.appeals.get(404) is None


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize(("by", "answer"), [(7, "We looked."), (None, None)])
async def test_an_appeal_is_ruled_on_once(store: Store, outcome: Outcome, by: int | None, answer: str | None) -> None:
    """Its words go, and of two moderators one wins."""
    async with store.transaction() as tx:
        new = NewAppeal(1, await _note(tx), AppealKind.WRITTEN, A, NOW, "I meant another cheese.")
        appeal = await tx.appeals.add(new)
        assert await tx.appeals.rule(appeal.id, outcome, by=by, at=NOW + MINUTE, answer=answer)
        ruled = await tx.appeals.get(appeal.id)
        assert ruled == Appeal(appeal.id, replace(new, text=""), outcome, answer, by, NOW + MINUTE)
        assert not await tx.appeals.rule(appeal.id, Outcome.MOOT, by=8, at=NOW, answer="Mine.")
        assert not await tx.appeals.rule(404, outcome, by=by, at=NOW, answer=None)
        assert await tx.appeals.get(appeal.id) == ruled


async def test_appeals_are_listed_oldest_first(store: Store) -> None:
    """Those of a note with their outcome or without; those of a server while they wait."""
    async with store.transaction() as tx:
        here, other, there = await _note(tx), await _note(tx, 4), await _note(tx, 5, guild_id=9)
        first, second, third, elsewhere = [
            await tx.appeals.add(NewAppeal(guild_id, note_id, AppealKind.WRITTEN, A, NOW, "Words."))
            for guild_id, note_id in [(1, here), (1, other), (1, here), (9, there)]
        ]
        assert await tx.appeals.for_note(here) == [first, third]
        assert await tx.appeals.waiting(1) == [first, second, third]
        await tx.appeals.rule(first.id, Outcome.UPHELD, by=7, at=NOW, answer=None)
        assert await tx.appeals.waiting(1) == [second, third]
        assert [one.id for one in await tx.appeals.for_note(here)] == [first.id, third.id]
        assert await tx.appeals.waiting(9) == [elsewhere]


async def test_a_members_appeals_are_found_since_a_time(store: Store) -> None:
    """Their own, in one server, answered ones too; the community's are nobody's."""
    async with store.transaction() as tx:
        here, there = await _note(tx), await _note(tx, 5, guild_id=9)
        asked = [(1, here, A, 0), (1, here, A, 1), (1, here, B, 1), (1, here, None, 1), (9, there, A, 1)]
        first, second, *_ = [
            await tx.appeals.add(NewAppeal(guild_id, note_id, AppealKind.NOT_SAID, by, NOW + minute * MINUTE))
            for guild_id, note_id, by, minute in asked
        ]
        await tx.appeals.rule(first.id, Outcome.RESTORED, by=7, at=NOW, answer=None)
        assert [one.id for one in await tx.appeals.of_member(1, A, since=NOW)] == [first.id, second.id]
        assert await tx.appeals.of_member(1, A, since=NOW + MINUTE) == [second]


async def test_appeals_go_with_their_note(store: Store) -> None:
    """And a later one gets no receipt that somebody else has."""
    async with store.transaction() as tx:
        kept, gone = await _note(tx), await _note(tx, 4)
        await tx.notes.move(gone, to=NoteState.DROPPED, at=NOW, cause="x", only_from=set(NoteState))
        stays, goes = [await tx.appeals.add(NewAppeal(1, id_, AppealKind.WRITTEN, A, NOW)) for id_ in (kept, gone)]
        await tx.members.expire(1, before=NOW + MINUTE)
        assert (await tx.appeals.get(goes.id), await tx.appeals.waiting(1)) == (None, [stays])
        later = await tx.appeals.add(NewAppeal(1, kept, AppealKind.WRITTEN, A, NOW))
        assert later.id > goes.id
