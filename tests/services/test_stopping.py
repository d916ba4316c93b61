"""Loops end when they are told to, whatever the cancellation meets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from bot.domain.errors import StoreError
from bot.services.wakeup import Wakeup
from tests.services.conftest import House
from tests.services.noticeboard import hang


class Swallowing:
    """A store that makes an error of its own of a cancellation, as drivers do, again and again."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()

    def transaction(self) -> Any:
        return self

    def reading(self) -> Any:
        return self

    async def __aenter__(self) -> None:
        self.entered.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            raise StoreError("The connection was closed.") from None

    async def __aexit__(self, *_: object) -> None:
        raise AssertionError("it never begins")


@pytest.mark.parametrize("loop", ["board", "outbox"])
async def test_a_loop_ends_though_its_cancellation_was_swallowed(house: House, loop: str) -> None:
    """A process that is to end must not wait for ever."""
    store = Swallowing()
    run: Callable[[], Awaitable[None]]
    if loop == "board":
        keeper = (await hang(house)).keeper
        keeper._store = store
        run = keeper.run
    else:
        run = house.new_outbox(store).run
    task = asyncio.ensure_future(run())
    await store.entered.wait()
    task.cancel()
    async with asyncio.timeout(5):
        with suppress(asyncio.CancelledError):
            await task
    assert task.done()


async def test_a_cancellation_that_comes_with_the_ring_is_not_lost() -> None:
    """Both at the same moment: the task ends."""
    wakeup = Wakeup()
    task = asyncio.ensure_future(wakeup.wait(60))
    for _ in range(2):
        await asyncio.sleep(0)
    wakeup.ring()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
