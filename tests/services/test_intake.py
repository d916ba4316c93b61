from __future__ import annotations

import asyncio

import pytest

from bot.services.intake import Intake


class Crowd:
    """Posts that come in, and the order in which they get their turn; each holds it until it is let go."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.order: list[str] = []
        self.refused: list[str] = []
        self.at_once = self.most_at_once = 0
        self._go = asyncio.Semaphore(0)
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, *names: str) -> None:
        """Let posts come; the first letter is their server."""
        for name in names:
            self.tasks[name] = asyncio.create_task(self._wait(name))
            await asyncio.sleep(0)

    async def go(self, count: int) -> None:
        """Let so many of those whose turn it is end."""
        for _ in range(count):
            self._go.release()
        for _ in range(10 * count):
            await asyncio.sleep(0)

    async def _wait(self, name: str) -> None:
        async with self.intake.turn(ord(name[0])) as admitted:
            if not admitted:
                self.refused.append(name)
                return
            self.order.append(name)
            self.at_once += 1
            self.most_at_once = max(self.at_once, self.most_at_once)
            await self._go.acquire()
            self.at_once -= 1


async def test_servers_take_turns_and_a_servers_posts_keep_their_order() -> None:
    """A server that floods the intake keeps the others waiting for one of its posts, not for all."""
    crowd = Crowd(Intake(at_once=1))
    await crowd.come("a0", "a1", "a2", "a3", "b1", "c1", "b2")
    assert (crowd.order, crowd.intake.waiting) == (["a0"], 6)
    await crowd.go(7)
    assert crowd.order == ["a0", "a1", "b1", "c1", "a2", "b2", "a3"]
    assert (crowd.intake.waiting, crowd.intake.oldest) == (0, 0.0)


async def test_only_so_many_are_under_way_at_once() -> None:
    """The others wait without holding anything."""
    crowd = Crowd(Intake(at_once=3))
    await crowd.come(*(f"a{number}" for number in range(20)))
    assert len(crowd.order) == 3
    await crowd.go(20)
    assert (len(crowd.order), crowd.most_at_once) == (20, 3)


async def test_more_than_may_wait_are_refused_at_once() -> None:
    """Of one server first, so that the others still find room; then of all."""
    crowd = Crowd(Intake(at_once=1, most=4, most_of_one=2))
    await crowd.come("a0", "a1", "a2", "a3", "b1", "b2", "c1")
    assert crowd.refused == ["a3", "c1"]
    await crowd.go(5)
    assert crowd.order == ["a0", "a1", "b1", "a2", "b2"]
    await crowd.come("c2")
    assert crowd.order[-1] == "c2"
    await crowd.go(1)


@pytest.mark.parametrize("who", ["a1", "b1"])
async def test_one_that_is_cancelled_while_it_waits_keeps_nobody(who: str) -> None:
    """Its place goes to the next, whether or not its turn was just coming."""
    crowd = Crowd(Intake(at_once=1))
    await crowd.come("a0", "a1", "b1", "a2")
    crowd.tasks[who].cancel()
    await crowd.go(3)
    assert crowd.order[0] == "a0"
    assert set(crowd.order) == {"a0", "a1", "b1", "a2"} - {who}
    assert crowd.intake.waiting == 0


async def test_one_that_is_cancelled_with_its_turn_in_hand_passes_it_on() -> None:
    """It was called and had not yet begun."""
    intake = Intake(at_once=1)
    crowd = Crowd(intake)
    await crowd.come("a0", "a1", "a2")
    crowd._go.release()
    for _ in range(10):
        if intake.waiting < 2:
            break
        await asyncio.sleep(0)
    assert "a1" not in crowd.order, "its turn was called and it has not begun"
    crowd.tasks["a1"].cancel()
    await crowd.go(2)
    assert "a2" in crowd.order
    assert crowd.at_once == 0


async def test_a_fault_gives_the_turn_back() -> None:
    """As an end does."""
    intake = Intake(at_once=1)
    with pytest.raises(ZeroDivisionError):
        async with intake.turn(1):
            raise ZeroDivisionError
    async with intake.turn(1) as admitted:
        assert admitted


async def test_closing_ends_the_waiting_and_lets_what_is_under_way_finish() -> None:
    """Who waits is cancelled; what is not begun is caught up with later."""
    crowd = Crowd(Intake(at_once=1))
    await crowd.come("a0", "a1", "b1")
    crowd.intake.close()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert crowd.tasks["a1"].cancelled()
    assert crowd.tasks["b1"].cancelled()
    await crowd.go(1)
    assert crowd.tasks["a0"].done()
    assert crowd.order == ["a0"]


async def test_the_oldest_waiting_is_the_first_in_line_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """In seconds."""
    now = 100.0
    monkeypatch.setattr("bot.services.intake.time.monotonic", lambda: now)
    crowd = Crowd(Intake(at_once=1))
    await crowd.come("a0", "a1")
    now = 107.0
    await crowd.come("b1")
    now = 110.0
    assert crowd.intake.oldest == 10
    await crowd.go(3)
