"""What Discord or a moderator does to the channels of the cards."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.audit import Act
from bot.domain.policy import Mode
from bot.domain.review import Ruling
from bot.services.cards import Card, ClosedCard, ItemsCard, NoteCard
from tests.services.conftest import CLAIM, GUILD, SUN, House
from tests.services.moderation import audit, posted, queued, rule
from tests.services.noticeboard import LOG, QUEUE, Board, hang, only

GONE = "The channel for the queue or the log is gone; /settings names another."
OTHER = 8


@pytest.fixture
async def board(house: House) -> Board:
    """The board of a server whose moderators see everything first."""
    return await hang(house)


async def test_a_deleted_card_is_posted_again(house: House, board: Board) -> None:
    """At the next round, where it is still needed; a closed one is not."""
    await queued(house, 100)
    closed = await queued(house, 101, SUN)
    await board.refresh()
    await rule(house, closed, Ruling.DISMISS)
    await board.refresh()
    board.wall.hung.clear()
    await board.keeper.deleted([7001, 7002, 1])
    assert await board.kept() == []
    await board.refresh()
    assert [card.message_id for card in await board.kept()] == [7003]
    assert only(board.wall.cards(), ItemsCard).key.subject == "moon-cheese"


async def test_a_card_that_was_deleted_unnoticed_is_posted_again_when_it_changes(house: House, board: Board) -> None:
    """Its message is found to be gone; the channel is not blamed for it."""
    await queued(house)
    await board.refresh()
    board.wall.hung.clear()
    await queued(house, 101, f"{CLAIM} Really.")
    await board.refresh()
    assert only(board.wall.cards(), ItemsCard).count == 2
    assert (board.keeper.problem(GUILD), (await house.policies.get(GUILD)).queue_channel) == (None, QUEUE)


async def test_a_closed_card_that_was_deleted_unnoticed_stays_away(house: House, board: Board) -> None:
    """Nobody needs to be told twice that nothing is left to do."""
    item = await queued(house)
    await board.refresh()
    await rule(house, item, Ruling.DISMISS)
    board.wall.hung.clear()
    board.clock.forward(hours=1)
    await board.refresh()
    assert (board.wall.cards(), await board.kept(), board.wall.posted) == ([], [], 1)


async def test_a_moved_queue_takes_its_cards_along(house: House, board: Board) -> None:
    """They are taken down where they were and hung up where they belong."""
    await queued(house)
    await board.refresh()
    await board.channels(queue_channel=950)
    await board.refresh()
    assert (board.wall.cards(), [card.channel_id for card in await board.kept()]) == ([], [950])
    only(board.wall.cards(950), ItemsCard)


async def test_a_queue_that_moved_where_nothing_may_be_written_loses_nothing(house: House, board: Board) -> None:
    """The cards follow once they may."""
    await queued(house)
    await board.refresh()
    board.wall.refused.add(950)
    await board.channels(queue_channel=950)
    for _ in range(2):
        await board.refresh()
    assert board.keeper.problem(GUILD) == "Footnote may not write in <#950>."
    board.wall.refused.clear()
    await board.refresh()
    only(board.wall.cards(950), ItemsCard)
    assert board.keeper.problem(GUILD) is None


async def test_a_channel_that_is_gone_is_forgotten_and_said(house: House, board: Board) -> None:
    """Once, however many cards hung there: the settings say what is true, and the audit log why."""
    await board.waiting(3)
    await board.refresh()
    board.wall.hung.clear()
    board.wall.gone.add(QUEUE)
    await board.waiting(5)
    await board.restart()
    await board.refresh()
    policy = await house.policies.get(GUILD)
    assert (policy.queue_channel, policy.log_channel, await board.kept()) == (None, LOG, [])
    assert board.keeper.problem(GUILD) == GONE
    found = "found that a channel for the queue or the log is gone"
    assert [event.new.detail for event in await audit(house, Act.REPAIRED)] == [
        {"gone": f"channel {QUEUE}"},
        {"what": f"After its start Footnote {found}."},
    ]
    assert board.wall.said == [(GUILD, LOG, f"After its start Footnote {found}.")]


async def test_a_channel_that_goes_while_footnote_runs_is_a_problem_until_another_is_named(
    house: House, board: Board
) -> None:
    """Cards that are shown in the log meanwhile don't make it one that is solved."""
    await house.mode(Mode.AUTO)
    await posted(house, 100)
    await board.waiting(2)
    board.wall.gone.add(QUEUE)
    for _ in range(2):
        await board.refresh()
    only(board.wall.cards(LOG), NoteCard)
    assert board.keeper.problem(GUILD) == GONE
    assert len(await audit(house, Act.REPAIRED)) == 1
    await board.channels(queue_channel=950)
    await board.refresh()
    assert (board.keeper.problem(GUILD), len(board.wall.cards(950))) == (None, 2)


