"""A post's edits and its deletion, at every stage that its note or item can be in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.domain.note import NoteState
from bot.domain.policy import Mode
from bot.domain.review import ReviewState, Ruling
from tests.fakes import FakeMatcher
from tests.services.conftest import CHANNEL, CLAIM, GUILD, HARMLESS, SUN, House


async def _delete(house: House) -> None:
    await house.watch.deleted([100])


async def _edit(house: House) -> None:
    await house.edit(HARMLESS)


async def _delete_channel(house: House) -> None:
    await house.watch.channel_deleted(CHANNEL)


Change = Callable[[House], Awaitable[None]]
CHANGES = pytest.mark.parametrize("change", [_delete, _edit, _delete_channel])


@CHANGES
async def test_a_change_before_the_note_is_due(house: House, change: Change) -> None:
    """It is never sent."""
    await house.post(CLAIM)
    await change(house)
    await house.deliver()
    assert await house.state() is NoteState.DROPPED
    assert house.desk.sent == 0


@CHANGES
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_change_while_the_note_is_being_sent(house: House, change: Change, moment: str) -> None:
    """It is taken down at once, whether it stood there already or not."""
    await house.post(CLAIM)
    setattr(house.desk, moment, lambda: change(house))
    await house.deliver()
    assert await house.state() is NoteState.RETRACTED
    assert (house.desk.sent, house.texts()) == (1, [])
    assert house.desk.looked == 0  # what was sent is known; nobody has to search the channel for it


@CHANGES
async def test_a_change_after_the_note_was_posted(house: House, change: Change) -> None:
    """It is taken down, and its words in common are forgotten."""
    await house.post(CLAIM)
    await house.deliver()
    await change(house)
    await house.deliver()
    assert await house.state() is NoteState.RETRACTED
    assert house.texts() == []
    [note] = await house.notes()
    assert note.new.evidence.matched_words == ()


@CHANGES
async def test_a_change_of_a_queued_post(house: House, change: Change) -> None:
    """Its item is closed by the program."""
    await house.mode(Mode.QUEUE)
    await house.post(CLAIM)
    await change(house)
    [item] = await house.items()
    expected = Ruling.SOURCE_EDITED if change is _edit else Ruling.SOURCE_GONE
    assert (item.state, item.ruling, item.ruled_by) == (ReviewState.CLOSED, expected, None)


async def test_a_queued_post_that_still_says_it_shows_its_new_words(house: House) -> None:
    """Moderators rule on what the post says now."""
    await house.mode(Mode.QUEUE)
    await house.post(CLAIM)
    await house.edit(f"{CLAIM} Anyone hungry now.")
    [item] = await house.items()
    assert (item.state, item.new.post_text) == (ReviewState.OPEN, f"{CLAIM} Anyone hungry now.")


@CHANGES
async def test_a_change_in_shadow(house: House, change: Change) -> None:
    """The record follows, too."""
    await house.mode(Mode.SHADOW)
    await house.post(CLAIM)
    await change(house)
    assert await house.state() is NoteState.DROPPED


async def test_a_change_while_a_fault_is_waited_out(house: House) -> None:
    """The next try is not made."""
    house.desk.faults.append(RuntimeError("no luck"))
    await house.post(CLAIM)
    await house.deliver()
    await house.watch.deleted([100])
    house.clock.forward(hours=1)
    await house.outbox.flush()
    assert house.desk.sent == 0


async def test_a_post_that_is_gone_before_it_was_decided(house: House) -> None:
    """A deletion may come while the matcher is busy."""
    await house.watch.deleted([100])
    watched = await house.post(CLAIM)
    assert watched is not None
    assert not watched.stored
    await house.edit(CLAIM)
    await house.deliver()
    assert (await house.notes(), await house.items(), house.desk.sent) == ([], [], 0)


async def test_deletions_in_bulk(house: House) -> None:
    """A moderator who clears a channel clears it of notes."""
    for number in range(5):
        await house.post(CLAIM, 100 + number)
    await house.deliver()
    await house.watch.deleted(range(100, 105))
    await house.deliver()
    assert house.texts() == []


async def test_another_posts_note_stays(house: House) -> None:
    """Only what answers the changed post goes."""
    await house.post(CLAIM, 100)
    await house.post(SUN, 101)
    await house.deliver()
    await house.watch.deleted([100])
    await house.deliver()
    assert house.texts() == [(101, "note")]


async def test_an_edit_that_still_says_it_keeps_the_note(house: House) -> None:
    """A corrected typo is no reason to take the note down and up again."""
    await house.post(CLAIM)
    await house.deliver()
    await house.edit(f"{CLAIM} Really.")
    await house.deliver()
    assert (await house.state(), house.desk.sent) == (NoteState.POSTED, 1)


async def test_an_edit_to_another_claim(house: House) -> None:
    """The one note goes, the other comes."""
    await house.post(CLAIM)
    await house.deliver()
    await house.edit(SUN)
    await house.deliver()
    assert [note.state for note in await house.notes()] == [NoteState.RETRACTED, NoteState.POSTED]
    [posted] = house.desk.lying.values()
    assert posted.new.slug == "sun-cold"


@pytest.mark.parametrize("text", ["It is false that the moon is made of cheese.", f"{CLAIM}?"])
async def test_an_edit_to_a_denial_or_a_question(house: House, text: str) -> None:
    """The post no longer repeats the claim."""
    await house.post(CLAIM)
    await house.deliver()
    await house.edit(text)
    await house.deliver()
    assert house.texts() == []


async def test_an_edit_after_which_next_to_nothing_matches(house: House, matcher: FakeMatcher) -> None:
    """A match that would not even be queued keeps no note in place."""
    await house.post(CLAIM)
    await house.deliver()
    matcher.confidence = 0.05
    await house.edit(CLAIM)
    await house.deliver()
    assert await house.state() is NoteState.RETRACTED


async def test_an_edit_into_the_claim(house: House) -> None:
    """It counts as if it had been posted so."""
    await house.post(HARMLESS)
    await house.edit(CLAIM)
    await house.deliver()
    assert house.texts() == [(100, "note")]


@pytest.mark.parametrize("wait", [True, False], ids=["posted", "not yet sent"])
async def test_edited_back_goes_to_the_queue(house: House, wait: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Nobody makes the bot post and take down by editing to and fro."""
    await house.post(CLAIM)
    if wait:
        await house.deliver()
    await house.edit(HARMLESS)
    await house.deliver()
    await house.edit(CLAIM)
    await house.deliver()
    assert house.texts() == []
    [item] = await house.items()
    assert item.new.reasons[0] == "the post was edited back to what it said"


async def test_an_approval_of_an_edited_back_post_brings_its_note_back(house: House) -> None:
    """It is one note still, sent again; and it follows the post as before."""
    await house.post(CLAIM)
    await house.deliver()
    await house.edit(HARMLESS)
    await house.deliver()
    await house.edit(CLAIM)
    [item] = await house.items()
    ruled = await house.rulings.rule(item.id, guild_id=GUILD, ruling=Ruling.APPROVE, by=5)
    await house.deliver()
    assert (ruled.done, ruled.message) == (True, "Approved; the note is on its way.")
    assert house.texts() == [(100, "note")]
    assert await house.state() is NoteState.POSTED
    await house.watch.deleted([100])
    await house.deliver()
    assert house.texts() == []


async def test_the_memory_of_deletions_is_bounded(house: House) -> None:
    """A server that deletes without end fills no memory."""
    await house.watch.deleted(range(1_000_000, 1_000_000 + 500))
    house.watch._deleted.update(dict.fromkeys(range(10_000)))
    await house.watch.deleted([100])
    assert len(house.watch._deleted) == 10_000
    watched = await house.post(CLAIM)
    assert watched is not None
    assert not watched.stored
