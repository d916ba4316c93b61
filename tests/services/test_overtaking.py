"""A post's events that come while it is still being decided on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain.ports import Store, Transaction
from bot.services.compute import MatchingWorker
from tests.services.conftest import CLAIM, HARMLESS, SUN, House


class SlowStore:
    """A store whose first transaction, the one that stores a decision, waits for a sign."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._begun = 0
        self.waiting = asyncio.Event()
        self.sign = asyncio.Event()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        self._begun += 1
        if self._begun == 1:
            self.waiting.set()
            await self.sign.wait()
        async with self._store.transaction() as tx:
            yield tx

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        async with self._store.reading() as tx:
            yield tx


async def test_an_edit_that_overtakes_the_decision(house: House, worker: MatchingWorker) -> None:
    """A decision on the old words is not stored after the edit withdrew what answers them."""
    store = SlowStore(house.store)
    slow = House(store, worker, clock=house.clock, desk=house.desk)
    deciding = asyncio.create_task(slow.post(CLAIM))
    await store.waiting.wait()
    editing = asyncio.create_task(slow.edit(HARMLESS))
    await asyncio.sleep(0.1)
    store.sign.set()
    await asyncio.gather(deciding, editing)
    await house.deliver()
    assert house.texts() == []


async def test_a_deletion_that_overtakes_the_decision(house: House, worker: MatchingWorker) -> None:
    """It is remembered until the decision comes."""
    store = SlowStore(house.store)
    slow = House(store, worker, clock=house.clock, desk=house.desk)
    deciding = asyncio.create_task(slow.post(CLAIM))
    await store.waiting.wait()
    await slow.watch.deleted([100])
    store.sign.set()
    watched = await deciding
    assert watched is not None
    assert not watched.stored
    assert await house.notes() == []


async def test_edits_of_two_posts_do_not_wait_for_each_other(house: House, worker: MatchingWorker) -> None:
    """One slow post doesn't hold up the channel."""
    store = SlowStore(house.store)
    slow = House(store, worker, clock=house.clock, desk=house.desk)
    deciding = asyncio.create_task(slow.post(CLAIM, 100))
    await store.waiting.wait()
    other = await asyncio.wait_for(slow.post(SUN, 101), timeout=5)
    store.sign.set()
    await deciding
    assert other is not None
    assert other.stored
