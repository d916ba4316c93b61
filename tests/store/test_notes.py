from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any

import pytest

from bot.domain.note import NewNote, Note, NoteKind, NoteState, Provenance
from bot.domain.policy import CONSOLE_GUILD
from bot.domain.ports import NoteRepository, Store
from bot.domain.review import Ruling
from tests.builders import NOW, a_note

MINUTE = timedelta(minutes=1)


async def _added(notes: NoteRepository, new: NewNote) -> Note:
    note = await notes.add(new)
    assert note is not None
    return note


async def _walk(notes: NoteRepository, note: Note, *states: NoteState) -> None:
    for state in states:
        assert await notes.move(note.id, to=state, at=NOW, cause="test", only_from=set(NoteState))


async def test_a_note_comes_back_whole(store: Store) -> None:
    """Every field survives, also ids near the top of what Discord can give."""
    new = a_note(guild_id=2**62, source_message_id=2**62 + 1, kind=NoteKind.LINK, provenance=Provenance.REQUESTED)
    async with store.transaction() as tx:
        first = await _added(tx.notes, a_note(source_message_id=99))
        linked = a_note(source_message_id=7, links_to=first.id, due_at=NOW + MINUTE)
        notes = [await _added(tx.notes, new), await _added(tx.notes, linked)]
    async with store.transaction() as tx:
        assert [await tx.notes.get(note.id) for note in notes] == notes
        assert notes[0] == Note(
            id=notes[0].id, new=new, state=NoteState.PENDING, message_id=None, attempts=0, last_error=None
        )
        assert notes[1].new == linked
        assert await tx.notes.get(12345) is None


async def test_a_post_and_a_fact_have_one_note(store: Store) -> None:
    """The second note for the same post and fact is not stored, whatever became of the first."""
    async with store.transaction() as tx:
        note = await _added(tx.notes, a_note())
        assert await tx.notes.add(a_note(channel_id=77)) is None
        await _walk(tx.notes, note, NoteState.DROPPED)
        assert await tx.notes.add(a_note()) is None
        assert await tx.notes.add(a_note(slug="other")) is not None
        assert await tx.notes.add(a_note(source_message_id=4)) is not None
        assert [it.new.slug for it in await tx.notes.for_source(3)] == ["moon-cheese", "other"]


async def test_notes_are_found_by_post_and_channel(store: Store) -> None:
    """Every state counts, the oldest comes first."""
    async with store.transaction() as tx:
        notes = [await _added(tx.notes, a_note(source_message_id=number, channel_id=number % 2)) for number in range(4)]
        await _walk(tx.notes, notes[1], NoteState.DROPPED)
        assert [note.id for note in await tx.notes.for_channel(1)] == [notes[1].id, notes[3].id]
        assert [note.id for note in await tx.notes.for_source(2)] == [notes[2].id]
        assert await tx.notes.for_channel(9) == []


@pytest.mark.parametrize("state", NoteState)
async def test_latest_counts_what_speaks_or_will(store: Store, state: NoteState) -> None:
    """A note that was or will be seen speaks for its fact; one that was given up or taken down doesn't."""
    speaking = {NoteState.SHADOW, NoteState.PENDING, NoteState.SENDING, NoteState.POSTED, NoteState.COLLAPSED}
    async with store.transaction() as tx:
        await _added(tx.notes, a_note(state=state))
        found = await tx.notes.latest(guild_id=1, channel_id=2, slug="moon-cheese", since=NOW)
    assert bool(found) is (state in speaking)


async def test_latest_keeps_to_place_fact_and_time(store: Store) -> None:
    """Other servers, channels, facts and times don't count; links do; the newest comes first."""
    elsewhere: list[dict[str, Any]] = [{"guild_id": 5}, {"channel_id": 5}, {"slug": "other"}]
    async with store.transaction() as tx:
        old = await _added(tx.notes, a_note(source_message_id=10, created_at=NOW - MINUTE))
        link = await _added(tx.notes, a_note(source_message_id=11, kind=NoteKind.LINK, links_to=old.id))
        for number, over in enumerate(elsewhere):
            await _added(tx.notes, a_note(source_message_id=20 + number, **over))
        await _added(tx.notes, a_note(source_message_id=30, created_at=NOW - 2 * MINUTE))
        found = await tx.notes.latest(guild_id=1, channel_id=2, slug="moon-cheese", since=NOW - MINUTE)
        assert found == [link, old]


