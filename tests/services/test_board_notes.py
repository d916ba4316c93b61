"""The cards of automatic notes, in the log channel."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.audit import Act
from bot.domain.note import NoteState
from bot.domain.policy import Mode
from bot.domain.review import Ruling
from bot.services.cards import NoteCard
from bot.services.undo import UNDO_FOR
from bot.services.wanted_cards import NOTE_CARDS_FOR
from tests.builders import a_fact
from tests.services.conftest import CLAIM, GUILD, HARMLESS, SUN, House
from tests.services.moderation import OTHER, judge, posted, queued, rule, undo
from tests.services.noticeboard import LOG, QUEUE, Board, hang, only

SECOND = timedelta(seconds=1)


@pytest.fixture
async def board(house: House) -> Board:
    """The board of a server that answers by itself."""
    board = await hang(house)
    await house.mode(Mode.AUTO)
    return board


async def test_a_note_that_was_posted_by_itself_has_a_card(house: House, board: Board) -> None:
    """In the log channel alone, once it is posted; what changes nothing touches nothing."""
    await house.post(CLAIM)
    await board.refresh()
    assert board.wall.tries == 0
    await house.deliver()
    for _ in range(2):
        await board.refresh()
    [note] = await house.notes()
    card = only(board.wall.cards(LOG), NoteCard)
    assert (card.note, card.fact, card.event, card.undo) == (note, a_fact(), None, False)
    assert (board.wall.cards(QUEUE), board.wall.tries) == ([], 1)


async def test_links_shadow_notes_and_approved_ones_have_no_card(house: House, board: Board) -> None:
    """There is nothing in them that a moderator has yet to see."""
    await posted(house, 100)
    await posted(house, 101)
    await rule(house, await queued(house, 102, f"{SUN} Really."))
    await house.mode(Mode.SHADOW)
    await house.post(CLAIM, 103, channel_id=3)
    await house.deliver()
    await board.refresh()
    assert only(board.wall.cards(LOG), NoteCard).note.new.source_message_id == 100


@pytest.mark.parametrize("ruling", [Ruling.APPROVE, Ruling.WRONG_MATCH, Ruling.NOT_A_CLAIM])
async def test_a_ruling_on_a_note_is_told_on_its_card(house: House, board: Board, ruling: Ruling) -> None:
    """Who said what, with an undo for a quarter of an hour; then the card is forgotten as it is."""
    note = await posted(house)
    await board.refresh()
    ruled = await judge(house, note, ruling, by=OTHER)
    await house.outbox.flush()
    await board.refresh()
    card = only(board.wall.cards(LOG), NoteCard)
    assert card.event is not None
    assert (card.event.id, card.event.new.act, card.event.new.by) == (ruled.event_id, Act.of(ruling), OTHER)
    assert (card.undo, card.note.ruling) == (True, ruling)
    assert card.note.state is (NoteState.POSTED if ruling is Ruling.APPROVE else NoteState.RETRACTED)
    house.clock.now += UNDO_FOR - SECOND
    await board.refresh()
    assert only(board.wall.cards(LOG), NoteCard).undo
    house.clock.now += SECOND
    await board.refresh()
    assert (only(board.wall.cards(LOG), NoteCard).undo, await board.kept()) == (False, [])
    await board.refresh()
    assert board.wall.posted == 1


async def test_an_undo_asks_again_on_the_same_card(house: House, board: Board) -> None:
    """The note stands again, and nobody has said anything of it."""
    note = await posted(house)
    await board.refresh()
    ruled = await judge(house, note)
    await house.outbox.flush()
    await board.refresh()
    await undo(house, ruled)
    await house.outbox.flush()
    await board.refresh()
    card = only(board.wall.cards(LOG), NoteCard)
    assert (card.event, card.undo, card.note.state, card.note.ruling) == (None, False, NoteState.POSTED, None)
    assert board.wall.posted == 1


@pytest.mark.parametrize("change", ["edited", "deleted"])
async def test_a_note_that_went_with_its_post_is_told_on_its_card(house: House, board: Board, change: str) -> None:
    """Its card says where the note is; it can still be ruled on."""
    note = await posted(house)
    await board.refresh()
    await (house.edit(HARMLESS) if change == "edited" else house.watch.deleted([100]))
    await house.outbox.flush()
    await board.refresh()
    assert only(board.wall.cards(LOG), NoteCard).note.state is NoteState.RETRACTED
    await judge(house, note)
    await board.refresh()
    assert only(board.wall.cards(LOG), NoteCard).note.ruling is Ruling.WRONG_MATCH


@pytest.mark.parametrize("late", [False, True])
async def test_a_log_channel_that_is_named_later_gets_the_notes_of_a_day(
    house: House, board: Board, *, late: bool
) -> None:
    """Those that nobody has ruled on; older ones are no news."""
    await board.channels(log_channel=None)
    note = await posted(house, 100)
    ruled_on = await posted(house, 101, SUN)
    await judge(house, ruled_on, Ruling.APPROVE)
    house.clock.now = note.new.created_at + NOTE_CARDS_FOR + SECOND * late
    await board.channels(log_channel=LOG)
    await board.refresh()
    shown = [card.note.new.source_message_id for card in board.wall.cards(LOG) if isinstance(card, NoteCard)]
    assert shown == ([] if late else [100])


async def test_a_note_that_was_ruled_on_after_a_day_is_told_on_its_card(house: House, board: Board) -> None:
    """What hangs is kept up to date, however old."""
    note = await posted(house)
    await board.refresh()
    house.clock.now += NOTE_CARDS_FOR * 3
    await judge(house, note, Ruling.APPROVE)
    await board.refresh()
    assert only(board.wall.cards(LOG), NoteCard).note.ruling is Ruling.APPROVE


async def test_a_log_that_moved_takes_its_cards_along(house: House, board: Board) -> None:
    """As the queue does, which stays where it is."""
    await posted(house)
    await board.waiting(1)
    await board.refresh()
    await board.channels(log_channel=950)
    await board.refresh()
    assert (board.wall.cards(LOG), len(board.wall.cards(QUEUE))) == ([], 1)
    only(board.wall.cards(950), NoteCard)


async def test_queue_and_log_can_share_a_channel(house: House, board: Board) -> None:
    """The items' cards and the notes' hang side by side; a start repairs each once."""
    await board.channels(log_channel=QUEUE)
    await posted(house)
    await board.waiting(1)
    await board.refresh()
    board.wall.hung.clear()
    await board.restart()
    assert len(board.wall.cards(QUEUE)) == 2
    assert board.wall.said == [(GUILD, QUEUE, "After its start Footnote posted 2 missing cards again.")]


async def test_a_note_that_nobody_rules_on_is_not_followed_for_ever(house: House, board: Board) -> None:
    """Its card stays in the channel, but is no longer looked at; a later ruling counts all the same."""
    note = await posted(house)
    await board.refresh()
    house.clock.forward(days=7)
    await board.refresh()
    async with house.store.reading() as tx:
        assert await tx.cards.all(GUILD) == []
    only(board.wall.cards(LOG), NoteCard)
    tries = board.wall.tries
    await judge(house, note, Ruling.WRONG_MATCH)
    await board.refresh()
    assert board.wall.tries == tries
    assert await house.state() is NoteState.RETRACTING
