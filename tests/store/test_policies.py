from __future__ import annotations

import pytest

from bot.domain.errors import StoreError
from bot.domain.policy import CONSOLE_GUILD, Mode, Policy, default_policy
from bot.domain.ports import Store
from tests.builders import NOW


async def test_a_server_without_settings_has_the_safe_defaults(store: Store) -> None:
    """Nothing has to be set."""
    async with store.transaction() as tx:
        assert await tx.policies.get(5) == default_policy(5) == Policy(5)
        assert await tx.policies.get(CONSOLE_GUILD) == default_policy(CONSOLE_GUILD)


@pytest.mark.parametrize("guild_id", [CONSOLE_GUILD, 2**62])
async def test_a_policy_comes_back_whole_and_the_last_one_stands(store: Store, guild_id: int) -> None:
    """Saving replaces what was saved before, for this server alone."""
    full = Policy(
        guild_id,
        mode=Mode.AUTO,
        threshold=0.93,
        window_minutes=5,
        watched_channels=frozenset({2**62, 1}),
        ignored_channels=frozenset({3}),
        ignored_roles=frozenset({4, 5}),
    )
    async with store.transaction() as tx:
        await tx.policies.save(full, at=NOW)
    async with store.transaction() as tx:
        assert await tx.policies.get(guild_id) == full
        await tx.policies.save(Policy(guild_id, mode=Mode.OFF), at=NOW)
        assert await tx.policies.get(guild_id) == Policy(guild_id, mode=Mode.OFF)
        assert await tx.policies.get(7) == Policy(7)


async def test_a_threshold_is_a_probability(database: Store) -> None:
    """What can't be a probability is refused by the database itself."""
    with pytest.raises(StoreError):
        async with database.transaction() as tx:
            await tx.policies.save(Policy(1, threshold=1.5), at=NOW)
