"""Checks on demand, and the servers' settings that they and the watch go by."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.decision import Action
from bot.domain.policy import CONSOLE_GUILD, Mode, Policy
from bot.domain.post import Post
from tests.fakes import FakeMatcher
from tests.services.conftest import CLAIM, GUILD, HARMLESS, House


async def test_checking_on_demand_stores_nothing(house: House) -> None:
    """It decides as a server in mode auto would, whatever this one's mode, and leaves no trace."""
    await house.mode(Mode.QUEUE)
    checked = await house.checks.check(Post(CLAIM), guild_id=GUILD)
    assert checked.decision.action is Action.REPLY
    assert checked.fact is not None
    assert checked.fact.slug == "moon-cheese"
    assert (await house.notes(), await house.items()) == ([], [])
    assert (await house.checks.check(Post(HARMLESS))).fact is None


async def test_checking_uses_the_servers_threshold(house: House, matcher: FakeMatcher) -> None:
    """A stricter server's members see what their server would do."""
    matcher.confidence = 0.95
    await house.mode(Mode.AUTO, threshold=0.99)
    assert (await house.checks.check(Post(CLAIM), guild_id=GUILD)).decision.action is Action.QUEUE
    assert (await house.checks.check(Post(CLAIM))).decision.action is Action.REPLY


async def test_policies_are_kept(house: House) -> None:
    """One a server; another's is not touched, and the console's is auto from the start."""
    changed = await house.policies.change(GUILD, lambda policy: replace(policy, threshold=0.8, window_minutes=30))
    assert await house.policies.get(GUILD) == changed.after == Policy(GUILD, Mode.AUTO, 0.8, 30, approvals_needed=0)
    assert await house.policies.get(999) == Policy(999, Mode.QUEUE)
    assert (await house.policies.get(CONSOLE_GUILD)).mode is Mode.AUTO


async def test_a_change_of_policy_that_fails_changes_nothing(house: House) -> None:
    """The whole change or none of it."""

    def fail(policy: Policy) -> Policy:
        raise ValueError(policy.guild_id)

    with pytest.raises(ValueError, match="1"):
        await house.policies.change(GUILD, fail)
    assert (await house.policies.get(GUILD)).mode is Mode.AUTO
