"""What is over is forgotten, in time and not before."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.appeal import AppealKind, NewAppeal
from bot.domain.audit import Act
from bot.domain.errors import StoreError
from bot.domain.member import Mark
from bot.domain.note import NoteState
from bot.domain.policy import RETENTION_DAYS, Mode
from bot.domain.ports import Transaction
from bot.domain.rating import Helpfulness, Rating
from bot.domain.review import ReviewState, Ruling
from bot.domain.stored import BACKUP_DAYS, DRAFT_DAYS, GRACE_DAYS, ITEM_DAYS, REQUEST_DAYS
from bot.services.compute import MatchingWorker
from bot.services.drafts import KEPT_FOR
from bot.services.upkeep import Upkeep
from bot.services.wakeup import Bell, Wakeup
from bot.store.database import Database
from tests.builders import NOW, a_fact, an_item
from tests.fakes import FakeMatcher, FakeStore
from tests.services.conftest import CHANNEL, CLAIM, FACTS, GUILD, SUN, House

THERE = 9


@pytest.fixture
async def memory(matcher: FakeMatcher) -> AsyncIterator[House]:
    """A house on the store in memory."""
    async with MatchingWorker(matcher) as worker:
        yield House(FakeStore(FACTS), worker)


async def test_what_nobody_ruled_on_is_closed_after_thirty_days(memory: House) -> None:
    """Not a moment earlier; its words go, the audit log says so, and moderators' cards follow."""
    await memory.post(CLAIM)
    memory.clock.forward(days=1)
    await memory.post(SUN, 101)
    memory.clock.forward(days=ITEM_DAYS - 1)
    await memory.services.upkeep.tick()
    assert [(await memory.items(one))[0].state for one in (100, 101)] == [ReviewState.OPEN] * 2
    memory.board.take()

    memory.clock.forward(seconds=1)
    await memory.services.upkeep.tick()
    [closed], [left] = await memory.items(), await memory.items(101)
    assert (closed.state, closed.ruling, closed.ruled_by) == (ReviewState.CLOSED, Ruling.EXPIRED, None)
    assert (closed.new.post_text, closed.new.author, closed.new.evidence.matched_words) == ("", None, ())
    assert left.state is ReviewState.OPEN
    assert memory.board.take() == {GUILD}
    async with memory.store.reading() as tx:
        assert [event.new.by for event in await tx.audit.find(GUILD, acts=[Act.EXPIRED])] == [None]


async def test_a_snoozed_item_ends_as_well(memory: House) -> None:
    """Putting it off doesn't keep the words for ever."""
    await memory.post(CLAIM)
    async with memory.store.transaction() as tx:
        await tx.reviews.snooze([1], until=memory.clock() + timedelta(days=100))
    memory.clock.forward(days=ITEM_DAYS, seconds=1)
    await memory.services.upkeep.tick()
    assert (await memory.items())[0].ruling is Ruling.EXPIRED


@pytest.mark.parametrize("days", [30, 365, 3650])
async def test_what_is_over_goes_after_the_time_that_the_server_set(memory: House, days: int) -> None:
    """A note that was taken down, with its words' last trace."""
    await memory.mode(Mode.AUTO, retention_days=days)
    await memory.post(CLAIM)
    await memory.watch.deleted([100])
    memory.clock.forward(days=days)
    assert await memory.services.upkeep.tick() == 0
    assert len(await memory.notes()) == 1
    memory.clock.forward(seconds=1)
    assert await memory.services.upkeep.tick() > 0
    assert await memory.notes() == []


async def test_requests_and_drafts_go_in_their_own_time(memory: House) -> None:
    """Ninety days after somebody last asked; a day after the draft was begun."""
    assert timedelta(days=DRAFT_DAYS) == KEPT_FOR
    async with memory.store.transaction() as tx:
        await tx.requests.ask(GUILD, "Is it?", member="a" * 32, at=memory.clock())
        await tx.drafts.add(guild_id=GUILD, by=5, at=memory.clock(), fact=a_fact(), base_version=None)
    for days, left in ((DRAFT_DAYS, (1, True)), (1, (1, False)), (REQUEST_DAYS - 2, (1, False)), (1, (0, False))):
        memory.clock.forward(days=days)
        await memory.services.upkeep.tick()
        async with memory.store.reading() as tx:
            assert (len(await tx.requests.waiting(GUILD)), await tx.drafts.get(1) is not None) == left


