"""What is put right after a start, and how it is said."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.audit import Act
from bot.domain.policy import Mode
from bot.domain.review import Ruling
from bot.services.cards import ClosedCard, ItemsCard
from tests.services.conftest import GUILD, SUN, House
from tests.services.moderation import audit, queued, rule
from tests.services.noticeboard import LOG, QUEUE, Board, hang, only

OTHER = 8


@pytest.fixture
async def board(house: House) -> Board:
    """The board of a server whose moderators see everything first."""
    return await hang(house)


async def _said(board: Board) -> list[str]:
    """Return what was said in the queue channel; the audit log says the same."""
    sentences = [
        sentence for guild_id, channel_id, sentence in board.wall.said if (guild_id, channel_id) == (GUILD, QUEUE)
    ]
    events = await audit(board.house, Act.REPAIRED)
    assert [event.new.detail for event in events] == [{"what": sentence} for sentence in sentences]
    assert {event.new.by for event in events} <= {None}
    return sentences


async def test_where_nothing_happened_nothing_is_said(house: House, board: Board) -> None:
    """Neither at the very first start nor at a later one; new items are no repair."""
    await board.restart()
    await queued(house)
    await board.restart()
    await board.restart()
    only(board.wall.cards(), ItemsCard)
    assert (await _said(board), board.wall.posted) == ([], 1)


@pytest.mark.parametrize(
    ("lost", "sentence"), [(1, "posted 1 missing card again"), (2, "posted 2 missing cards again")]
)
async def test_cards_that_were_deleted_are_posted_again(house: House, board: Board, lost: int, sentence: str) -> None:
    """And counted."""
    await queued(house, 100)
    await queued(house, 101, SUN)
    await board.refresh()
    for message_id in (7001, 7002)[:lost]:
        del board.wall.hung[message_id]
    await board.restart()
    assert len(board.wall.cards()) == 2
    assert await _said(board) == [f"After its start Footnote {sentence}."]


async def test_cards_that_changed_meanwhile_are_brought_up_to_date(house: House, board: Board) -> None:
    """By the command line, say, or by time: what was snoozed came back, what was ruled on is closed."""
    item = await queued(house, 100)
    await queued(house, 101, SUN)
    await board.refresh()
    await rule(house, item, Ruling.DISMISS)
    await queued(house, 102, f"{SUN} Really.")
    await board.restart()
    moon, sun = board.wall.cards()
    assert isinstance(moon, ClosedCard)
    assert isinstance(sun, ItemsCard)
    assert sun.count == 2
    assert await _said(board) == ["After its start Footnote brought 2 cards up to date."]


async def test_several_repairs_are_one_sentence(house: House, board: Board) -> None:
    """One message a start."""
    await queued(house, 100)
    await queued(house, 101, SUN)
    await board.refresh()
    del board.wall.hung[7001]
    await queued(house, 102, f"{SUN} Really.")
    await board.restart()
    assert await _said(board) == ["After its start Footnote posted 1 missing card again, brought 1 card up to date."]


async def test_without_a_queue_the_log_is_told(house: House, board: Board) -> None:
    """Somewhere a moderator should read it."""
    await board.waiting(1)
    await board.refresh()
    board.wall.gone.add(QUEUE)
    await board.restart()
    assert [(guild_id, channel_id) for guild_id, channel_id, _ in board.wall.said] == [(GUILD, LOG)]
    assert (await house.policies.get(GUILD)).queue_channel is None


@pytest.mark.parametrize("fault", ["gone", "refused", "delayed"])
async def test_a_sentence_that_can_not_be_said_keeps_no_other_server(house: House, board: Board, fault: str) -> None:
    """It stands in the audit log; the others are repaired and told."""
    await board.channels(GUILD, log_channel=None)
    await board.channels(OTHER, mode=Mode.QUEUE, queue_channel=800)
    await queued(house)
    await board.waiting(1, OTHER)
    await board.refresh()
    board.wall.hung.clear()
    silent = getattr(board.wall, fault)
    tell = board.wall.tell

    async def fail_here(guild_id: int, channel_id: int, sentence: str) -> None:
        silent.update({QUEUE} if guild_id == GUILD else ())
        await tell(guild_id, channel_id, sentence)

    board.wall.tell = fail_here  # type: ignore[method-assign]
    await board.restart()
    sentence = "After its start Footnote posted 1 missing card again."
    assert board.wall.said == [(OTHER, 800, sentence)]
    assert [event.new.detail for event in await audit(house, Act.REPAIRED)] == [{"what": sentence}]


async def test_what_discord_delays_is_repaired_later(house: House, board: Board) -> None:
    """The repair is tried again until it went through, and said once."""
    await queued(house)
    await board.refresh()
    board.wall.hung.clear()
    board.wall.delayed.add(QUEUE)
    await board.restart()
    assert await _said(board) == []
    board.wall.delayed.clear()
    for _ in range(2):
        await board.refresh()
    assert await _said(board) == ["After its start Footnote posted 1 missing card again."]


async def test_a_process_that_dies_in_the_middle_leaves_what_the_next_one_finishes(house: House, board: Board) -> None:
    """Cards that were hung are known; the others follow."""
    await queued(house, 100)
    await queued(house, 101, SUN)
    show = board.wall.show

    async def die(*args: object, **over: object) -> int:
        if board.wall.posted:
            raise asyncio.CancelledError
        return await show(*args, **over)  # type: ignore[arg-type]

    board.wall.show = die  # type: ignore[method-assign]
    with pytest.raises(asyncio.CancelledError):
        await board.refresh()
    board.wall.show = show  # type: ignore[method-assign]
    await board.restart()
    assert [type(card) for card in board.wall.cards()] == [ItemsCard, ItemsCard]
    assert {card.key.subject for card in board.wall.cards()} == {"moon-cheese", "sun-cold"}