@pytest.mark.parametrize("state", NoteState)
async def test_due_is_what_waits(store: Store, state: NoteState) -> None:
    """Only pending and retracting notes are due; only notes being sent are interrupted."""
    waiting = state in {NoteState.PENDING, NoteState.RETRACTING}
    async with store.transaction() as tx:
        note = await _added(tx.notes, a_note(state=state))
        assert await tx.notes.due(console=False, now=NOW, limit=10) == ([note] if waiting else [])
        assert await tx.notes.next_due(console=False) == (NOW if waiting else None)
        assert await tx.notes.interrupted(console=False) == ([note] if state is NoteState.SENDING else [])


async def test_due_is_by_time(store: Store) -> None:
    """The longest due comes first, what isn't due yet not at all, and never more than asked for."""
    async with store.transaction() as tx:
        for number, wait in enumerate((0, -2, 1, -1)):
            await _added(tx.notes, a_note(source_message_id=number, due_at=NOW + wait * MINUTE))
        assert [it.new.source_message_id for it in await tx.notes.due(console=False, now=NOW, limit=10)] == [1, 3, 0]
        assert [it.new.source_message_id for it in await tx.notes.due(console=False, now=NOW, limit=2)] == [1, 3]
        assert await tx.notes.next_due(console=False) == NOW - 2 * MINUTE


@pytest.mark.parametrize("state", [NoteState.PENDING, NoteState.RETRACTING, NoteState.SENDING])
async def test_the_console_and_the_servers_are_delivered_apart(store: Store, state: NoteState) -> None:
    """Work for one sender is never shown to the other."""
    async with store.transaction() as tx:
        here = await _added(tx.notes, a_note(guild_id=CONSOLE_GUILD, source_message_id=1, state=state, due_at=NOW))
        there = await _added(tx.notes, a_note(source_message_id=2, state=state, due_at=NOW - MINUTE))
        for console, note in ((True, here), (False, there)):
            found = await tx.notes.due(console=console, now=NOW, limit=9) + await tx.notes.interrupted(console=console)
            assert found == [note]
            expected = None if state is NoteState.SENDING else note.new.due_at
            assert await tx.notes.next_due(console=console) == expected


async def test_times_are_compared_across_zones(database: Store) -> None:
    """A time is a moment, whatever zone it is told in; it comes back in UTC."""
    tokyo = timezone(timedelta(hours=9))
    async with database.transaction() as tx:
        note = await _added(tx.notes, a_note(due_at=(NOW - MINUTE).astimezone(tokyo)))
        assert note.new.due_at == NOW - MINUTE
        assert note.new.due_at.utcoffset() == timedelta(0)
        assert await tx.notes.due(console=False, now=NOW.astimezone(tokyo), limit=1) == [note]


async def test_a_naive_time_is_refused(database: Store) -> None:
    """A time without a zone could be any moment."""
    with pytest.raises(ValueError, match="zone"):
        async with database.transaction() as tx:
            await tx.notes.add(a_note(due_at=NOW.replace(tzinfo=None)))


async def test_a_servers_notes_are_narrowed_newest_first(store: Store) -> None:
    """By time, state, who stands behind them, whether they were ruled on, and what was seen already."""
    async with store.transaction() as tx:
        notes = [
            await _added(tx.notes, a_note(source_message_id=number, created_at=NOW + number * MINUTE))
            for number in range(5)
        ]
        requested = await _added(tx.notes, a_note(source_message_id=7, provenance=Provenance.REQUESTED))
        await _added(tx.notes, a_note(source_message_id=8, guild_id=2))
        await _walk(tx.notes, notes[4], NoteState.DROPPED)
        assert await tx.notes.judge(notes[3].id, Ruling.APPROVE)
        ids = [note.id for note in notes]
        find = tx.notes.find

        assert [one.id for one in await find(1)] == [requested.id, *ids[::-1]]
        assert [one.id for one in await find(1, since=NOW + 3 * MINUTE)] == [ids[4], ids[3]]
        assert [one.id for one in await find(1, states={NoteState.DROPPED})] == [ids[4]]
        assert [one.id for one in await find(1, provenance=Provenance.REQUESTED)] == [requested.id]
        assert [one.id for one in await find(1, unruled=True, before=ids[4], limit=2)] == [ids[2], ids[1]]
        assert await find(1, before=ids[0]) == []


async def test_a_note_is_found_by_the_message_that_shows_it(store: Store) -> None:
    """Once it is known which message that is."""
    async with store.transaction() as tx:
        note = await tx.notes.add(a_note())
        assert note is not None
        assert await tx.notes.shown_by(77) is None
        await tx.notes.move(
            note.id, to=NoteState.POSTED, at=NOW, cause="sent", only_from={NoteState.PENDING}, message_id=77
        )
        found = await tx.notes.shown_by(77)
    assert found is not None
    assert found.id == note.id
