from __future__ import annotations

from bot.domain.note import NoteState
from bot.domain.policy import Mode
from bot.domain.review import Ruling
from tests.services.conftest import CLAIM, GUILD, SUN, House

MODERATOR = 5


async def _shadowed(house: House, count: int) -> list[int]:
    """Post in a server in shadow mode, and return the ids of its notes, newest first."""
    await house.mode(Mode.SHADOW)
    for number in range(count):
        await house.post(SUN if number % 2 else CLAIM, 100 + number, channel_id=number + 10)
        house.clock.forward(seconds=1)
    return [note.id for note, _ in await house.services.notes.shadow(GUILD, limit=100)]


async def test_notes_of_shadow_mode_come_in_pages(house: House) -> None:
    """Newest first, each with its fact; other servers have their own."""
    ids = await _shadowed(house, 5)
    assert ids == sorted(ids, reverse=True)
    page = await house.services.notes.shadow(GUILD, limit=2, before=ids[1])
    assert [(note.id, fact and fact.slug) for note, fact in page] == [(ids[2], "moon-cheese"), (ids[3], "sun-cold")]
    assert await house.services.notes.shadow(GUILD + 1, limit=2) == []
    assert await house.services.notes.count_shadow(GUILD) == 5
    await house.deliver()
    assert house.desk.sent == 0


async def test_a_ruling_takes_a_note_off_the_list_and_counts(house: House) -> None:
    """For the record of shadow mode, and not for that of posted replies; an undo brings it back."""
    ids = await _shadowed(house, 3)
    notes = house.services.notes
    await notes.judge(ids[0], guild_id=GUILD, ruling=Ruling.APPROVE, by=MODERATOR)
    await notes.judge(ids[1], guild_id=GUILD, ruling=Ruling.NOT_A_CLAIM, by=MODERATOR)
    ruled = await notes.judge(ids[2], guild_id=GUILD, ruling=Ruling.WRONG_MATCH, by=MODERATOR)
    assert await notes.shadow_record(GUILD) == (1, 3)
    assert await notes.count_shadow(GUILD) == 0
    assert (await house.services.stats.figures(GUILD, days=1)).automatic_judged == 0
    assert ruled.event_id is not None
    await house.services.undo.undo(ruled.event_id, guild_id=GUILD, by=MODERATOR, post_text="")
    assert await notes.shadow_record(GUILD) == (1, 2)
    assert [note.id for note, _ in await notes.shadow(GUILD, limit=9)] == [ids[2]]


async def test_a_deleted_post_is_not_ruled_on(house: House) -> None:
    """Its note goes from the list."""
    await _shadowed(house, 2)
    await house.watch.deleted([100])
    assert await house.services.notes.count_shadow(GUILD) == 1
    assert await house.state(100) is NoteState.DROPPED


async def test_rulings_on_posted_notes_are_not_of_shadow_mode(house: House) -> None:
    """Each counts for what it was."""
    await house.post(CLAIM)
    await house.deliver()
    [note] = await house.notes()
    await house.services.notes.judge(note.id, guild_id=GUILD, ruling=Ruling.APPROVE, by=MODERATOR)
    assert await house.services.notes.shadow_record(GUILD) == (0, 0)
