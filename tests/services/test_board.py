"""The cards of the queue: one a fact, as the store has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.policy import CONSOLE_GUILD, Mode
from bot.domain.review import Ruling
from bot.services.cards import ClosedCard, ItemsCard
from bot.services.review import ASSIGNED_FOR
from bot.services.undo import UNDO_FOR
from bot.services.wanted_cards import MAX_CARDS
from tests.builders import a_fact
from tests.services.conftest import CLAIM, GUILD, HARMLESS, SUN, House
from tests.services.moderation import MODERATOR, judge, posted, queued, rule, undo
from tests.services.noticeboard import QUEUE, Board, hang, only

HOUR = timedelta(hours=1)


@pytest.fixture
async def board(house: House) -> Board:
    """The board of a server whose moderators see everything first."""
    return await hang(house)


async def test_a_fact_has_one_card(house: House, board: Board) -> None:
    """What comes to it is told on the same message; what changes nothing touches nothing."""
    first = await queued(house, 100)
    await board.refresh()
    card = only(board.wall.cards(), ItemsCard)
    assert (card.item, card.others, card.count, card.fact, card.approvals) == (first, (), 1, a_fact(), 0)
    second = await queued(house, 101, f"{CLAIM} Really.")
    await queued(house, 102, SUN)
    await board.refresh()
    moon, _ = board.wall.cards()
    assert isinstance(moon, ItemsCard)
    assert (moon.item, moon.others, moon.count) == (first, (second,), 2)
    assert (board.wall.posted, board.wall.tries) == (2, 3)
    await board.refresh()
    assert board.wall.tries == 3


async def test_the_posts_new_words_are_shown(house: House, board: Board) -> None:
    """A moderator rules on what the post says now."""
    await queued(house)
    await board.refresh()
    await house.edit(f"{CLAIM} Truly.")
    await board.refresh()
    assert only(board.wall.cards(), ItemsCard).item.new.post_text == f"{CLAIM} Truly."


async def test_a_closed_card_offers_undo_and_is_then_forgotten(house: House, board: Board) -> None:
    """For a quarter of an hour, whichever way the ruling came; the message stays as it was left."""
    item = await queued(house)
    await board.refresh()
    ruled = await rule(house, item, Ruling.DISMISS)
    await board.refresh()
    card = only(board.wall.cards(), ClosedCard)
    assert card.event is not None
    assert (card.undo, card.event.id) == (True, ruled.event_id)
    board.clock.now += UNDO_FOR - timedelta(seconds=1)
    await board.refresh()
    assert only(board.wall.cards(), ClosedCard).undo
    assert len(await board.kept()) == 1
    board.clock.forward(seconds=1)
    await board.refresh()
    assert not only(board.wall.cards(), ClosedCard).undo
    assert await board.kept() == []
    tries = board.wall.tries
    await board.refresh()
    assert board.wall.tries == tries


async def test_an_undo_brings_the_items_back_to_the_card(house: House, board: Board) -> None:
    """On the same message."""
    item = await queued(house)
    await board.refresh()
    ruled = await rule(house, item)
    await board.refresh()
    await undo(house, ruled)
    await board.refresh()
    card = only(board.wall.cards(), ItemsCard)
    assert (card.item.id, card.last, board.wall.posted) == (item.id, None, 1)


async def test_the_undo_of_copies_is_that_of_their_ruling(house: House, board: Board) -> None:
    """One click takes back what one click did, while others wait on the card and when none does."""
    items = [await queued(house, 100), await queued(house, 101)]
    await board.refresh()
    ruled = await rule(house, items[0], Ruling.DISMISS)
    await board.refresh()
    closed = only(board.wall.cards(), ClosedCard)
    assert closed.event is not None
    assert closed.event.id == ruled.event_id
    await queued(house, 102, f"{CLAIM} Really.")
    await board.refresh()
    card = only(board.wall.cards(), ItemsCard)
    assert card.last is not None
    assert (card.last.id, card.earlier) == (ruled.event_id, {"dismiss": 1})
    await undo(house, ruled)
    await board.refresh()
    card = only(board.wall.cards(), ItemsCard)
    assert (card.count, card.last, card.earlier) == (3, None, {})


async def test_a_judged_note_is_not_what_became_of_the_items(house: House, board: Board) -> None:
    """It has a card of its own, in the log channel."""
    item = await queued(house, 100)
    await house.mode(Mode.AUTO)
    note = await posted(house, 101, channel_id=3)
    await board.refresh()
    ruled = await rule(house, item, Ruling.DISMISS)
    await judge(house, note, Ruling.APPROVE)
    await board.refresh()
    card = only(board.wall.cards(), ClosedCard)
    assert card.event is not None
    assert card.event.id == ruled.event_id


@pytest.mark.parametrize("change", ["deleted", "edited"])
async def test_what_the_program_closed_offers_no_undo(house: House, board: Board, change: str) -> None:
    """The card says what became of it and is forgotten at once."""
    await queued(house)
    await board.refresh()
    await (house.watch.deleted([100]) if change == "deleted" else house.edit(HARMLESS))
    await board.refresh()
    card = only(board.wall.cards(), ClosedCard)
    assert card.event is not None
    assert (card.event.new.by, card.undo, await board.kept()) == (None, False, [])


async def test_what_was_put_off_comes_back_as_a_new_card(house: House, board: Board) -> None:
    """Where moderators look: below what was said meanwhile."""
    item = await queued(house)
    await board.refresh()
    await house.reviews.snooze(item.id, guild_id=GUILD, by=MODERATOR, span=HOUR)
    await board.refresh()
    assert only(board.wall.cards(), ClosedCard).undo is False
    board.clock.now += HOUR - timedelta(seconds=1)
    await board.refresh()
    assert board.wall.posted == 1
    board.clock.forward(seconds=1)
    await board.refresh()
    old, new = board.wall.cards()
    assert isinstance(old, ClosedCard)
    assert isinstance(new, ItemsCard)
    assert new.item.id == item.id


async def test_whose_it_is_stands_on_the_card(house: House, board: Board) -> None:
    """Until it is nobody's any more; an urgent one names the role for such."""
    await board.channels(escalation_role=77)
    item = await queued(house)
    await house.reviews.assign(item.id, guild_id=GUILD, by=MODERATOR)
    await board.refresh()
    card = only(board.wall.cards(), ItemsCard)
    assert (card.assignee, card.escalation_role) == (MODERATOR, None)
    await house.reviews.escalate(item.id, guild_id=GUILD, by=MODERATOR)
    board.clock.now += ASSIGNED_FOR
    await board.refresh()
    card = only(board.wall.cards(), ItemsCard)
    assert (card.assignee, card.escalation_role, board.wall.posted) == (None, 77, 1)


