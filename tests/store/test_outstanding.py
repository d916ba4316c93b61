from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.domain.note import NoteState
from bot.domain.outstanding import Outstanding
from bot.domain.policy import CONSOLE_GUILD
from bot.domain.ports import Store, Transaction
from bot.domain.review import Ruling
from tests.builders import NOW, a_note, an_item

MINUTE = timedelta(minutes=1)


async def _note(tx: Transaction, number: int, *steps: NoteState, due_at: datetime = NOW, **over: Any) -> int:
    note = await tx.notes.add(a_note(source_message_id=number, due_at=due_at, **over))
    assert note is not None
    for step in steps:
        assert await tx.notes.move(note.id, to=step, at=NOW, cause="test", only_from=set(NoteState))
    return note.id


async def test_nothing_waits_in_an_empty_store(store: Store) -> None:
    """No number is made up where there is none."""
    async with store.reading() as tx:
        assert await tx.notes.unsent(console=False) == Outstanding(0, None)
        assert await tx.notes.unedited(console=False) == Outstanding(0, None)
        assert await tx.reviews.at_hand() == Outstanding(0, None)


async def test_notes_on_their_way_are_counted_with_the_earliest_time(store: Store) -> None:
    """Those to send, being sent and to take down, of all servers; what is done or was never to be sent is not."""
    async with store.transaction() as tx:
        await _note(tx, 1, due_at=NOW + 3 * MINUTE)
        await _note(tx, 2, NoteState.SENDING, due_at=NOW + MINUTE, guild_id=9)
        await _note(tx, 3, NoteState.POSTED, NoteState.RETRACTING, due_at=NOW + 2 * MINUTE)
        for number, step in enumerate((NoteState.POSTED, NoteState.RETRACTED, NoteState.DROPPED), start=4):
            await _note(tx, number, step)
        await _note(tx, 7, state=NoteState.SHADOW)
        await _note(tx, 8, guild_id=CONSOLE_GUILD, due_at=NOW + 4 * MINUTE)
    async with store.reading() as tx:
        assert await tx.notes.unsent(console=False) == Outstanding(3, NOW + MINUTE)
        assert await tx.notes.unsent(console=True) == Outstanding(1, NOW + 4 * MINUTE)


async def test_notes_to_edit_are_counted_apart(store: Store) -> None:
    """A great repair is no stalled outbox."""
    async with store.transaction() as tx:
        for number in (1, 2, 3):
            note_id = await _note(tx, number, NoteState.POSTED)
            due = NOW + number * MINUTE
            posted = {NoteState.POSTED}
            await tx.notes.amend(note_id, to=NoteState.POSTED, at=NOW, cause="test", due_at=due, only_from=posted)
        await tx.notes.shown(1, 1)
    async with store.reading() as tx:
        assert await tx.notes.unedited(console=False) == Outstanding(2, NOW + 2 * MINUTE)
        assert await tx.notes.unsent(console=False) == Outstanding(0, None)
        assert await tx.notes.unedited(console=True) == Outstanding(0, None)


async def test_items_at_hand_are_counted_over_all_servers(store: Store) -> None:
    """Open and escalated ones; those that sleep or are closed wait for nobody."""
    async with store.transaction() as tx:
        ids = []
        for number in range(5):
            created = NOW + number * MINUTE
            item = await tx.reviews.add(an_item(message_id=number, guild_id=number, created_at=created))
            assert item is not None
            ids.append(item.id)
        await tx.reviews.close(ids[0], ruling=Ruling.DISMISS, by=1, at=NOW)
        await tx.reviews.snooze([ids[1]], until=NOW + 9 * MINUTE)
        await tx.reviews.escalate(ids[2])
    async with store.reading() as tx:
        assert await tx.reviews.at_hand() == Outstanding(3, NOW + 2 * MINUTE)
