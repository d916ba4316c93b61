"""A store that dies at a chosen transaction, as a process does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain.ports import Store, Transaction


class Killed(BaseException):
    """What no ``except Exception`` sees."""


class DyingStore:
    """A store that dies at its n-th transaction: before it begins, inside (undone), or after it was committed.

    Whatever is tried then, on the way out, dies too.
    """

    def __init__(self, store: Store, at: int, phase: str) -> None:
        self._store = store
        self._left = at
        self._phase = phase
        self.dead = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        self._left -= 1
        dying = self._left == 0
        self._die(dying and self._phase == "before")
        async with self._store.transaction() as tx:
            yield tx
            self._die(dying and self._phase == "inside")
        self._die(dying and self._phase == "after")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        self._die()
        async with self._store.reading() as tx:
            yield tx

    def _die(self, now: bool = False) -> None:  # noqa: FBT001, FBT002 - reads better where it stands
        self.dead = self.dead or now
        if self.dead:
            raise Killed
