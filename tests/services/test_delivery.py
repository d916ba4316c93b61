from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.domain.errors import DeliveryDelayed, DeliveryRefused, SourceGone, StoreError
from bot.domain.note import NoteState
from bot.domain.policy import CONSOLE_GUILD, Mode
from bot.domain.ports import Store, Transaction
from bot.domain.review import Ruling
from bot.services.wakeup import Wakeup
from tests.services.conftest import CLAIM, GUILD, SUN, Desk, House
from tests.services.moderation import rule


async def _retry(house: House) -> None:
    """Let the longest wait pass, and try again."""
    house.clock.forward(minutes=15)
    await house.outbox.flush()


async def test_waits_double(house: House) -> None:
    """From two seconds up to a quarter of an hour; then it is given up."""
    await house.post(CLAIM)
    house.desk.faults = [DeliveryDelayed("not now") for _ in range(20)]
    waits = []
    await house.deliver()
    while await house.state() is NoteState.PENDING:
        [note] = await house.notes()
        assert note.last_error == "not now"
        waits.append((note.new.due_at - house.clock.now).total_seconds())
        house.clock.now = note.new.due_at - timedelta(milliseconds=1)
        assert await house.outbox.flush() == 0
        house.clock.now = note.new.due_at
        assert await house.outbox.flush() == 1
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512]
    assert await house.state() is NoteState.DROPPED
    assert len(house.desk.faults) == 10


async def test_a_passing_fault_passes(house: House) -> None:
    """The note is sent once, by a later try."""
    await house.post(CLAIM)
    house.desk.faults = [DeliveryDelayed("not now"), RuntimeError("no luck")]
    await house.deliver()
    await _retry(house)
    await _retry(house)
    assert (await house.state(), house.desk.sent) == (NoteState.POSTED, 1)


async def test_a_fault_after_the_note_was_sent(house: House) -> None:
    """A timeout says nothing of what was done: the note is looked for before it is sent again."""
    await house.post(CLAIM)
    house.desk.late_faults = [DeliveryDelayed("timed out")]
    await house.deliver()
    await _retry(house)
    assert (await house.state(), house.desk.sent, house.texts()) == (NoteState.POSTED, 1, [(100, "note")])


async def test_a_first_try_looks_for_nothing(house: House) -> None:
    """Reading a channel's history costs; a note that was never tried stands nowhere."""
    await house.post(CLAIM)
    await house.deliver()
    assert house.desk.looked == 0


@pytest.mark.parametrize("fault", [SourceGone("the post is gone"), DeliveryRefused("not allowed")])
async def test_a_refused_note_is_dropped(house: House, fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """Trying again won't help; the log says which note and what kind of fault."""
    await house.post(CLAIM)
    house.desk.faults = [fault]
    await house.deliver()
    await _retry(house)
    assert (await house.state(), house.desk.sent) == (NoteState.DROPPED, 0)
    [record] = [record for record in caplog.records if record.message == "note.dropped"]
    assert record.levelno == logging.WARNING
    assert record.__dict__["cause"] == type(fault).__name__


async def test_a_refused_post_that_is_deleted_meanwhile(house: House) -> None:
    """There is nothing to take down."""
    await house.post(CLAIM)
    house.desk.before = lambda: house.watch.deleted([100])
    house.desk.faults = [SourceGone("the post is gone")]
    await house.deliver()
    assert await house.state() is NoteState.DROPPED


async def test_one_fault_holds_up_no_other_note(house: House) -> None:
    """Each note waits for itself."""
    await house.post(CLAIM, 100)
    await house.post(SUN, 101)
    house.desk.faults = [RuntimeError("no luck")]
    await house.deliver()
    assert house.texts() == [(101, "note")]
    await _retry(house)
    assert house.texts() == [(101, "note"), (100, "note")]


async def test_taking_down_is_tried_again(house: House) -> None:
    """Until it is done."""
    await house.post(CLAIM)
    await house.deliver()
    house.desk.retract_faults = [DeliveryDelayed("not now"), RuntimeError("no luck")]
    await house.watch.deleted([100])
    for _ in range(3):
        await _retry(house)
    assert (await house.state(), house.texts()) == (NoteState.RETRACTED, [])


async def test_taking_down_that_is_refused_is_given_up(house: House) -> None:
    """And written down as it is."""
    await house.post(CLAIM)
    await house.deliver()
    house.desk.retract_faults = [DeliveryRefused("not allowed")]
    await house.watch.deleted([100])
    await house.deliver()
    [note] = await house.notes()
    async with house.store.transaction() as tx:
        events = await tx.notes.events(note.id)
    assert (events[-1].state, events[-1].cause) == (NoteState.RETRACTED, "left in place: not allowed")


async def test_a_note_of_a_fact_that_is_gone_is_dropped(house: House) -> None:
    """What was retired between the decision and the sending is not told."""
    await house.post(CLAIM)
    async with house.store.transaction() as tx:
        assert (await tx.facts.get("moon-cheese")) is not None
        await tx.facts._connection.exec_driver_sql("UPDATE facts SET retired = 1")  # type: ignore[attr-defined]
    await house.deliver()
    assert (await house.state(), house.desk.sent) == (NoteState.DROPPED, 0)


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.SHADOW, Mode.QUEUE])
async def test_a_server_that_was_turned_down_gets_no_automatic_note_any_more(house: House, mode: Mode) -> None:
    """Whoever turns Footnote down expects silence, also from what was decided a moment ago."""
    await house.post(CLAIM)
    await house.mode(mode)
    await house.deliver()
    [note] = await house.notes()
    assert (note.state, house.desk.sent) == (NoteState.DROPPED, 0)


