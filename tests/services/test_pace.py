"""Automatic notes in an hour: so many in a channel, so many in a server; then a moderator looks first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.decision import Action
from bot.domain.fact import Fact
from bot.domain.note import NoteState
from bot.domain.policy import CONSOLE_GUILD, Mode
from bot.services.compute import MatchingWorker
from bot.services.pace import PER_CHANNEL, PER_SERVER
from tests.builders import a_fact
from tests.fakes import FakeMatcher, FakeStore
from tests.services.conftest import GUILD, House

MANY: list[Fact] = [
    a_fact(slug=f"fact-{number}", claim=f"Claim number {number}.", phrasings=(f"Wording number {number}.",))
    for number in range(PER_CHANNEL + 2)
]


@pytest.fixture
async def crowd() -> AsyncIterator[House]:
    """A server in mode auto with many facts."""
    async with MatchingWorker(FakeMatcher(MANY)) as worker:
        house = House(FakeStore(MANY), worker)
        await house.mode(Mode.AUTO, window_minutes=0)
        yield house


async def _fill(house: House, count: int, *, channels: int = 1, guild_id: int = GUILD, first: int = 1000) -> None:
    for number in range(count):
        house.clock.forward(milliseconds=1)
        await house.post(
            MANY[number // channels % len(MANY)].claim, first + number, channel_id=number % channels, guild_id=guild_id
        )
        assert [note.state for note in await house.notes(first + number)] == [NoteState.PENDING]


async def test_a_channel_gets_ten_in_an_hour(crowd: House) -> None:
    """The next one waits for a moderator, who reads why; another channel isn't held back."""
    await _fill(crowd, PER_CHANNEL)
    await crowd.post(MANY[-1].claim, channel_id=0)
    assert await crowd.notes() == []
    [item] = await crowd.items()
    assert item.new.reasons[0] == "this channel got 10 automatic notes in an hour"
    await crowd.post(MANY[-1].claim, 101, channel_id=7)
    assert len(await crowd.notes(101)) == 1


async def test_after_an_hour_it_goes_on(crowd: House) -> None:
    """By itself."""
    await _fill(crowd, PER_CHANNEL)
    crowd.clock.forward(hours=1, seconds=1)
    await crowd.post(MANY[-1].claim, channel_id=0)
    assert len(await crowd.notes()) == 1


async def test_notes_that_nobody_saw_do_not_count(crowd: House) -> None:
    """Dropped since the post was deleted at once."""
    await _fill(crowd, PER_CHANNEL)
    await crowd.watch.deleted([1000])
    await crowd.post(MANY[-1].claim, channel_id=0)
    assert len(await crowd.notes()) == 1


async def test_a_server_gets_sixty_in_an_hour(crowd: House) -> None:
    """However many channels it has; another server isn't held back."""
    await _fill(crowd, PER_SERVER, channels=12)
    await crowd.post(MANY[0].claim, channel_id=99)
    assert await crowd.notes() == []
    [item] = await crowd.items()
    assert item.new.reasons[0] == "this server got 60 automatic notes in an hour"
    await crowd.policies.change(9, lambda policy: replace(policy, mode=Mode.AUTO, approvals_needed=0))
    await crowd.post(MANY[0].claim, 101, guild_id=9)
    assert len(await crowd.notes(101)) == 1


async def test_shadow_mode_and_the_console_know_no_such_limit(crowd: House) -> None:
    """The one posts nothing, the other disturbs nobody."""
    await _fill(crowd, PER_CHANNEL + 1, guild_id=CONSOLE_GUILD)
    await crowd.mode(Mode.SHADOW, window_minutes=0)
    for number in range(PER_CHANNEL + 1):
        watched = await crowd.post(MANY[number].claim, 2000 + number)
        assert watched is not None
        assert (watched.decision.action, watched.stored) == (Action.REPLY, True)