async def test_more_facts_than_a_channel_holds(board: Board) -> None:
    """The most urgent and oldest are shown; as they are closed, the next ones follow."""
    await board.waiting(MAX_CARDS + 3)
    await board.refresh()
    assert [card.key.subject for card in board.wall.cards()] == [f"fact-{number:02}" for number in range(MAX_CARDS)]
    for found, _ in await board.house.reviews.open(GUILD, limit=2):
        await rule(board.house, found, Ruling.DISMISS)
    await board.refresh()
    assert [card.key.subject for card in board.wall.cards()[MAX_CARDS:]] == ["fact-40", "fact-41"]
    last = (await board.house.reviews.open(GUILD, limit=50))[-1][0]
    await board.house.reviews.escalate(last.id, guild_id=GUILD, by=MODERATOR)
    await board.refresh()
    assert board.wall.cards()[-1].key.subject == "fact-42"


async def test_without_a_channel_nothing_is_shown(house: House, board: Board) -> None:
    """And the console, which has no channels, is never asked."""
    await board.channels(queue_channel=None, log_channel=None)
    await board.channels(CONSOLE_GUILD, queue_channel=QUEUE, mode=Mode.QUEUE)
    await queued(house)
    await board.waiting(1, CONSOLE_GUILD)
    await board.refresh()
    assert board.wall.tries == 0


async def test_the_board_runs_by_itself(house: House, board: Board) -> None:
    """Whatever changes a card rings: nobody waits for the next round."""
    running = asyncio.ensure_future(board.keeper.run())
    try:
        item = await queued(house)
        await _until(lambda: [type(card) for card in board.wall.cards()] == [ItemsCard])
        await rule(house, item)
        await _until(lambda: [type(card) for card in board.wall.cards()] == [ClosedCard])
        board.wall.hung.clear()
        await queued(house, 101, SUN)
        await board.keeper.deleted([7001])
        await _until(lambda: [type(card) for card in board.wall.cards()] == [ItemsCard])
    finally:
        running.cancel()
        await asyncio.wait([running])


async def _until(true: Callable[[], bool]) -> None:
    """Wait for what another task brings about."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
