"""A repair of many notes, with a crash in the middle."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.errors import DeliveryRefused
from bot.domain.note import NoteState, Progress
from bot.services.repair_notes import PACE
from tests.builders import a_fact, a_note
from tests.services.conftest import GUILD, House

MODERATOR = 900
MANY = 40


@pytest.fixture
async def many(house: House) -> House:
    """A server with forty posted notes of a fact that was corrected since."""
    async with house.store.transaction() as tx:
        for number in range(MANY):
            new = a_note(source_message_id=500 + number, channel_id=10 + number % 4, state=NoteState.PENDING)
            note = await tx.notes.add(new)
            assert note is not None
    await house.outbox.flush()
    async with house.store.transaction() as tx:
        assert await tx.facts.replace(replace(a_fact(), version=2, correction="Basalt."), expected=1)
    return house


async def progress(house: House, repair_id: int) -> Progress:
    """Return how far a repair is."""
    found = await house.services.repairs.progress(repair_id, guild_id=GUILD)
    assert found is not None
    return found


async def begin(house: House) -> int:
    """Begin the repair."""
    begun = await house.services.repairs.repair(GUILD, "moon-cheese", by=MODERATOR)
    assert begun.repair_id is not None
    return begun.repair_id


async def test_forty_notes_through_a_crash(many: House) -> None:
    """Each is edited once, at the pace, by whichever process is there; none is sent anew."""
    assert await many.services.repairs.affected(GUILD, "moon-cheese") == MANY
    repair = await begin(many)
    assert await many.services.repairs.affected(GUILD, "moon-cheese") == 0
    await many.outbox.flush()
    assert (await progress(many, repair)).done == 1
    for _ in range(11):
        many.clock.forward(seconds=PACE.total_seconds())
        await many.outbox.flush()
    assert (await progress(many, repair)).done == 12
    after = many.new_outbox(many.store)
    await after.recover()
    await after.flush()
    assert (await progress(many, repair)).done == 12
    while (await progress(many, repair)).done < MANY:
        many.clock.forward(seconds=PACE.total_seconds())
        before = len(many.desk.updates)
        await after.flush()
        assert len(many.desk.updates) == before + 1
    edited = [note.id for note, _, _ in many.desk.updates]
    assert sorted(edited) == sorted(set(edited))
    assert {fact.correction for _, fact, _ in many.desk.updates} == {"Basalt."}
    assert many.desk.sent == MANY


async def test_a_new_note_does_not_wait_for_a_repair(many: House) -> None:
    """Not even where every edit is due at once."""
    await begin(many)
    many.clock.forward(seconds=(MANY * PACE).total_seconds())
    async with many.store.transaction() as tx:
        assert await tx.notes.add(a_note(source_message_id=999, due_at=many.clock()))
    order: list[str] = []
    send, update = many.desk.send, many.desk.update

    async def noted_send(*args: object) -> int:
        order.append("new")
        return await send(*args)  # type: ignore[arg-type]

    async def noted_update(*args: object) -> None:
        order.append("edit")
        await update(*args)  # type: ignore[arg-type]

    many.desk.send, many.desk.update = noted_send, noted_update  # type: ignore[method-assign,assignment]
    await many.outbox.flush()
    assert order == ["new", *["edit"] * MANY]


async def test_what_could_not_be_edited_is_counted(many: House) -> None:
    """The repair ends all the same."""
    repair = await begin(many)
    many.desk.update_faults = [DeliveryRefused("no permission")]
    many.clock.forward(seconds=(MANY * PACE).total_seconds())
    await many.outbox.flush()
    assert ((await progress(many, repair)).done, (await progress(many, repair)).refused) == (MANY, 1)


async def test_a_second_press_finds_nothing_to_do(many: House) -> None:
    """And another server sees neither the notes nor the repair."""
    repair = await begin(many)
    again = await many.services.repairs.repair(GUILD, "moon-cheese", by=MODERATOR)
    assert (again.repair_id, again.message) == (None, "Every posted note on this fact shows it as it is now.")
    assert await many.services.repairs.progress(repair, guild_id=GUILD + 1) is None
    assert await many.services.repairs.affected(GUILD + 1, "moon-cheese") == 0


async def test_a_note_that_was_put_aside_stays_aside(many: House) -> None:
    """A corrected fact doesn't overrule its author; a withdrawn one puts the others aside."""
    [note] = await many.notes(500)
    await many.services.appeals.not_said(note.id, guild_id=GUILD, author_id=77)
    await begin(many)
    states = [await many.state(500 + number) for number in range(MANY)]
    assert states == [NoteState.COLLAPSED, *[NoteState.POSTED] * (MANY - 1)]
    [aside] = await many.notes(500)
    assert aside.amendment is not None
    assert "the author says" in aside.amendment.text
    assert aside.new.fact_version == 2
    async with many.store.transaction() as tx:
        assert await tx.facts.replace(replace(a_fact(), version=3, retired=True), expected=2)
    assert await many.services.repairs.affected(GUILD, "moon-cheese") == MANY - 1
