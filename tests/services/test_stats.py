from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.audit import COPY, Act, NewAuditEvent
from bot.domain.note import Note, NoteState, Provenance
from bot.domain.policy import Mode, Policy
from bot.domain.review import ReviewItem, Ruling
from bot.review.figures import Figures
from bot.review.recalibrate import MIN_RULINGS
from tests.builders import NOW, a_note, an_item
from tests.services.conftest import CLAIM, GUILD, SUN, House

MODERATOR, OTHER = 5, 6


async def _figures(house: House, days: int = 7) -> Figures:
    return await house.services.stats.figures(GUILD, days=days)


async def _note(house: House, message_id: int, **over: Any) -> Note:
    async with house.store.transaction() as tx:
        note = await tx.notes.add(a_note(guild_id=GUILD, source_message_id=message_id, **over))
    assert note is not None
    return note


async def _item(house: House, message_id: int, **over: Any) -> ReviewItem:
    async with house.store.transaction() as tx:
        item = await tx.reviews.add(an_item(guild_id=GUILD, message_id=message_id, **over))
    assert item is not None
    return item


async def test_of_a_server_in_which_nothing_happened(house: House) -> None:
    """Every day stands there with nothing in it, today last."""
    figures = await _figures(house)
    assert [day.date.isoformat() for day in figures.per_day] == [f"2026-02-{n}" for n in range(23, 29)] + ["2026-03-01"]
    assert figures.total().replied == figures.total().queued == figures.total().approved == figures.total().wrong == 0
    assert (figures.notes_by_state, figures.precision, figures.median_hours, figures.shift) == ({}, None, None, None)
    assert (figures.top_facts, figures.unanswered, figures.open_ages_hours) == ((), (), ())


async def test_automatic_replies_and_what_was_said_of_them(house: House) -> None:
    """A right one, a wrong one that is taken down, one that is no claim, and one that nobody judged."""
    for number, ruling in enumerate((Ruling.APPROVE, Ruling.WRONG_MATCH, Ruling.NOT_A_CLAIM, None)):
        await house.post(CLAIM, 100 + number, channel_id=number + 10)
        await house.deliver()
        [note] = await house.notes(100 + number)
        if ruling is not None:
            await house.services.notes.judge(note.id, guild_id=GUILD, ruling=ruling, by=MODERATOR)
    await house.outbox.flush()
    figures = await _figures(house)
    assert (figures.automatic_right, figures.automatic_judged) == (1, 3)
    assert figures.notes_by_state == {"posted": 2, "retracted": 2}
    assert figures.notes_by_provenance == {"matched automatically": 4}
    assert figures.top_facts == (("The moon is made of cheese.", 4),)
    today = figures.per_day[-1]
    assert (today.replied, today.queued, today.approved, today.wrong) == (4, 0, 0, 1)


async def test_an_undone_judgement_counts_no_more(house: House) -> None:
    """Neither for precision nor as a wrong match."""
    await house.post(CLAIM)
    await house.deliver()
    [note] = await house.notes()
    ruled = await house.services.notes.judge(note.id, guild_id=GUILD, ruling=Ruling.WRONG_MATCH, by=MODERATOR)
    assert (await _figures(house)).automatic_judged == 1
    assert ruled.event_id is not None
    await house.services.undo.undo(ruled.event_id, guild_id=GUILD, by=MODERATOR, post_text="")
    figures = await _figures(house)
    assert (figures.automatic_judged, figures.per_day[-1].wrong) == (0, 0)


async def test_rulings_on_items_are_no_precision_of_replies(house: House) -> None:
    """They wait in the queue, are ruled on after a while, and what is left has its age."""
    await house.mode(Mode.QUEUE)
    for number, text in enumerate((CLAIM, f"{CLAIM} Really.", SUN)):
        await house.post(text, 100 + number)
    house.clock.forward(hours=2)
    for message_id, ruling in ((100, Ruling.APPROVE), (101, Ruling.WRONG_MATCH)):
        [item] = await house.items(message_id)
        await house.rulings.rule(item.id, guild_id=GUILD, ruling=ruling, by=MODERATOR)
    house.clock.forward(hours=1)
    figures = await _figures(house)
    assert figures.automatic_judged == 0
    assert figures.hours_to_ruling == (2.0, 2.0)
    assert figures.open_ages_hours == (3.0,)
    today = figures.per_day[-1]
    assert (today.replied, today.queued, today.approved, today.wrong) == (0, 3, 1, 1)


async def test_snoozed_items_still_wait(house: House) -> None:
    """Putting something off makes no queue shorter."""
    await _item(house, 1)
    item = await _item(house, 2)
    await house.reviews.snooze(item.id, guild_id=GUILD, by=MODERATOR, span=timedelta(days=1))
    assert len((await _figures(house)).open_ages_hours) == 2