async def test_one_channel_for_both_can_go(house: House, board: Board) -> None:
    """Then both settings are empty, and another server's stay."""
    await board.channels(log_channel=QUEUE)
    await board.channels(OTHER, mode=Mode.QUEUE, queue_channel=QUEUE + 50)
    await queued(house)
    board.wall.gone.add(QUEUE)
    await board.refresh()
    here, there = await house.policies.get(GUILD), await house.policies.get(OTHER)
    assert (here.queue_channel, here.log_channel, there.queue_channel) == (None, None, QUEUE + 50)


async def test_a_missing_permission_is_a_problem_until_it_is_there(house: House, board: Board) -> None:
    """What was ruled on meanwhile is shown then, and nothing is lost."""
    item = await queued(house, 100)
    await queued(house, 101, SUN)
    await board.refresh()
    board.wall.refused.add(QUEUE)
    await rule(house, item, Ruling.DISMISS)
    await queued(house, 102, f"{SUN} Really.")
    for _ in range(2):
        await board.refresh()
    assert board.keeper.problem(GUILD) == "Footnote may not write in <#900>."
    assert len(await board.kept()) == 2
    board.wall.refused.clear()
    await board.refresh()
    moon, sun = board.wall.cards()
    assert isinstance(moon, ClosedCard)
    assert isinstance(sun, ItemsCard)
    assert (sun.count, board.wall.posted, board.keeper.problem(GUILD)) == (2, 2, None)


@pytest.mark.parametrize("channel_id", [QUEUE, LOG])
async def test_a_permission_that_is_missing_in_one_channel_is_not_made_up_by_another(
    house: House, board: Board, channel_id: int
) -> None:
    """Whichever of the two it is, and whatever is shown in the other one."""
    await house.mode(Mode.AUTO)
    board.wall.refused = {channel_id}
    for number in (1, 2):
        await posted(house, 100 + number, channel_id=number)
        await board.waiting(number)
        await board.refresh()
        assert len(board.wall.hung) == number
        assert board.keeper.problem(GUILD) == f"Footnote may not write in <#{channel_id}>."
    board.wall.refused = set()
    await board.refresh()
    assert (board.keeper.problem(GUILD), len(board.wall.hung)) == (None, 4)


async def test_a_card_that_can_not_be_drawn_keeps_no_other_back(
    house: House, board: Board, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged, and tried again at the next round."""
    await board.waiting(3)
    show = board.wall.show

    async def draw(card: Card, *, channel_id: int, message_id: int | None) -> int:
        if card.key.subject == "fact-00":
            raise RuntimeError("A card that can't be drawn.")
        return await show(card, channel_id=channel_id, message_id=message_id)

    board.wall.show = draw  # type: ignore[method-assign]
    await board.refresh()
    assert [card.key.subject for card in board.wall.cards()] == ["fact-01", "fact-02"]
    assert "board.server_failed" in caplog.text
    board.wall.show = show  # type: ignore[method-assign]
    await board.refresh()
    assert [card.key.subject for card in board.wall.cards()] == ["fact-01", "fact-02", "fact-00"]


@pytest.mark.parametrize("fault", ["delayed", "broken", "refused", "gone"])
@pytest.mark.parametrize("first", [True, False])
async def test_one_servers_fault_does_not_keep_anothers_cards(
    house: House, board: Board, fault: str, *, first: bool
) -> None:
    """Whichever comes first; what failed is made up at the next round."""
    there: dict[str, Any] = {"mode": Mode.QUEUE, "queue_channel": 800}
    await board.channels(OTHER, **there)
    await board.waiting(2, GUILD)
    await board.waiting(2, OTHER)
    bad, good = (QUEUE, 800) if first else (800, QUEUE)
    getattr(board.wall, fault).add(bad)
    await board.refresh()
    assert (len(board.wall.cards(bad)), len(board.wall.cards(good))) == (0, 2)
    getattr(board.wall, fault).clear()
    await board.refresh()
    assert len(board.wall.cards(bad)) == (0 if fault == "gone" else 2)
    assert (board.wall.tries, board.keeper.problem(GUILD if first else OTHER)) == (
        {"delayed": 5, "broken": 6, "refused": 6, "gone": 3}[fault],
        GONE if fault == "gone" else None,
    )
