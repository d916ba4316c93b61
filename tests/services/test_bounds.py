"""What grows with what members do has an end: beyond it the program does less, and says so where somebody looks."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.policy import CONSOLE_GUILD, Mode
from bot.domain.review import ReviewState, Ruling, Wanted
from bot.services import pace
from bot.services.imports import pending
from bot.services.imports.pending import KEPT_FOR, MOST_BYTES, MOST_FILES, PendingImports
from bot.services.intake import Intake
from tests.services.conftest import FACTS, GUILD, House
from tests.services.conftest import Clock as HandClock

CLAIM = FACTS[0].claim


async def _waiting(house: House, guild_id: int = GUILD) -> int:
    async with house.store.reading() as tx:
        return await tx.reviews.count(guild_id, Wanted(states=frozenset(ReviewState)))


async def _spam(house: House, count: int, *, author: int, first: int = 1000, guild_id: int = GUILD) -> None:
    for number in range(count):
        await house.post(f"{CLAIM} {number}", first + number, author_id=author, guild_id=guild_id)


@pytest.fixture
async def queue(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A server whose posts wait, with small bounds."""
    monkeypatch.setattr(pace, "MOST_OF_ONE", 3)
    monkeypatch.setattr(pace, "MOST_WAITING", 7)
    await house.mode(Mode.QUEUE)
    return house


async def test_one_member_fills_no_queue(queue: House) -> None:
    """What comes on top is let go: nothing is stored and nothing posted; others' posts wait as ever."""
    await _spam(queue, 6, author=1)
    assert await _waiting(queue) == 3
    await _spam(queue, 2, author=2, first=2000)
    assert await _waiting(queue) == 5


async def test_many_members_fill_it_to_the_bound(queue: House) -> None:
    """And no further; another server's queue is its own."""
    for author in range(5):
        await _spam(queue, 3, author=author, first=1000 * (author + 1))
    assert await _waiting(queue) == 7
    assert await queue.reviews.is_full(GUILD)
    await queue.post(CLAIM, 9000, guild_id=GUILD + 1)
    assert await _waiting(queue, GUILD + 1) == 1
    assert await queue.notes(1000) == []


async def test_a_ruling_makes_room(queue: House) -> None:
    """For the same member, too."""
    await _spam(queue, 4, author=1)
    [item] = await queue.items(1000)
    await queue.rulings.rule(item.id, guild_id=GUILD, ruling=Ruling.DISMISS, by=5)
    assert not await queue.reviews.is_full(GUILD)
    await _spam(queue, 1, author=1, first=3000)
    assert len(await queue.items(3000)) == 1


async def test_the_console_has_no_such_bound(queue: House) -> None:
    """Nobody else is there."""
    await _spam(queue, 9, author=1, guild_id=CONSOLE_GUILD)
    assert len(await queue.reviews.open(CONSOLE_GUILD)) in (0, 9)


def test_files_that_wait_are_few() -> None:
    """The oldest go: beyond a number, beyond a size, and after half an hour; one is always kept."""
    clock = HandClock()
    kept = PendingImports(clock=clock)
    numbers = [kept.add(b"x", "a", guild_id=1, by=2) for _ in range(MOST_FILES + 5)]
    assert len(kept._kept) == MOST_FILES
    assert kept.take(numbers[0], guild_id=1, by=2) is None
    big = b"x" * (MOST_BYTES // 2 + 1)
    kept.add(big, "b", guild_id=1, by=2)
    last = kept.add(big, "c", guild_id=1, by=2)
    assert list(kept._kept) == [last]
    clock.forward(seconds=KEPT_FOR.total_seconds() + 1)
    newest = kept.add(b"y", "d", guild_id=1, by=2)
    assert list(kept._kept) == [newest]
    assert pending.MOST_BYTES == MOST_BYTES


async def test_posts_remembered_as_deleted_are_few(house: House) -> None:
    """Ten thousand ids, whatever is deleted."""
    for start in range(0, 12_000, 4_000):
        await house.watch.deleted(range(start, start + 4_000))
    assert len(house.watch._deleted) == 10_000
    assert len(house.watch._turns) == 0


async def test_a_flood_costs_the_server_that_makes_it() -> None:
    """Two of its posts may wait and three in all; what is over is turned away at once."""
    intake = Intake(at_once=1, most=3, most_of_one=2)
    came: list[tuple[int, bool]] = []
    go = asyncio.Event()

    async def post(guild_id: int) -> None:
        async with intake.turn(guild_id) as taken:
            came.append((guild_id, taken))
            if taken:
                await go.wait()

    posts = []
    for guild_id in (1, 1, 1, 1, 2, 2):
        posts.append(asyncio.create_task(post(guild_id)))
        await asyncio.sleep(0)
    assert came == [(1, True), (1, False), (2, False)]
    assert intake.waiting == 3
    go.set()
    await asyncio.gather(*posts)
    assert sorted(came) == [(1, False), (1, True), (1, True), (1, True), (2, False), (2, True)]
    assert intake.waiting == 0