class TestDepartures:
    async def test_a_server_that_was_left_is_forgotten_after_the_grace_period(self, memory: House) -> None:
        """All of it, and nothing of others."""
        await memory.post(CLAIM)
        await memory.post(CLAIM, 101, guild_id=THERE)
        await memory.services.upkeep.left(GUILD)
        memory.clock.forward(days=GRACE_DAYS)
        await memory.services.upkeep.tick({THERE})
        assert len(await memory.items()) == 1
        memory.clock.forward(seconds=1)
        await memory.services.upkeep.tick({THERE})
        async with memory.store.reading() as tx:
            assert await tx.members.servers() == {THERE}
        assert await memory.items() == []

    async def test_one_that_is_back_in_time_keeps_everything(self, memory: House) -> None:
        """And the time begins anew should it leave again."""
        await memory.post(CLAIM)
        await memory.services.upkeep.left(GUILD)
        memory.clock.forward(days=GRACE_DAYS - 10)
        await memory.services.upkeep.joined(GUILD)
        await memory.services.upkeep.left(GUILD)
        memory.clock.forward(days=GRACE_DAYS - 10)
        await memory.services.upkeep.tick(set())
        assert len(await memory.items()) == 1

    async def test_what_happened_while_footnote_was_off_is_found_out(self, memory: House) -> None:
        """A server that isn't there is left, from then on; one that is there again isn't."""
        await memory.mode(Mode.QUEUE)
        await memory.services.upkeep.tick(set())
        async with memory.store.reading() as tx:
            assert await tx.members.departures(before=memory.clock() + timedelta(seconds=1)) == [GUILD]
        await memory.services.upkeep.tick({GUILD})
        memory.clock.forward(days=GRACE_DAYS + 1)
        await memory.services.upkeep.tick({GUILD})
        async with memory.store.reading() as tx:
            assert await tx.members.servers() == {GUILD}
            assert await tx.members.departures(before=memory.clock()) == []

    async def test_a_late_return_is_seen_before_anything_is_forgotten(self, memory: House) -> None:
        """Its event may have been missed."""
        await memory.mode(Mode.QUEUE)
        await memory.services.upkeep.left(GUILD)
        memory.clock.forward(days=GRACE_DAYS + 1)
        await memory.services.upkeep.tick({GUILD})
        async with memory.store.reading() as tx:
            assert await tx.members.servers() == {GUILD}

    async def test_nothing_is_forgotten_while_the_servers_are_unknown(self, memory: House) -> None:
        """Not every shard has told of its servers yet."""
        await memory.mode(Mode.QUEUE)
        await memory.services.upkeep.left(GUILD)
        memory.clock.forward(days=GRACE_DAYS + 1)
        await memory.services.upkeep.tick(None)
        async with memory.store.reading() as tx:
            assert await tx.members.servers() == {GUILD}

    async def test_an_opt_out_outlives_every_server(self, memory: House) -> None:
        """It is the member's, not the server's."""
        await memory.mode(Mode.QUEUE)
        await memory.services.privacy.opt_out(77)
        await memory.services.upkeep.left(GUILD)
        memory.clock.forward(days=GRACE_DAYS + 1)
        await memory.services.upkeep.tick(set())
        assert await memory.services.privacy.opted_out(77)


async def test_the_loop_outlives_a_fault_and_cleans_up_behind_itself(memory: House) -> None:
    """A database that fails once is tried again; log and old copies are seen to each time; it ends when told to."""
    calls: list[datetime | None] = []
    pauses: list[float] = []
    twice = asyncio.Event()

    class Waiting(Wakeup):
        async def wait(self, seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 2:
                twice.set()
                await asyncio.Event().wait()

    async def scrub() -> bool:
        calls.append(None)
        return True

    async def sweep(before: datetime) -> None:
        calls.append(before)

    store = memory.store
    assert isinstance(store, FakeStore)
    store.fail_next.append(StoreError("The disk is full."))
    upkeep = Upkeep(store=store, clock=memory.clock, board=Bell(), wakeup=Waiting(), scrub=scrub, sweep=sweep)
    task = asyncio.create_task(upkeep.run(lambda: None))
    await twice.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.done()
    assert pauses == [60.0, 3600.0]
    assert calls == [None, memory.clock() - timedelta(days=BACKUP_DAYS)]


async def test_old_copies_of_the_database_are_deleted(database: Database, tmp_path: Path) -> None:
    """Those that migrations made, after thirty days, since they hold what was erased; nothing else beside it."""
    now = datetime(2026, 3, 1).astimezone()
    names = (
        "facts.db.0001.backup",
        "facts.db.0002.2.backup",
        "facts.db.backup",
        "other.db.0001.backup",
        "facts.db.key",
    )
    for name in names:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (0, (now - timedelta(days=BACKUP_DAYS, seconds=1)).timestamp()))
    (tmp_path / "facts.db.0002.backup").touch()
    os.utime(tmp_path / "facts.db.0002.backup", (0, now.timestamp()))
    await database.sweep(now - timedelta(days=BACKUP_DAYS))
    left = set(os.listdir(tmp_path))  # noqa: PTH208 - not a blocking Path in a coroutine
    assert not left & {"facts.db.0001.backup", "facts.db.0002.2.backup"}
    assert left >= {"facts.db.0002.backup", "facts.db.backup", "other.db.0001.backup", "facts.db.key", "facts.db"}


