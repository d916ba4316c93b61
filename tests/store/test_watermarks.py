from __future__ import annotations

from datetime import timedelta

from bot.domain.ports import Store
from tests.builders import NOW

LATER = NOW + timedelta(minutes=1)


async def test_a_watermark_only_rises(store: Store) -> None:
    """Two tasks that store theirs in the wrong order lose nothing, and servers don't touch each other."""
    async with store.transaction() as tx:
        assert await tx.watermarks.get(1) is None
        await tx.watermarks.put({})
        await tx.watermarks.put({1: LATER, 2: NOW})
        await tx.watermarks.put({1: NOW, 2: LATER, 3: NOW})
    async with store.reading() as tx:
        assert [await tx.watermarks.get(guild_id) for guild_id in (1, 2, 3, 4)] == [LATER, LATER, NOW, None]
