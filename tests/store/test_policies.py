from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from bot.domain.errors import StoreError
from bot.domain.policy import CONSOLE_GUILD, FactLimit, Mode, Policy, QuietHours, Stop, default_policy
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
        moderator_roles=frozenset({2**62, 6}),
        escalation_role=2**62 + 1,
        queue_channel=2**62 + 2,
        log_channel=2**62 + 3,
        language="pt",
        quiet_hours=QuietHours(22 * 60 + 30, 7 * 60, "Europe/Berlin"),
        approvals_needed=0,
        precision_floor=0.875,
        stop=Stop(NOW, "two wrong matches"),
        shift=-1.2345,
        shift_rulings=37,
        rater_age_days=3,
        retention_days=90,
    )
    assert [field.name for field in fields(Policy) if getattr(full, field.name) == field.default] == []
    async with store.transaction() as tx:
        await tx.policies.save(full, at=NOW)
    async with store.transaction() as tx:
        assert await tx.policies.get(guild_id) == full
        await tx.policies.save(Policy(guild_id, mode=Mode.OFF), at=NOW)
        assert await tx.policies.get(guild_id) == Policy(guild_id, mode=Mode.OFF)
        assert await tx.policies.get(7) == Policy(7)


@pytest.mark.parametrize("quiet", [QuietHours(0, 0), QuietHours(0, 1439, "Asia/Kathmandu")])
async def test_quiet_hours_begin_at_midnight_too(store: Store, quiet: QuietHours) -> None:
    """Zero is a time, and not the lack of one."""
    async with store.transaction() as tx:
        await tx.policies.save(Policy(1, quiet_hours=quiet), at=NOW)
        assert (await tx.policies.get(1)).quiet_hours == quiet


async def test_servers_with_settings_are_known(store: Store) -> None:
    """Each once, in order; a limit on a fact is no policy."""
    async with store.transaction() as tx:
        for guild_id in (2**62, 3, 3, CONSOLE_GUILD):
            await tx.policies.save(Policy(guild_id), at=NOW)
        await tx.policies.limit(FactLimit(9, "moon-cheese", Mode.OFF))
        assert await tx.policies.servers() == [CONSOLE_GUILD, 3, 2**62]


@pytest.mark.parametrize(
    "over",
    [
        {"threshold": 1.5},
        {"threshold": -0.1},
        {"window_minutes": -1},
        {"precision_floor": 1.01},
        {"precision_floor": -0.01},
        {"approvals_needed": -1},
    ],
)
async def test_what_makes_no_sense_is_refused(database: Store, over: dict[str, Any]) -> None:
    """What can't be a probability or a count is refused by the database itself, and what was there stays."""
    async with database.transaction() as tx:
        await tx.policies.save(Policy(1, mode=Mode.AUTO), at=NOW)
    with pytest.raises(StoreError):
        async with database.transaction() as tx:
            await tx.policies.save(Policy(1, **over), at=NOW)
    async with database.transaction() as tx:
        assert await tx.policies.get(1) == Policy(1, mode=Mode.AUTO)
