"""Compute the vectors that facts lack, and store them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from bot.domain.ports import Store

_BATCH = 64


class VectorSource(Protocol):
    """What computes vectors."""

    @property
    def encoder_name(self) -> str:
        """The name that they are stored under."""
        ...

    def missing_vectors(self, slugs: Sequence[str]) -> dict[str, bytes]:
        """Return the vectors that the store lacks of some facts, computed now, by key. Slow."""
        ...


async def add_vectors(store: Store, source: VectorSource, slugs: Sequence[str]) -> AsyncIterator[int]:
    """Compute and store what some facts lack, batch by batch, and say each time how many facts are done.

    Where it is stopped, what was stored stays, and the next time goes on from there.
    """
    for start in range(0, len(slugs), _BATCH):
        part = slugs[start : start + _BATCH]
        if computed := await asyncio.to_thread(source.missing_vectors, part):
            async with store.transaction() as tx:
                await tx.facts.add_vectors(source.encoder_name, computed)
        yield start + len(part)
