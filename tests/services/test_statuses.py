"""How the status of a note follows its ratings, and what follows from the status."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.appeal import AppealKind, Outcome
from bot.domain.audit import Act
from bot.domain.note import NoteState
from bot.domain.policy import FactLimit, Mode
from bot.domain.rating import NoteStatus
from bot.domain.review import Ruling
from tests.services.conftest import CLAIM, GUILD, House
from tests.services.moderation import MODERATOR, audit, judge
from tests.services.rating import (
    FIVE,
    HELPFUL,
    NOT_HELPFUL,
    appeals,
    crowd_says,
    half_an_hour,
    note_up,
    rate,
    refresh,
    standing,
)

AUTHOR = 77


async def _limits(house: House) -> list[FactLimit]:
    async with house.store.reading() as tx:
        return await tx.policies.limits(GUILD, "moon-cheese")


async def _answer(house: House, appeal_id: int, outcome: Outcome) -> None:
    ruled = await house.services.appeal_answers.rule(appeal_id, guild_id=GUILD, outcome=outcome, by=MODERATOR)
    assert ruled.done
    await house.outbox.flush()


async def _approvals(house: House, number: int) -> str:
    """Post the claim elsewhere in a server that asks for 9 approvals, and return how many its fact has."""
    await house.policies.change(GUILD, lambda policy: replace(policy, approvals_needed=9))
    watched = await house.post(f"{CLAIM} {number}", number, channel_id=number)
    assert watched is not None
    return watched.decision.reasons[0]


class TestHelpful:
    async def test_is_shown_once_it_has_held(self, house: House) -> None:
        """For half an hour; then the note is edited, and its history names the rule."""
        note = await note_up(house)
        await crowd_says(house, note, HELPFUL)
        await refresh(house)
        house.clock.forward(minutes=29)
        await refresh(house)
        await house.outbox.flush()
        assert ((await standing(house, note)).shown, house.desk.updates) == (NoteStatus.NEEDS_MORE, [])
        house.clock.forward(minutes=1)
        await refresh(house)
        await house.outbox.flush()
        [(_, _, shown)] = house.desk.updates
        assert shown is not None
        assert shown.shown is NoteStatus.HELPFUL
        async with house.store.reading() as tx:
            last = (await tx.notes.events(note.id))[-1]
        assert last.cause == "rated helpful by cold-start-1, provisional"

    async def test_counts_as_an_approval_until_it_is_lost(self, house: House) -> None:
        """Leaving out those who rated so takes it back, in the log and in what the fact has earned."""
        note = await note_up(house)
        await crowd_says(house, note, HELPFUL)
        await half_an_hour(house)
        assert await _approvals(house, 200) == "the fact was approved 1 of 9 times in this server"
        for member_id in FIVE[:3]:
            await house.services.raters.discount(GUILD, member_id, by=MODERATOR)
        await half_an_hour(house)
        assert (await standing(house, note)).shown is NoteStatus.NEEDS_MORE
        assert await _approvals(house, 201) == "the fact was approved 0 of 9 times in this server"
        gained, *_, lost = await audit(house, Act.RATED_HELPFUL, Act.STATUS_LOST)
        assert (gained.new.act, gained.new.by, lost.new.undoes) == (Act.RATED_HELPFUL, None, gained.id)

    async def test_a_note_that_a_moderator_found_right_counts_once(self, house: House) -> None:
        """One note is one piece of evidence."""
        note = await note_up(house)
        await judge(house, note, Ruling.APPROVE)
        await crowd_says(house, note, HELPFUL)
        await half_an_hour(house)
        assert await _approvals(house, 200) == "the fact was approved 1 of 9 times in this server"

    async def test_of_a_note_that_moderators_keep_aside_proves_nothing(self, house: House) -> None:
        """Members may find it helpful; it stays aside and counts for nothing."""
        note = await note_up(house)
        await house.services.appeals.not_said(note.id, guild_id=GUILD, author_id=AUTHOR)
        [appeal] = await appeals(house, note)
        await _answer(house, appeal.id, Outcome.UPHELD)
        await crowd_says(house, note, HELPFUL)
        await half_an_hour(house)
        assert (await standing(house, note)).shown is NoteStatus.HELPFUL
        assert await house.state() is NoteState.COLLAPSED
        assert await audit(house, Act.RATED_HELPFUL) == []


class TestNotHelpful:
    async def test_puts_the_note_aside_and_asks_moderators(self, house: House) -> None:
        """The fact waits in the queue from then on, in this server."""
        note = await note_up(house)
        await crowd_says(house, note, NOT_HELPFUL)
        await half_an_hour(house)
        [(shown, _, _)] = house.desk.updates
        assert shown.state is NoteState.COLLAPSED
        assert shown.amendment is not None
        assert shown.amendment.text == "members rated this note not helpful. Moderators look at it."
        assert await _limits(house) == [FactLimit(GUILD, "moon-cheese", Mode.QUEUE)]
        [appeal] = await appeals(house, note)
        assert (appeal.new.kind, appeal.new.by, appeal.outcome) == (AppealKind.COMMUNITY, None, None)
        [event] = await audit(house, Act.RATED_NOT_HELPFUL)
        assert "cold-start-1" in event.new.detail["rule"]

    async def test_never_widens_a_stricter_limit(self, house: House) -> None:
        """A fact that is off stays off."""
        note = await note_up(house)
        async with house.store.transaction() as tx:
            await tx.policies.limit(FactLimit(GUILD, "moon-cheese", Mode.OFF))
        await crowd_says(house, note, NOT_HELPFUL)
        await half_an_hour(house)
        assert await _limits(house) == [FactLimit(GUILD, "moon-cheese", Mode.OFF)]

    async def test_is_left_when_members_think_otherwise(self, house: House) -> None:
        """One contrary voice isn't enough; when it is lost, the note stands again and moderators need not look."""
        note = await note_up(house)
        await crowd_says(house, note, NOT_HELPFUL)
        await half_an_hour(house)
        await rate(house, note, 31, HELPFUL)
        await half_an_hour(house)
        assert (await standing(house, note)).shown is NoteStatus.NOT_HELPFUL
        await crowd_says(house, note, HELPFUL, range(32, 37))
        await half_an_hour(house)
        assert (await standing(house, note)).shown is NoteStatus.NEEDS_MORE
        assert await house.state() is NoteState.POSTED
        assert [one.outcome for one in await appeals(house, note)] == [Outcome.MOOT]
        assert await _limits(house) == [FactLimit(GUILD, "moon-cheese", Mode.QUEUE)]

    async def test_moderators_who_restored_the_note_have_the_last_word(self, house: House) -> None:
        """It isn't put aside again, also where the status is lost and comes back."""
        note = await note_up(house)
        await crowd_says(house, note, NOT_HELPFUL)
        await half_an_hour(house)
        [appeal] = await appeals(house, note)
        await _answer(house, appeal.id, Outcome.RESTORED)
        for said in (HELPFUL, NOT_HELPFUL):
            await crowd_says(house, note, said)
            await half_an_hour(house)
            assert (await standing(house, note)).shown.value == said.value
            assert await house.state() is NoteState.POSTED
        assert len(await appeals(house, note)) == 1

    async def test_moderators_who_kept_it_aside_have_the_last_word(self, house: House) -> None:
        """Other ratings don't bring it back."""
        note = await note_up(house)
        await crowd_says(house, note, NOT_HELPFUL)
        await half_an_hour(house)
        [appeal] = await appeals(house, note)
        await _answer(house, appeal.id, Outcome.UPHELD)
        await crowd_says(house, note, HELPFUL)
        await half_an_hour(house)
        assert (await standing(house, note)).shown is NoteStatus.HELPFUL
        assert await house.state() is NoteState.COLLAPSED

    async def test_what_the_author_put_aside_waits_for_moderators(self, house: House) -> None:
        """Whatever members make of it in the meantime."""
        note = await note_up(house)
        await crowd_says(house, note, NOT_HELPFUL)
        await half_an_hour(house)
        await house.services.appeals.not_said(note.id, guild_id=GUILD, author_id=AUTHOR)
        await crowd_says(house, note, HELPFUL)
        await half_an_hour(house)
        assert await house.state() is NoteState.COLLAPSED
        assert [(one.new.kind, one.outcome) for one in await appeals(house, note)] == [
            (AppealKind.COMMUNITY, Outcome.MOOT),
            (AppealKind.NOT_SAID, None),
        ]


