"""Facts that moderators limit while a note is on its way."""

from __future__ import annotations

import pytest

from bot.domain.note import NoteState
from bot.domain.policy import FactLimit, Mode
from tests.services.conftest import CHANNEL, CLAIM, GUILD, House
from tests.services.moderation import MODERATOR, queued, rule


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.SHADOW, Mode.QUEUE])
@pytest.mark.parametrize(("channel", "answered"), [(None, False), (CHANNEL, False), (CHANNEL + 1, True)])
async def test_a_fact_that_was_limited_before_its_note_was_sent(
    house: House, mode: Mode, channel: int | None, *, answered: bool
) -> None:
    """Nothing is posted by itself that moderators have just forbidden there."""
    await house.post(CLAIM)
    await house.policies.limit(FactLimit(GUILD, "moon-cheese", mode, channel), by=MODERATOR)
    await house.deliver()
    assert bool(house.texts()) is answered
    assert await house.state() is (NoteState.POSTED if answered else NoteState.DROPPED)


async def test_what_a_moderator_approved_is_posted_all_the_same(house: House) -> None:
    """They have seen it, and decided."""
    item = await queued(house)
    await house.policies.limit(FactLimit(GUILD, "moon-cheese", Mode.QUEUE), by=MODERATOR)
    await rule(house, item)
    await house.deliver()
    assert len(house.texts()) == 1
