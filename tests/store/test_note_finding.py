from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.note import Note, NoteState, Provenance
from bot.domain.ports import NoteRepository, Store
from bot.domain.review import Ruling
from tests.builders import NOW, a_note

MINUTE = timedelta(minutes=1)


async def _added(notes: NoteRepository, number: int, **over: Any) -> Note:
    note = await notes.add(a_note(source_message_id=number, created_at=NOW + number * MINUTE, **over))
    assert note is not None
    return note


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [4, 3, 2, 1, 0]),
        ({"since": NOW + 3 * MINUTE}, [4, 3]),
        ({"states": {NoteState.SHADOW, NoteState.POSTED}}, [4, 3, 0]),
        ({"states": [NoteState.PENDING]}, [2, 1]),
        ({"states": ()}, []),
        ({"provenance": Provenance.AUTO}, [4, 3, 2, 0]),
        ({"unruled": True}, [3, 2, 1]),
        ({"limit": 2}, [4, 3]),
        ({"before": 3}, [1, 0]),
        ({"before": 4, "limit": 2}, [2, 1]),
        ({"before": 1}, []),
        ({"limit": 0}, []),
        ({"states": {NoteState.SHADOW}, "unruled": True, "limit": 1}, [3]),
        ({"provenance": Provenance.MODERATOR, "since": NOW + 2 * MINUTE}, []),
    ],
)
async def test_notes_are_narrowed_by_what_is_given(store: Store, filters: dict[str, Any], expected: list[int]) -> None:
    """The newest first; the state is the one of now, not the one of the beginning."""
    async with store.transaction() as tx:
        states = (NoteState.SHADOW, NoteState.PENDING, NoteState.PENDING, NoteState.SHADOW, NoteState.PENDING)
        notes = [
            await _added(
                tx.notes, number, state=state, provenance=Provenance.MODERATOR if number == 1 else Provenance.AUTO
            )
            for number, state in enumerate(states)
        ]
        await _added(tx.notes, 50, guild_id=2)
        await tx.notes.move(notes[4].id, to=NoteState.POSTED, at=NOW, cause="test", only_from={NoteState.PENDING})
        await tx.notes.judge(notes[0].id, Ruling.APPROVE)
        await tx.notes.judge(notes[4].id, Ruling.WRONG_MATCH)
        found = await tx.notes.find(1, **filters)
    assert [note.new.source_message_id for note in found] == expected


async def test_equal_times_are_ordered_by_age(store: Store) -> None:
    """Of two notes of one moment the later stored is the newer."""
    async with store.transaction() as tx:
        for number in (1, 2):
            await tx.notes.add(a_note(source_message_id=number))
        assert [note.new.source_message_id for note in await tx.notes.find(1)] == [2, 1]


@pytest.mark.parametrize("ruling", Ruling)
async def test_a_judgement_is_set_once_and_taken_back_once(store: Store, ruling: Ruling) -> None:
    """A second one doesn't replace the first; one that was taken back makes room for another."""
    async with store.transaction() as tx:
        note = await _added(tx.notes, 1)
        other = await _added(tx.notes, 2)
        assert not await tx.notes.judge(note.id, None)
        assert await tx.notes.judge(note.id, ruling)
        assert not await tx.notes.judge(note.id, Ruling.APPROVE)
        assert [found.ruling for found in await tx.notes.find(1)] == [None, ruling]
        assert await tx.notes.judge(note.id, None)
        assert not await tx.notes.judge(note.id, None)
        assert await tx.notes.judge(note.id, Ruling.APPROVE)
        found = await tx.notes.get(note.id)
        assert found is not None
        assert (found.ruling, found.state) == (Ruling.APPROVE, note.state)
        assert await tx.notes.get(other.id) == other
        assert not await tx.notes.judge(404, ruling)


async def test_a_wording_comes_back(store: Store) -> None:
    """What a moderator wrote for one post is kept with its note."""
    async with store.transaction() as tx:
        note = await _added(tx.notes, 1, wording="“Käse” 🌝, it isn't.")
        assert note.new.wording == "“Käse” 🌝, it isn't."
        assert await tx.notes.get(note.id) == note


async def test_notes_are_found_by_their_facts(store: Store) -> None:
    """Of any that are named; of none that isn't."""
    async with store.transaction() as tx:
        for number, slug in enumerate(("moon-cheese", "other", "third"), start=10):
            await tx.notes.add(a_note(source_message_id=number, slug=slug))
        found = await tx.notes.find(1, slugs=["moon-cheese", "third"])
        assert [note.new.slug for note in found] == ["third", "moon-cheese"]
        assert await tx.notes.find(1, slugs=["nothing"]) == []
        assert await tx.notes.find(1, slugs=[]) == []


async def test_a_move_may_tell_the_version_that_was_sent(store: Store) -> None:
    """Which stays until another one is told."""
    async with store.transaction() as tx:
        note = await tx.notes.add(a_note())
        assert note is not None
        for version in (7, None):
            here = note.state
            assert await tx.notes.move(note.id, to=here, at=NOW, cause="sent", only_from={here}, fact_version=version)
            moved = await tx.notes.get(note.id)
            assert moved is not None
            assert moved.new.fact_version == 7