@pytest.mark.parametrize(("mode", "sent"), [(Mode.QUEUE, 1), (Mode.SHADOW, 1), (Mode.OFF, 0)])
async def test_what_a_moderator_approved_is_sent_unless_all_is_off(house: House, mode: Mode, sent: int) -> None:
    """An approval is a person's word, and holds in every mode but off."""
    await house.mode(Mode.QUEUE)
    await house.post(CLAIM)
    [item] = await house.items()
    await house.rulings.rule(item.id, guild_id=GUILD, ruling=Ruling.APPROVE, by=9)
    await house.mode(mode)
    await house.deliver()
    assert house.desk.sent == sent


async def test_a_note_that_may_stand_already_is_found_before_the_mode_is_asked(house: House) -> None:
    """What was sent before the server was turned down must not be forgotten: it could never be taken down."""
    await house.post(CLAIM)
    house.desk.late_faults = [DeliveryDelayed("timed out")]
    await house.deliver()
    await house.mode(Mode.OFF)
    await _retry(house)
    assert (await house.state(), house.desk.sent) == (NoteState.POSTED, 1)


async def test_a_life_is_written_down(house: House) -> None:
    """Every step with its cause."""
    await house.post(CLAIM)
    await house.deliver()
    await house.watch.deleted([100])
    await house.deliver()
    [note] = await house.notes()
    async with house.store.transaction() as tx:
        events = await tx.notes.events(note.id)
    assert [(event.state.value, event.cause) for event in events] == [
        ("pending", "decided"),
        ("sending", "sending"),
        ("posted", "sent"),
        ("retracting", "source gone"),
        ("retracted", "taken down"),
    ]


async def test_the_console_and_discord_send_their_own(house: House) -> None:
    """Two processes on one database don't take each other's notes."""
    await house.post(CLAIM, 100)
    await house.post(SUN, 101, guild_id=CONSOLE_GUILD)
    console = House(house.store, house.worker, clock=house.clock, desk=Desk(console=True))
    await console.deliver()
    assert console.texts() == [(101, "note")]
    await house.deliver()
    assert house.texts() == [(100, "note")]


class FailingStore:
    """A store whose ``fail``-th transaction from now on can't begin."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.fail = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        self.fail -= 1
        if self.fail == 0:
            raise StoreError("The database is locked.")
        async with self._store.transaction() as tx:
            yield tx

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        async with self._store.reading() as tx:
            yield tx


@pytest.mark.parametrize("fail", range(1, 8))
async def test_the_loop_outlives_a_store_that_fails(house: House, fail: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the database was locked for a while, also at the start, the note is posted once and known as posted."""
    await house.post(CLAIM)
    house.clock.forward(minutes=1)
    store = FailingStore(house.store)
    store.fail = fail

    async def soon(_: Wakeup, __: float) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(Wakeup, "wait", soon)
    running = asyncio.create_task(house.new_outbox(store).run())
    async with asyncio.timeout(20):
        while await house.state() is not NoteState.POSTED or store.fail > 0:
            assert not running.done()
            await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (house.desk.sent, house.texts()) == (1, [(100, "note")])


async def test_a_ring_wakes_the_loop(house: House) -> None:
    """Nobody waits for the minute to pass."""
    sent = asyncio.Event()

    async def tell() -> None:
        sent.set()

    house.desk.after = tell
    running = asyncio.create_task(house.outbox.run())
    await asyncio.sleep(0.05)
    await house.post(CLAIM)
    house.clock.forward(minutes=1)
    house.wakeup.ring()
    await asyncio.wait_for(sent.wait(), timeout=20)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_ringing_twice_is_ringing_once() -> None:
    """And without a ring the time just passes."""
    wakeup = Wakeup()
    wakeup.ring()
    wakeup.ring()
    await asyncio.wait_for(wakeup.wait(60), timeout=1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(wakeup.wait(60), timeout=0.05)
    await wakeup.wait(0.01)


async def test_what_a_moderator_decided_outlives_hours_without_discord(house: House) -> None:
    """An automatic note would come too late by then; an approved one is still wanted."""
    await house.mode(Mode.QUEUE)
    await house.post(CLAIM)
    [item] = await house.items()
    await rule(house, item)
    house.desk.faults = [DeliveryDelayed("not now") for _ in range(40)]
    await house.deliver()
    while house.desk.faults:
        await _retry(house)
    await _retry(house)
    assert await house.state() is NoteState.POSTED
    assert len(house.texts()) == 1


async def test_a_note_that_must_go_goes_after_hours_without_discord(house: House) -> None:
    """It was deleted, ruled wrong or withdrawn: it may not stay because the network was away."""
    await house.post(CLAIM)
    await house.deliver()
    house.desk.retract_faults = [DeliveryDelayed("not now") for _ in range(40)]
    await house.watch.deleted([100])
    await house.outbox.flush()
    while house.desk.retract_faults:
        await _retry(house)
    await _retry(house)
    assert await house.state() is NoteState.RETRACTED
    assert house.texts() == []
