"""Rating a note: who may, until when, and what is stored of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.fact import FactVersion
from bot.domain.note import NoteState
from bot.domain.rating import Rating, Reason
from bot.services.life import collapse
from bot.services.rate import Rater
from tests.builders import NOW, a_fact
from tests.services.conftest import GUILD, House
from tests.services.rating import FIVE, HELPFUL, NOT_HELPFUL, crowd_says, half_an_hour, note_up, rate

MEMBER = 310_000_000_000_000_000


async def _stored(house: House) -> list[Rating]:
    async with house.store.reading() as tx:
        return await tx.ratings.of_server(GUILD)


async def test_one_word_a_member_which_they_can_change(house: House) -> None:
    """The same word again is noted already; another one drops the reasons of the first."""
    note = await note_up(house)
    await crowd_says(house, note, HELPFUL, [MEMBER])
    again = await rate(house, note, MEMBER, HELPFUL)
    assert (again.done, again.message) == (True, "Noted already as helpful.")
    assert again.rating is not None
    assert again.rating.reasons == {Reason.CLEAR, Reason.GOOD_SOURCES}
    changed = await rate(house, note, MEMBER, NOT_HELPFUL)
    assert changed.message.startswith("Changed: not helpful.")
    [stored] = await _stored(house)
    assert (stored.said, stored.reasons) == (NOT_HELPFUL, frozenset())
    assert str(MEMBER) not in stored.rater


@pytest.mark.parametrize(
    ("over", "why"),
    [
        ({"wrote_post": True}, "This note answers your own post"),
        ({"bot": True}, "Ratings are for people"),
    ],
)
async def test_who_may_not_rate_is_told_why(house: House, over: dict[str, Any], why: str) -> None:
    """And nothing is stored."""
    note = await note_up(house)
    rated = await rate(house, note, MEMBER, **over)
    assert (rated.done, rated.rating) == (False, None)
    assert rated.message.startswith(why)
    assert await _stored(house) == []


@pytest.mark.parametrize(("seconds", "done"), [(-1, False), (0, True)])
async def test_a_newcomer_rates_once_the_days_are_over(house: House, seconds: float, *, done: bool) -> None:
    """To the second; without a date of joining there is no telling, so they don't."""
    note = await note_up(house)
    await house.policies.change(GUILD, lambda policy: replace(policy, rater_age_days=7))
    joined = house.clock.now
    house.clock.forward(days=7, seconds=seconds)
    assert (await rate(house, note, MEMBER, joined_at=joined)).done is done
    unknown = await rate(house, note, MEMBER + 1, joined_at=None)
    assert unknown.message.startswith("Discord doesn't say since when")


async def test_whoever_wrote_a_version_of_the_fact_does_not_rate_its_notes(house: House) -> None:
    """Also where it is not the latest one."""
    note = await note_up(house)
    async with house.store.transaction() as tx:
        await tx.facts.record(FactVersion(a_fact(), NOW, MEMBER, "added"))
        await tx.facts.record(FactVersion(a_fact(version=2), NOW, MEMBER + 1, "edited"))
    assert (await rate(house, note, MEMBER)).message.startswith("You worked on the fact")
    assert not (await rate(house, note, MEMBER + 1)).done
    assert (await rate(house, note, MEMBER + 2)).done


async def test_another_server_has_no_say(house: House) -> None:
    """It isn't even told that there is such a note."""
    note = await note_up(house)
    rated = await house.services.rate.rate(
        note.id, guild_id=GUILD + 1, rater=Rater(MEMBER, None, wrote_post=False), said=HELPFUL
    )
    assert rated.message == "There is no such note in this server any more."


@pytest.mark.parametrize("state", [NoteState.RETRACTING, NoteState.RETRACTED, NoteState.SENDING])
async def test_a_note_that_does_not_stand_is_not_rated(house: House, state: NoteState) -> None:
    """Nobody sees it."""
    note = await note_up(house)
    async with house.store.transaction() as tx:
        await tx.notes.move(note.id, to=state, at=NOW, cause="test", only_from={NoteState.POSTED})
    assert (await rate(house, note, MEMBER)).message.startswith("This note doesn't stand any more")


async def test_a_note_that_was_put_aside_can_be_rated(house: House) -> None:
    """Or nothing could bring it back."""
    note = await note_up(house)
    async with house.store.transaction() as tx:
        assert await collapse(tx, note, cause="test", line="test", now=NOW)
    assert (await rate(house, note, MEMBER)).done


async def test_nothing_changes_once_the_status_is_locked(house: House) -> None:
    """No first rating, no other word, no reason, and no taking back; to the second."""
    note = await note_up(house)
    await crowd_says(house, note, HELPFUL, [MEMBER])
    house.clock.now = note.new.created_at
    house.clock.forward(days=14, seconds=-1)
    assert (await rate(house, note, MEMBER + 1)).done
    house.clock.forward(seconds=1)
    before = await _stored(house)
    told = [
        await rate(house, note, MEMBER + 2),
        await rate(house, note, MEMBER, NOT_HELPFUL),
        await house.services.rate.give_reasons(
            note.id, guild_id=GUILD, member_id=MEMBER, said=HELPFUL, reasons=[Reason.UNBIASED]
        ),
        await house.services.rate.take_back(note.id, guild_id=GUILD, member_id=MEMBER),
    ]
    assert {one.message for one in told} == {"This note is older than 14 days, so its status is locked."}
    assert await _stored(house) == before


async def test_ratings_of_an_hour_are_limited(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """By member; an hour later they rate again."""
    monkeypatch.setattr("bot.services.rate.ALLOWED", 1)
    note = await note_up(house)
    assert (await rate(house, note, MEMBER)).done
    assert "within an hour" in (await rate(house, note, MEMBER, NOT_HELPFUL)).message
    assert (await rate(house, note, MEMBER + 1)).done
    house.clock.forward(hours=1, seconds=1)
    assert (await rate(house, note, MEMBER, NOT_HELPFUL)).done


async def test_reasons_belong_to_the_word(house: House) -> None:
    """Those of the other kind are dropped, and without a rating there are none."""
    note = await note_up(house)
    given = {"guild_id": GUILD, "said": HELPFUL, "reasons": [Reason.CLEAR, Reason.HARASSMENT]}
    nothing = await house.services.rate.give_reasons(note.id, member_id=MEMBER, **given)  # type: ignore[arg-type]
    assert not nothing.done
    await rate(house, note, MEMBER)
    kept = await house.services.rate.give_reasons(note.id, member_id=MEMBER, **given)  # type: ignore[arg-type]
    assert kept.rating is not None
    assert kept.rating.reasons == {Reason.CLEAR}


async def test_taking_back_what_was_never_said(house: House) -> None:
    """Is told so."""
    note = await note_up(house)
    told = await house.services.rate.take_back(note.id, guild_id=GUILD, member_id=MEMBER)
    assert (told.done, told.message) == (False, "There is no rating of yours on this note.")


async def test_counts_are_spoken_of_only_before_there_is_a_status(house: House) -> None:
    """The answer says why none is shown; once there is a status, there is nothing to say."""
    note = await note_up(house)
    first = await rate(house, note, MEMBER)
    assert "Counts are shown once the note has a status" in first.message
    await crowd_says(house, note, HELPFUL, FIVE)
    await half_an_hour(house)
    later = await rate(house, note, MEMBER + 1)
    assert later.message == "Noted: helpful. Nobody sees who said what."
