"""What moderators can do about raters, who stay without a name."""

from __future__ import annotations

import csv
import random
from datetime import timedelta

from bot.domain.audit import Act
from bot.domain.member import Mark
from bot.domain.rating import WORTH, Helpfulness, Rating, Reason
from tests.builders import NOW, a_note
from tests.services.conftest import GUILD, House
from tests.services.moderation import MODERATOR, audit
from tests.services.rating import HELPFUL, crowd_says, note_up, refresh, standing

NOTES = 20
RING = [f"{number:032x}" for number in range(1, 4)]


async def with_ring(house: House) -> None:
    """Let three members say the same of every note at random, and twelve others what they think."""
    by = random.Random(7)
    async with house.store.transaction() as tx:
        for number in range(NOTES):
            note = await tx.notes.add(a_note(source_message_id=500 + number))
            assert note is not None
            agreed, at = by.choice(list(Helpfulness)), NOW + timedelta(hours=number)
            for rater in RING:
                await tx.ratings.put(Rating(note.id, GUILD, rater, agreed, frozenset(), at))
            for other in range(12):
                said = by.choice(list(Helpfulness))
                await tx.ratings.put(Rating(note.id, GUILD, f"{100 + other:032x}", said, frozenset(), at))


async def _discounted(house: House) -> set[str]:
    async with house.store.reading() as tx:
        return await tx.members.marked(Mark.DISCOUNTED, guild_id=GUILD)


async def test_a_group_is_told_in_numbers_and_left_out_as_a_whole(house: House) -> None:
    """By a key that names nobody; once acted on, it is no group any more."""
    await with_ring(house)
    [group] = await house.services.raters.groups(GUILD)
    assert "3" in group.sentence
    assert not any(rater in group.sentence + group.key for rater in RING)
    told = await house.services.raters.discount_group(GUILD, group.key, by=MODERATOR)
    assert told == "The ratings of these 3 members don't count here any more."
    assert await _discounted(house) == set(RING)
    assert await house.services.raters.groups(GUILD) == []
    [event] = await audit(house, Act.RATINGS_DISCOUNTED)
    assert (event.new.by, event.new.detail) == (MODERATOR, {"members": "3"})
    again = await house.services.raters.discount_group(GUILD, group.key, by=MODERATOR)
    assert again.startswith("This pattern is gone")


async def test_another_server_cannot_act_on_a_group(house: House) -> None:
    """Its key means nothing there."""
    await with_ring(house)
    [group] = await house.services.raters.groups(GUILD)
    told = await house.services.raters.discount_group(GUILD + 1, group.key, by=MODERATOR)
    assert told.startswith("This pattern is gone")
    assert await _discounted(house) == set()


async def test_discounting_and_readmitting_a_member(house: House) -> None:
    """Takes their ratings out of the count and back into it; the log doesn't say whose."""
    note = await note_up(house)
    await crowd_says(house, note, HELPFUL, range(1001, 1007))
    raters = house.services.raters
    counts = []
    for act in (raters.discount, raters.discount, raters.readmit, raters.readmit):
        told = await act(GUILD, 1006, by=MODERATOR)
        await refresh(house)
        counts.append((told, (await standing(house, note)).score.count))
    assert counts == [
        ("From now on this member's ratings don't count here.", 5),
        ("They don't count already.", 5),
        ("This member's ratings count again.", 6),
        ("This member's ratings count already.", 6),
    ]
    events = await audit(house, Act.RATINGS_DISCOUNTED, Act.RATINGS_READMITTED)
    assert [event.new.act for event in events] == [Act.RATINGS_DISCOUNTED, Act.RATINGS_READMITTED]
    assert "1006" not in repr(events)


async def test_the_table_holds_what_counts_and_names_nobody(house: House) -> None:
    """Raters are numbered from 1 on, the discounted ones are left out."""
    note = await note_up(house)
    await crowd_says(house, note, HELPFUL, [1001, 1002, 1003])
    await house.services.raters.discount(GUILD, 1002, by=MODERATOR)
    rows = list(csv.DictReader((await house.services.raters.table(GUILD)).decode().splitlines()))
    reasons = f"{Reason.CLEAR.value} {Reason.GOOD_SOURCES.value}"
    wanted = {"note": str(note.id), "rating": f"{WORTH[HELPFUL]:g}", "reasons": reasons}
    assert rows == [{**wanted, "rater": "1"}, {**wanted, "rater": "2"}]
