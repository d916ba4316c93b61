"""Authors put notes aside, moderators answer: what is refused, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.appeal import APPEAL_LIMIT, Outcome
from bot.domain.audit import Act, NewAuditEvent
from bot.domain.note import Note, NoteState, Provenance
from bot.services.appeals import ALLOWED, WINDOW, Heard
from tests.builders import a_fact, a_note
from tests.services.conftest import CLAIM, GUILD, House
from tests.services.moderation import audit

AUTHOR, MODERATOR, OTHER = 77, 900, 901


@pytest.fixture
async def up(house: House) -> House:
    """A server with a posted note."""
    await house.post(CLAIM)
    await house.deliver()
    return house


async def the_note(house: House) -> Note:
    """Return the note."""
    [note] = await house.notes()
    return note


async def not_said(house: House, note_id: int, guild_id: int = GUILD) -> Heard:
    """Say it."""
    return await house.services.appeals.not_said(note_id, guild_id=guild_id, author_id=AUTHOR)


async def write(house: House, note_id: int, text: str = "I asked.", *, heard: bool = True) -> Heard:
    """Appeal in words."""
    return await house.services.appeals.write(note_id, guild_id=GUILD, author_id=AUTHOR, text=text, heard=heard)


async def answer(house: House, appeal_id: int, outcome: Outcome, by: int = MODERATOR, said: str | None = None) -> str:
    """Decide on an appeal."""
    ruled = await house.services.appeal_answers.rule(appeal_id, guild_id=GUILD, outcome=outcome, by=by, answer=said)
    return ruled.message


async def restored(house: House, source: int) -> int:
    """Post a note, say that it isn't what was said, and restore it; return its id."""
    async with house.store.transaction() as tx:
        note = await tx.notes.add(a_note(source_message_id=source, state=NoteState.POSTED))
    assert note is not None
    assert (await not_said(house, note.id)).done
    [waiting] = await house.services.appeal_answers.waiting(GUILD)
    await answer(house, waiting.appeal.id, Outcome.RESTORED)
    return note.id


async def test_it_is_heard_in_its_own_server_alone(up: House) -> None:
    """Elsewhere there is no such note."""
    note = await the_note(up)
    assert not (await not_said(up, note.id, guild_id=GUILD + 1)).done
    assert await up.state() is NoteState.POSTED


@pytest.mark.parametrize("text", ["", "  ", "x" * (APPEAL_LIMIT + 1)])
async def test_an_appeal_has_words_and_not_too_many(up: House, text: str) -> None:
    """A sentence says how many."""
    note = await restored(up, 500)
    heard = await write(up, note, text)
    assert (heard.done, heard.message) == (
        False,
        f"An appeal holds 1 to {APPEAL_LIMIT} characters; nothing was sent.",
    )


async def test_words_are_for_a_note_that_was_restored_and_once(up: House) -> None:
    """Neither before, nor twice, nor where nobody sees them."""
    first = await the_note(up)
    assert "nothing to appeal against" in (await write(up, first.id)).message
    note = await restored(up, 500)
    assert not (await write(up, note, heard=False)).done
    assert (await write(up, note)).done
    assert "nothing to appeal against" in (await write(up, note, "Again.")).message


async def test_a_member_appeals_three_times_a_day(up: House) -> None:
    """Then has to wait."""
    notes = [await restored(up, 500 + number) for number in range(ALLOWED + 1)]
    heard = [(await write(up, note)).done for note in notes]
    assert heard == [True] * ALLOWED + [False]
    up.clock.forward(seconds=(WINDOW + timedelta(seconds=1)).total_seconds())
    assert (await write(up, notes[-1])).done


async def test_who_has_an_appeal_erased_gets_no_second_one(up: House) -> None:
    """A note that moderators restored can't be put aside for ever by erasing what was said."""
    note = await restored(up, 500)
    await up.services.privacy.erase(AUTHOR)
    heard = await not_said(up, note)
    assert (heard.done, "that can be done once" in heard.message) == (False, True)
    async with up.store.reading() as tx:
        stored = await tx.notes.get(note)
    assert stored is not None
    assert stored.state is NoteState.POSTED


async def test_of_two_moderators_one_wins(up: House) -> None:
    """The other is told, and nothing more happens."""
    note = await the_note(up)
    await not_said(up, note.id)
    assert await answer(up, 1, Outcome.RESTORED, said="It quotes the claim.") == "The note is restored."
    assert await answer(up, 1, Outcome.TAKEN_DOWN, by=OTHER) == "Another moderator was first: restored."
    assert await up.state() is NoteState.POSTED
    assert "It quotes the claim." in (await not_said(up, note.id)).message


async def test_an_answer_has_a_limit_and_its_own_server(up: House) -> None:
    """Nothing is decided by a refused one."""
    note = await the_note(up)
    await not_said(up, note.id)
    assert (await answer(up, 1, Outcome.UPHELD, said="x" * (APPEAL_LIMIT + 1))).endswith("nothing was done.")
    elsewhere = await up.services.appeal_answers.rule(1, guild_id=GUILD + 1, outcome=Outcome.UPHELD, by=MODERATOR)
    assert not elsewhere.done
    assert len(await up.services.appeal_answers.waiting(GUILD)) == 1


async def test_a_note_of_a_withdrawn_fact_is_not_restored(up: House) -> None:
    """The appeal waits for another answer."""
    note = await the_note(up)
    await not_said(up, note.id)
    async with up.store.transaction() as tx:
        own = replace(a_fact(), retired=True, version=2)
        assert await tx.facts.replace(own, expected=1)
    assert (await answer(up, 1, Outcome.RESTORED)).startswith("The fact behind this note was withdrawn")
    assert await up.state() is NoteState.COLLAPSED
    assert await answer(up, 1, Outcome.UPHELD) == "The note stays aside."


async def test_a_wrong_note_that_a_moderator_approved(up: House) -> None:
    """It counts against the fact, though not against automatic replies; nothing names the author."""
    async with up.store.transaction() as tx:
        approved = a_note(source_message_id=500, state=NoteState.POSTED, provenance=Provenance.MODERATOR)
        note = await tx.notes.add(approved)
    assert note is not None
    await not_said(up, note.id)
    await answer(up, 1, Outcome.TAKEN_DOWN)
    async with up.store.reading() as tx:
        events = await tx.audit.find(GUILD, acts={Act.WRONG_MATCH, Act.APPEALED})
        stored = await tx.notes.get(note.id)
    assert {(one.new.act, one.new.automatic) for one in events} == {(Act.WRONG_MATCH, False), (Act.APPEALED, False)}
    assert all(one.new.by != AUTHOR and str(AUTHOR) not in str(one.new.detail) for one in events)
    assert stored is not None
    assert stored.state is NoteState.RETRACTING


async def test_a_helpful_note_that_moderators_keep_aside_proves_nothing_any_more(up: House) -> None:
    """Its evidence is taken back; a restored one keeps it."""
    note = await the_note(up)
    event = NewAuditEvent(up.clock(), Act.RATED_HELPFUL, GUILD, note_id=note.id, slug=note.new.slug)
    async with up.store.transaction() as tx:
        await tx.audit.add(event)
    await not_said(up, note.id)
    assert len(await audit(up, Act.RATED_HELPFUL)) == 1
    [waiting] = await up.services.appeal_answers.waiting(GUILD)
    await answer(up, waiting.appeal.id, Outcome.UPHELD)
    async with up.store.reading() as tx:
        assert await tx.audit.find(GUILD, acts={Act.RATED_HELPFUL}, standing=True) == []
    assert len(await audit(up, Act.STATUS_LOST)) == 1
