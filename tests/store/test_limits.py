from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.policy import FactLimit, Mode
from bot.domain.ports import Store


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.SHADOW, Mode.QUEUE])
@pytest.mark.parametrize("channel_id", [None, 2**62])
async def test_a_limit_comes_back_whole(store: Store, mode: Mode, channel_id: int | None) -> None:
    """For a server or for one channel of it."""
    limit = FactLimit(2**62, "moon-cheese", mode, channel_id)
    async with store.transaction() as tx:
        await tx.policies.limit(limit)
    async with store.transaction() as tx:
        assert await tx.policies.limits(2**62) == [limit]


async def test_the_last_limit_of_a_place_stands(store: Store) -> None:
    """The server and each channel are places of their own; ``auto`` lifts one alone."""
    everywhere = FactLimit(1, "a", Mode.QUEUE)
    here = FactLimit(1, "a", Mode.OFF, 5)
    async with store.transaction() as tx:
        for limit in (replace(here, mode=Mode.SHADOW), everywhere, here):
            await tx.policies.limit(limit)
        assert await tx.policies.limits(1) == [everywhere, here]
        await tx.policies.limit(replace(here, mode=Mode.AUTO))
        await tx.policies.limit(FactLimit(1, "a", Mode.AUTO, 6))
        assert await tx.policies.limits(1) == [everywhere]
        await tx.policies.limit(replace(everywhere, mode=Mode.AUTO))
        assert await tx.policies.limits(1) == []


async def test_limits_are_found_by_server_and_fact(store: Store) -> None:
    """Ordered by fact, then the whole server before its channels; other servers' are not among them."""
    limits = [
        FactLimit(1, "a", Mode.OFF),
        FactLimit(1, "a", Mode.QUEUE, 5),
        FactLimit(1, "a", Mode.SHADOW, 9),
        FactLimit(1, "b", Mode.QUEUE, 2),
    ]
    async with store.transaction() as tx:
        for limit in (*reversed(limits), FactLimit(2, "a", Mode.SHADOW)):
            await tx.policies.limit(limit)
        assert await tx.policies.limits(1) == limits
        assert await tx.policies.limits(1, "b") == limits[3:]
        assert await tx.policies.limits(1, "c") == []
        assert await tx.policies.limits(2, "a") == [FactLimit(2, "a", Mode.SHADOW)]