async def test_what_the_program_closed_was_no_ruling(house: House) -> None:
    """A deleted post waited for nobody."""
    await house.mode(Mode.QUEUE)
    await house.post(CLAIM)
    house.clock.forward(hours=1)
    await house.watch.deleted([100])
    figures = await _figures(house)
    assert (figures.hours_to_ruling, figures.open_ages_hours) == ((), ())
    assert figures.total().queued == 1


async def test_copies_count_once(house: House) -> None:
    """A judgement that followed from another is none of its own."""
    new = NewAuditEvent(NOW, Act.APPROVE, GUILD, by=MODERATOR, note_id=1, slug="moon-cheese", automatic=True)
    copy = NewAuditEvent(NOW, Act.APPROVE, GUILD, by=MODERATOR, note_id=2, automatic=True, detail={COPY: "1"})
    async with house.store.transaction() as tx:
        await tx.audit.add(new)
        await tx.audit.add(copy)
    figures = await _figures(house)
    assert (figures.automatic_right, figures.automatic_judged) == (1, 1)


async def test_only_the_period_counts(house: House) -> None:
    """Whole days in UTC; what was open before still waits."""
    for number, ago in enumerate((timedelta(), timedelta(hours=12), timedelta(hours=12, seconds=1))):
        await _note(house, number + 1, created_at=NOW - ago, state=NoteState.PENDING)
        await _item(house, number + 50, created_at=NOW - ago)
    figures = await _figures(house, days=1)
    assert sum(figures.notes_by_state.values()) == 2
    assert (figures.total().queued, len(figures.open_ages_hours), len(figures.per_day)) == (2, 3, 1)


async def test_another_servers_figures_are_not_ours(house: House) -> None:
    """Of nothing."""
    await house.post(CLAIM, guild_id=GUILD + 1)
    async with house.store.transaction() as tx:
        await tx.requests.ask(GUILD + 1, "Is it?", member="a", at=NOW)
        await tx.requests.ask(GUILD + 1, "Is it?", member="b", at=NOW)
    figures = await _figures(house)
    assert (figures.notes_by_state, figures.unanswered) == ({}, ())


async def test_notes_that_nobody_saw(house: House) -> None:
    """Shadow notes are no replies; dropped notes are no notes of their fact; those on their way are no replies yet."""
    await _note(house, 1, state=NoteState.SHADOW)
    dropped = await _note(house, 2, state=NoteState.PENDING)
    await _note(house, 3, state=NoteState.PENDING, provenance=Provenance.MODERATOR, slug="gone")
    async with house.store.transaction() as tx:
        await tx.notes.move(dropped.id, to=NoteState.DROPPED, at=NOW, cause="x", only_from={NoteState.PENDING})
    figures = await _figures(house)
    assert figures.notes_by_state == {"shadow": 1, "pending": 1, "dropped": 1}
    assert figures.notes_by_provenance == {"matched automatically": 2, "approved by a moderator": 1}
    assert figures.top_facts == (("gone", 1), ("The moon is made of cheese.", 1))
    assert figures.total().replied == 0


@pytest.mark.parametrize(("rulings", "shift"), [(MIN_RULINGS - 1, None), (MIN_RULINGS, -0.5)])
async def test_what_the_rulings_taught(house: House, rulings: int, shift: float | None) -> None:
    """Too few teach nothing yet."""
    async with house.store.transaction() as tx:
        await tx.policies.save(Policy(GUILD, shift=-0.5, shift_rulings=rulings), at=NOW)
    figures = await _figures(house)
    assert (figures.shift, figures.shift_rulings) == (shift, rulings)


async def test_a_request_of_one_is_no_figure(house: House) -> None:
    """What one member asked might point at a member; what was asked again, and lately, is listed."""
    async with house.store.transaction() as tx:
        for text, times, ago in (("Once?", 1, 0), ("Twice?", 2, 0), ("Thrice?", 3, 1), ("Long ago?", 4, 30)):
            for number in range(times):
                await tx.requests.ask(GUILD, text, member=str(number), at=NOW - timedelta(days=ago))
    assert (await _figures(house)).unanswered == (("Thrice?", 3), ("Twice?", 2))


async def test_figures_name_nobody(house: House) -> None:
    """Who ruled, wrote or asked stands nowhere in them."""
    await house.post(CLAIM, author_id=987654321)
    await house.deliver()
    [note] = await house.notes()
    await house.services.notes.judge(note.id, guild_id=GUILD, ruling=Ruling.APPROVE, by=123456789)
    assert not {"987654321", "123456789"} & set(repr(await _figures(house)).replace(",", " ").split())
