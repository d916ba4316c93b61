"""The process dies at every point of a delivery, and a new one on the same file takes over."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.note import NoteState
from bot.domain.policy import Mode
from bot.services.compute import MatchingWorker
from bot.services.outbox import Outbox
from bot.store.database import open_database
from tests.services.conftest import CHANNEL, CLAIM, Clock, Desk, House
from tests.services.dying import DyingStore, Killed


async def _die() -> None:
    raise Killed


PHASES = ("before", "inside", "after")
SEND = [f"{phase} sending" for phase in ("before", "after")]
# Transactions: what was interrupted, what is due, pending to sending, the fact, sending to posted, what is due then.
POINTS = [*(f"{phase} {at}" for at in range(1, 7) for phase in PHASES), *SEND]


async def _live(outbox: Outbox) -> None:
    """Do what a process does first."""
    await outbox.recover()
    await outbox.flush()


async def _die_at(house: House, point: str) -> None:
    """Deliver, and die on the way."""
    phase, _, where = point.partition(" ")
    house.desk.before = house.desk.after = None
    store = house.store
    if where == "sending":
        setattr(house.desk, phase, _die)
    else:
        store = DyingStore(store, int(where), phase)
    outbox = house.new_outbox(store)
    try:
        with pytest.raises(Killed):
            await _live(outbox)
    finally:
        house.desk.before = house.desk.after = None


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is, for one process after the other."""
    return tmp_path / "facts.db"


@pytest.fixture
def lasting() -> tuple[Clock, Desk]:
    """What outlives a process: time, and what was posted."""
    return Clock(), Desk()


@pytest.mark.parametrize("point", POINTS)
async def test_a_note_is_posted_once_whenever_the_process_dies(
    path: Path, seed: Path, worker: MatchingWorker, lasting: tuple[Clock, Desk], point: str
) -> None:
    """In the recorded channel, and known as posted."""
    clock, desk = lasting
    async with await open_database(path, seed=seed) as database:
        house = House(database, worker, clock=clock, desk=desk)
        await house.mode(Mode.AUTO)
        await house.post(CLAIM)
        clock.forward(minutes=1)
        await _die_at(house, point)
    async with await open_database(path, seed=seed) as database:
        house = House(database, worker, clock=clock, desk=desk)
        await _live(house.outbox)
        [posted] = desk.lying.values()
        assert (desk.sent, posted.channel_id, posted.replies_to) == (1, CHANNEL, 100)
        [note] = await house.notes()
        assert (note.state, note.message_id) == (NoteState.POSTED, 9001)


@pytest.mark.parametrize("first", SEND)
async def test_it_may_die_again_while_recovering(
    path: Path, seed: Path, worker: MatchingWorker, lasting: tuple[Clock, Desk], first: str
) -> None:
    """Twice in a row, at any point of the second life."""
    clock, desk = lasting
    async with await open_database(path, seed=seed) as database:
        house = House(database, worker, clock=clock, desk=desk)
        await house.mode(Mode.AUTO, window_minutes=1)
        for message_id, second in enumerate(POINTS, start=100):
            clock.forward(minutes=10)  # more often than that, a channel is left in peace
            await house.post(CLAIM, message_id)
            clock.forward(minutes=1)
            await _die_at(house, first)
            # A note that was found again is not sent again, so a death in sending may not come.
            if not (second in SEND and first == "after sending"):
                await _die_at(house, second)
            await _live(house.outbox)
            assert [posted.replies_to for posted in desk.lying.values()].count(message_id) == 1
            assert await house.state(message_id) is NoteState.POSTED


@pytest.mark.parametrize("point", SEND)
async def test_a_post_deleted_before_the_restart(
    path: Path, seed: Path, worker: MatchingWorker, lasting: tuple[Clock, Desk], point: str
) -> None:
    """What was being sent when the process died is looked for and taken down."""
    clock, desk = lasting
    async with await open_database(path, seed=seed) as database:
        house = House(database, worker, clock=clock, desk=desk)
        await house.mode(Mode.AUTO)
        await house.post(CLAIM)
        clock.forward(minutes=1)
        await _die_at(house, point)
        await house.watch.deleted([100])
    async with await open_database(path, seed=seed) as database:
        house = House(database, worker, clock=clock, desk=desk)
        await _live(house.outbox)
        assert await house.state() is NoteState.RETRACTED
        assert desk.lying == {}


@pytest.mark.parametrize("point", [f"{phase} {at}" for at in range(1, 4) for phase in PHASES])
async def test_it_may_die_while_taking_a_note_down(house: House, point: str) -> None:
    """The next process finishes that, too."""
    await house.post(CLAIM)
    await house.deliver()
    await house.watch.deleted([100])
    await _die_at(house, point)
    await _live(house.outbox)
    assert await house.state() is NoteState.RETRACTED
    assert house.desk.lying == {}
