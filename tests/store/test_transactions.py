from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.domain.errors import StoreError
from bot.domain.policy import Policy
from bot.domain.ports import Store
from bot.domain.review import Ruling
from bot.store.database import open_database
from tests.builders import NOW, a_fact, a_note, an_item


async def test_a_block_that_raises_is_undone(store: Store) -> None:
    """All or nothing, and the error is the block's own."""

    async def fail() -> None:
        async with store.transaction() as tx:
            await tx.notes.add(a_note())
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    async with store.transaction() as tx:
        assert await tx.notes.for_source(3) == []


async def test_a_cancelled_block_is_undone_and_the_store_lives_on(store: Store) -> None:
    """A task that is stopped in the middle leaves neither rows nor a lock behind."""
    inside = asyncio.Event()

    async def work() -> None:
        async with store.transaction() as tx:
            await tx.notes.add(a_note())
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with store.transaction() as tx:
        assert await tx.notes.add(a_note()) is not None


async def test_many_tasks_at_once_wait_their_turn(store: Store) -> None:
    """Nobody is refused, and of all who add the same note one wins."""

    async def add() -> bool:
        async with store.transaction() as tx:
            return await tx.notes.add(a_note()) is not None

    assert sorted(await asyncio.gather(*(add() for _ in range(30)))) == [False] * 29 + [True]


async def test_two_programs_share_a_file(tmp_path: Path, empty_seed: Path) -> None:
    """Two programs that read and then write don't lose each other's changes, and don't deadlock."""
    path = tmp_path / "shared.db"
    async with await open_database(path, seed=empty_seed) as one, await open_database(path, seed=empty_seed) as two:
        async with one.transaction() as tx:
            await tx.facts.add(a_fact(failed_tests=("0",)))

        async def count_up(store: Store) -> None:
            for _ in range(10):
                async with store.transaction() as tx:
                    fact = await tx.facts.get("moon-cheese")
                    assert fact is not None
                    await tx.facts.set_failed_tests("moon-cheese", [str(int(fact.failed_tests[0]) + 1)])

        await asyncio.gather(count_up(one), count_up(two))
        async with two.transaction() as tx:
            assert await tx.facts.get("moon-cheese") == a_fact(failed_tests=("20",))


async def test_purged_words_are_gone_from_the_disk(tmp_path: Path, empty_seed: Path) -> None:
    """What was forgotten can't be read from the file's free space."""
    path = tmp_path / "private.db"
    async with await open_database(path, seed=empty_seed) as store:
        async with store.transaction() as tx:
            item = await tx.reviews.add(an_item(post_text="xylophone " * 2000))
        assert item is not None
        async with store.transaction() as tx:
            await tx.reviews.close(item.id, ruling=Ruling.DISMISS, by=1, at=NOW)
    assert b"xylophone" not in path.read_bytes()
    assert not path.with_name("private.db-wal").exists()


async def test_a_reading_block_sees_what_was_committed_before_it_and_keeps_no_writer_waiting(database: Store) -> None:
    """A long look at the queue must not hold up the decision on a post."""
    async with database.transaction() as tx:
        await tx.policies.save(Policy(1, threshold=0.9), at=NOW)
    async with database.reading() as looking:
        assert (await looking.policies.get(1)).threshold == 0.9
        async with asyncio.timeout(2), database.transaction() as tx:
            await tx.policies.save(Policy(1, threshold=0.8), at=NOW)
        assert (await looking.policies.get(1)).threshold == 0.9
    async with database.reading() as looking:
        assert (await looking.policies.get(1)).threshold == 0.8


async def test_a_reading_block_changes_nothing(database: Store) -> None:
    """Whoever tries is told by the database itself."""
    with pytest.raises(StoreError):
        async with database.reading() as tx:
            await tx.policies.save(Policy(1), at=NOW)
    async with database.reading() as tx:
        assert await tx.policies.servers() == []
