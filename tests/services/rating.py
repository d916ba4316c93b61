"""What the tests of ratings have in common."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.appeal import Appeal
from bot.domain.note import Note
from bot.domain.policy import Mode
from bot.domain.rating import Helpfulness, NoteStanding, Reason
from bot.services.rate import Rated, Rater
from tests.services.conftest import GUILD, House
from tests.services.moderation import posted

HELPFUL, SOMEWHAT, NOT_HELPFUL = Helpfulness
REASONS = {
    HELPFUL: (Reason.CLEAR, Reason.GOOD_SOURCES),
    SOMEWHAT: (Reason.CLEAR, Reason.OPINION),
    NOT_HELPFUL: (Reason.INCORRECT, Reason.OPINION),
}
FIVE = range(1001, 1006)


async def note_up(house: House) -> Note:
    """Return a note that stands in a server in which everybody may rate."""
    await house.mode(Mode.AUTO, rater_age_days=0)
    return await posted(house)


async def rate(house: House, note: Note, member_id: int, said: Helpfulness = HELPFUL, **over: object) -> Rated:
    """Rate a note as a member."""
    rater = Rater(**{"member_id": member_id, "joined_at": None, "wrote_post": False, **over})  # type: ignore[arg-type]
    return await house.services.rate.rate(note.id, guild_id=GUILD, rater=rater, said=said)


async def crowd_says(house: House, note: Note, said: Helpfulness, members: Iterable[int] = FIVE) -> None:
    """Let members rate a note, and say why."""
    for member_id in members:
        assert (await rate(house, note, member_id, said)).done
        given = await house.services.rate.give_reasons(
            note.id, guild_id=GUILD, member_id=member_id, said=said, reasons=REASONS[said]
        )
        assert given.done


async def refresh(house: House) -> None:
    """Let the statuses follow, until nothing is left to do now."""
    for _ in range(2):
        await house.services.statuses.refresh([GUILD])


async def half_an_hour(house: House) -> None:
    """Let the statuses follow now, and once half an hour has passed; and the notes be edited."""
    await refresh(house)
    house.clock.forward(minutes=30)
    await refresh(house)
    await house.outbox.flush()


async def standing(house: House, note: Note) -> NoteStanding:
    """Return how a note stands."""
    async with house.store.reading() as tx:
        found = await tx.ratings.standing(note.id)
    assert found is not None
    return found


async def appeals(house: House, note: Note) -> list[Appeal]:
    """Return a note's appeals."""
    async with house.store.reading() as tx:
        return await tx.appeals.for_note(note.id)
