"""The cards of a stop and of facts past their shelf life, and when a server is looked at again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.fact import Fact
from bot.domain.policy import Mode
from bot.services.cards import ExpiredCard, ItemsCard, StopCard
from bot.services.review import ASSIGNED_FOR
from tests.builders import NOW, a_fact
from tests.services.conftest import GUILD, House
from tests.services.moderation import MODERATOR, judge, posted, queued
from tests.services.noticeboard import QUEUE, Board, hang, only

TODAY = NOW.date()
OVER = TODAY - timedelta(days=1)
BECAUSE = "2 automatic replies of the last 24 hours were ruled wrong matches"


@pytest.fixture
async def board(house: House) -> Board:
    """The board of a server whose moderators see everything first."""
    return await hang(house)


async def _stop(house: House, first: int) -> None:
    """Let two automatic notes be wrong."""
    await house.mode(Mode.AUTO, log_channel=None)
    for number in (first, first + 1):
        await judge(house, await posted(house, number, channel_id=number))


async def _own(house: House, slug: str, **over: object) -> Fact:
    """Give the server a fact of its own that is over."""
    fact = a_fact(**{"slug": slug, "guild_id": GUILD, "review_by": OVER, **over})
    async with house.store.transaction() as tx:
        await tx.facts.add(fact)
    return fact


async def test_a_stop_has_a_card_until_it_is_lifted(house: House, board: Board) -> None:
    """It says why, then who lifted it, and is forgotten: the next stop has a card of its own."""
    await _stop(house, 100)
    await board.refresh()
    card = only(board.wall.cards(), StopCard)
    assert card.stop is not None
    assert (card.stop.because, card.event) == (BECAUSE, None)
    await house.policies.resume(GUILD, by=MODERATOR)
    await board.refresh()
    lifted = only(board.wall.cards(), StopCard)
    assert lifted.event is not None
    assert (lifted.stop, lifted.event.new.by, await board.kept()) == (None, MODERATOR, [])
    tries = board.wall.tries
    await board.refresh()
    assert board.wall.tries == tries
    await _stop(house, 200)
    await board.refresh()
    old, new = board.wall.cards()
    assert old == lifted
    assert isinstance(new, StopCard)
    assert new.stop is not None


async def test_a_stop_that_was_lifted_and_came_again_unseen_is_the_stop_of_now(house: House, board: Board) -> None:
    """On the card that hangs already."""
    await _stop(house, 100)
    await board.refresh()
    await house.policies.resume(GUILD, by=MODERATOR)
    house.clock.forward(minutes=1)
    await _stop(house, 200)
    await board.refresh()
    card = only(board.wall.cards(), StopCard)
    assert card.stop is not None
    assert card.stop.at == house.clock.now


async def test_a_stop_before_there_was_a_channel_is_shown_in_the_first_one(house: House, board: Board) -> None:
    """Whenever that is named."""
    await board.channels(queue_channel=None)
    await _stop(house, 100)
    await board.refresh()
    assert board.wall.tries == 0
    await board.channels(queue_channel=QUEUE)
    await board.refresh()
    only(board.wall.cards(), StopCard)


async def test_expired_facts_have_one_card(house: House, board: Board) -> None:
    """The longest over first; as they are renewed they leave it, and with the last one it is forgotten."""
    older = await _own(house, "older", review_by=OVER - timedelta(days=9))
    newer = await _own(house, "newer")
    await _own(house, "last-day", review_by=TODAY)
    await board.refresh()
    assert only(board.wall.cards(), ExpiredCard).facts == (older, newer)
    for fact, left in ((older, (newer,)), (newer, ())):
        async with house.store.transaction() as tx:
            assert await tx.facts.replace(replace(fact, review_by=TODAY, version=2), expected=1)
        await board.refresh()
        assert only(board.wall.cards(), ExpiredCard).facts == left
    assert (await board.kept(), board.wall.posted) == ([], 1)


async def test_facts_are_looked_through_once_a_day(house: House, board: Board) -> None:
    """What expires overnight has its card on the next day."""
    fact = await _own(house, "last-day", review_by=TODAY)
    await board.refresh()
    house.clock.now = NOW + timedelta(hours=11)
    await board.refresh()
    assert board.wall.cards() == []
    house.clock.now = NOW + timedelta(hours=12)
    await board.refresh()
    assert only(board.wall.cards(), ExpiredCard).facts == (fact,)


@pytest.mark.parametrize("fault", ["refused", "delayed", "broken"])
async def test_a_card_of_expired_facts_that_could_not_be_shown_comes_later(
    house: House, board: Board, fault: str
) -> None:
    """On the same day, once it can."""
    await _own(house, "over")
    getattr(board.wall, fault).add(QUEUE)
    await board.refresh()
    assert board.wall.cards() == []
    getattr(board.wall, fault).clear()
    await board.refresh()
    only(board.wall.cards(), ExpiredCard)


async def test_a_channel_that_is_named_later_in_the_day_gets_the_card(house: House, board: Board) -> None:
    """Nobody has to wait for the morning."""
    await _own(house, "over")
    await board.channels(queue_channel=None)
    await board.refresh()
    await board.channels(queue_channel=QUEUE)
    await board.refresh()
    only(board.wall.cards(), ExpiredCard)


async def test_a_global_fact_concerns_who_uses_it(house: House, board: Board) -> None:
    """Expired, it has a card where it has items; its matches wait for a moderator."""
    house.clock.now = NOW + timedelta(days=400)
    await board.refresh()
    assert board.wall.cards() == []
    item = await queued(house)
    await board.restart()
    items, expired = board.wall.cards()
    assert isinstance(items, ItemsCard)
    assert items.item == item
    assert isinstance(expired, ExpiredCard)
    assert [fact.slug for fact in expired.facts] == ["moon-cheese"]


@pytest.mark.parametrize("asleep", [True, False])
async def test_a_server_is_looked_at_again_in_time(house: House, board: Board, *, asleep: bool) -> None:
    """When something changes by itself, and after minutes at the latest: the command line may have ruled."""
    item = await queued(house)
    if asleep:
        await house.reviews.snooze(item.id, guild_id=GUILD, by=MODERATOR, span=timedelta(hours=3))
    else:
        await house.reviews.assign(item.id, guild_id=GUILD, by=MODERATOR)
    await board.refresh()
    assert board.keeper._next[GUILD] <= house.clock.now + timedelta(minutes=5)
    house.clock.now += (timedelta(hours=3) if asleep else ASSIGNED_FOR) - timedelta(seconds=9)
    await board.refresh()
    assert board.keeper._next[GUILD] == house.clock.now + timedelta(seconds=9)