async def test_a_discount_goes_with_its_server(memory: House) -> None:
    """It was its moderators' decision."""
    async with memory.store.transaction() as tx:
        await tx.members.mark(Mark.DISCOUNTED, "a" * 32, guild_id=GUILD, at=memory.clock())
    await memory.services.upkeep.left(GUILD)
    memory.clock.forward(days=GRACE_DAYS + 1)
    await memory.services.upkeep.tick(set())
    async with memory.store.reading() as tx:
        assert await tx.members.marked(Mark.DISCOUNTED, guild_id=GUILD) == set()


@pytest.mark.parametrize("how", ["post", "bulk", "channel"])
async def test_what_was_said_of_a_deleted_post_goes(memory: House, how: str) -> None:
    """Its words and its note at once, the ratings and appeals of the note when the server's time is over."""
    await memory.mode(Mode.AUTO)
    await memory.post(CLAIM)
    await memory.deliver()
    await memory.mode(Mode.QUEUE)
    await memory.post(SUN, 101)
    async with memory.store.transaction() as tx:
        rating = Rating(1, GUILD, "a" * 32, Helpfulness.HELPFUL, frozenset(), memory.clock())
        await tx.ratings.put(rating)
        await tx.appeals.add(NewAppeal(GUILD, 1, AppealKind.WRITTEN, "a" * 32, memory.clock(), "I didn't."))
    if how == "channel":
        await memory.watch.channel_deleted(CHANNEL)
    elif how == "bulk":
        await memory.watch.deleted([100, 101])
    else:
        await memory.watch.deleted([100])
        await memory.watch.deleted([101])
    await memory.outbox.flush()
    [note], [item] = await memory.notes(), await memory.items(101)
    assert (note.state, note.new.evidence.matched_words) == (NoteState.RETRACTED, ())
    assert (item.ruling, item.new.post_text, item.new.evidence.matched_words) == (Ruling.SOURCE_GONE, "", ())
    assert item.new.author is None
    assert memory.desk.lying == {}
    memory.clock.forward(days=RETENTION_DAYS, seconds=10)
    await memory.services.upkeep.tick()
    assert await memory.notes() == []
    assert await memory.items(101) == []
    async with memory.store.reading() as tx:
        assert await tx.ratings.of_server(GUILD) == []
        assert await tx.appeals.for_note(1) == []


class BackInBetween:
    """A store to which a server comes back before the third transaction: the one that would forget it."""

    def __init__(self, store: Database, guild_id: int) -> None:
        self.reading = store.reading
        self._store = store
        self._guild_id = guild_id
        self._begun = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Begin one."""
        self._begun += 1
        if self._begun == 3:
            async with self._store.transaction() as tx:
                await tx.members.returned(self._guild_id)
        async with self._store.transaction() as tx:
            yield tx


async def test_a_server_that_comes_back_in_the_middle_is_kept(database: Database) -> None:
    """It is looked at once more before it is forgotten."""
    async with database.transaction() as tx:
        for guild_id in (8, 9):
            await tx.reviews.add(an_item(guild_id=guild_id, message_id=guild_id))
            await tx.members.departed(guild_id, at=NOW)
    later = NOW + timedelta(days=GRACE_DAYS, seconds=1)
    upkeep = Upkeep(store=BackInBetween(database, 9), clock=lambda: later, board=Bell(), wakeup=Wakeup())
    await upkeep.tick(set())
    async with database.reading() as tx:
        assert await tx.members.servers() == {9}