class TestInTime:
    async def test_a_status_acts_once(self, house: House) -> None:
        """Whoever looks again, another process too, finds nothing to do."""
        note = await note_up(house)
        await crowd_says(house, note, NOT_HELPFUL)
        await half_an_hour(house)
        other = House(house.store, house.worker, clock=house.clock, desk=house.desk)
        for one in (house, other):
            await half_an_hour(one)
        assert len(await audit(house, Act.RATED_NOT_HELPFUL, Act.STATUS_LOST)) == 1
        assert len(await appeals(house, note)) == 1
        assert len(house.desk.updates) == 1

    async def test_a_fault_in_the_middle_leaves_nothing_half_done(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The status isn't shown without what follows from it; the next look does both."""
        note = await note_up(house)
        await crowd_says(house, note, NOT_HELPFUL)
        await refresh(house)
        house.clock.forward(minutes=30)

        async def fail(*_: object, **__: object) -> None:
            raise RuntimeError

        with monkeypatch.context() as broken:
            broken.setattr("bot.services.status_acts.hold_back", fail)
            await refresh(house)
        assert (await standing(house, note)).shown is NoteStatus.NEEDS_MORE
        assert await house.state() is NoteState.POSTED
        await refresh(house)
        assert (await standing(house, note)).shown is NoteStatus.NOT_HELPFUL
        assert await house.state() is NoteState.COLLAPSED

    async def test_a_vote_that_comes_with_the_change_does_not_undo_it(self, house: House) -> None:
        """A status that is shown is kept by less than gained it: the loop scores anew with what is shown."""
        note = await note_up(house)
        await crowd_says(house, note, HELPFUL)
        await refresh(house)
        house.clock.forward(minutes=31)
        await rate(house, note, 31, NOT_HELPFUL)
        loop = asyncio.ensure_future(house.services.statuses.run())
        now = await standing(house, note)
        for _ in range(500):
            now = await standing(house, note)
            if now.shown is NoteStatus.HELPFUL and now.changing_since is None:
                break
            await asyncio.sleep(0.01)
        loop.cancel()
        with suppress(asyncio.CancelledError):
            await loop
        assert (now.shown, now.score.count) == (NoteStatus.HELPFUL, 6)

    async def test_a_locked_status_stays(self, house: House) -> None:
        """Also where ratings are discounted later."""
        note = await note_up(house)
        await crowd_says(house, note, HELPFUL)
        await half_an_hour(house)
        house.clock.forward(days=14)
        await refresh(house)
        locked = await standing(house, note)
        assert locked.locked_at == note.new.created_at + timedelta(days=14)
        for member_id in FIVE:
            await house.services.raters.discount(GUILD, member_id, by=MODERATOR)
        await half_an_hour(house)
        assert await standing(house, note) == locked
        assert await audit(house, Act.STATUS_LOST) == []

    async def test_a_note_that_is_gone_gets_no_status(self, house: House) -> None:
        """Its ratings tell of the raters only."""
        note = await note_up(house)
        await crowd_says(house, note, HELPFUL)
        await refresh(house)
        await judge(house, note)
        await half_an_hour(house)
        assert (await standing(house, note)).shown is NoteStatus.NEEDS_MORE


class TestReport:
    async def test_before_there_is_a_status_no_count_is_told(self, house: House) -> None:
        """The same is said of a note that nobody rated and of one that waits for its half hour."""
        note = await note_up(house)
        unrated = await house.services.statuses.report(note)
        await crowd_says(house, note, HELPFUL)
        await refresh(house)
        assert await house.services.statuses.report(note) == unrated
        assert unrated.headline == "needs more ratings"
        assert "A status needs at least 5 ratings" in unrated.lines[1]

    async def test_a_status_comes_with_its_arithmetic(self, house: House) -> None:
        """The count, that it is early and provisional, since when, and until when it may change."""
        note = await note_up(house)
        await crowd_says(house, note, HELPFUL)
        await half_an_hour(house)
        report = await house.services.statuses.report(note)
        assert report.headline == "helpful, provisional"
        told = " ".join(report.lines)
        assert "5 ratings: 5 helpful" in told
        assert "This is early: fewer than 10 ratings" in told
        assert report.lines[-2:] == ("“helpful” is shown since 1 March 2026.", "Locked from 15 March 2026 on.")
        assert report.rule.startswith("Rule cold-start-1.")

    async def test_a_change_that_is_due_is_told(self, house: House) -> None:
        """The count then says something else than the headline."""
        note = await note_up(house)
        await crowd_says(house, note, HELPFUL)
        await half_an_hour(house)
        await crowd_says(house, note, NOT_HELPFUL, FIVE[:3])
        await refresh(house)
        due = house.clock.now + timedelta(minutes=30)
        report = await house.services.statuses.report(note)
        assert report.headline == "helpful, provisional"
        assert f"The count above says “needs more ratings”: shown from {due:%H:%M} UTC if it holds." in report.lines
