from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.domain.rating import NoteScore, NoteStanding, NoteStatus
from bot.notes.ratings.status import HOLD, LOCK, next_change, next_standing, settle
from tests.builders import NOW

MORE, YES, NO = NoteStatus.NEEDS_MORE, NoteStatus.HELPFUL, NoteStatus.NOT_HELPFUL
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def a_score(status: NoteStatus, count: int = 5) -> NoteScore:
    """A score with a status."""
    return NoteScore(1, status, "sides-1", provisional=False, count=count, why=())


def told(*scores: tuple[timedelta, NoteStatus]) -> NoteStanding:
    """How a note stands after scores, each so long after its posting."""
    standing = None
    for number, (after, status) in enumerate(scores):
        score = a_score(status, number)
        standing = next_standing(standing, score, guild_id=9, posted_at=NOW, now=NOW + after)
    assert standing is not None
    return standing


def test_the_first_score_shows_nothing_yet() -> None:
    """A note starts as needing more ratings, whatever its first score says."""
    standing = told((MINUTE, YES))
    assert (standing.note_id, standing.guild_id) == (1, 9)
    assert (standing.shown, standing.since) == (MORE, NOW)
    assert (standing.score.status, standing.changing_since, standing.locked_at) == (YES, NOW + MINUTE, None)


@pytest.mark.parametrize(("later", "shown"), [(HOLD - SECOND, MORE), (HOLD, YES), (HOLD + MINUTE, YES)])
def test_a_change_must_hold_before_it_is_shown(later: timedelta, shown: NoteStatus) -> None:
    """For thirty minutes, with a score that says the same in between or none."""
    first = told((MINUTE, YES))
    silent = settle(first, posted_at=NOW, now=NOW + MINUTE + later)
    rescored = told((MINUTE, YES), (2 * MINUTE, YES), (MINUTE + later, YES))
    assert silent.shown is rescored.shown is shown
    since = NOW if shown is MORE else NOW + MINUTE + HOLD
    assert silent.since == rescored.since == since
    assert (silent.changing_since is None) is (rescored.changing_since is None) is (shown is YES)


def test_a_change_that_goes_back_is_forgotten() -> None:
    """The thirty minutes start again with the next one."""
    back = told((MINUTE, YES), (20 * MINUTE, MORE))
    assert (back.shown, back.changing_since) == (MORE, None)
    again = told((MINUTE, YES), (20 * MINUTE, MORE), (25 * MINUTE, YES), (40 * MINUTE, YES))
    assert (again.shown, again.changing_since) == (MORE, NOW + 25 * MINUTE)


def test_a_change_to_something_else_starts_again() -> None:
    """Helpful for twenty minutes doesn't count for not helpful."""
    standing = told((MINUTE, YES), (20 * MINUTE, NO), (40 * MINUTE, NO))
    assert (standing.shown, standing.changing_since) == (MORE, NOW + 20 * MINUTE)


def test_a_change_that_was_due_comes_before_a_new_score() -> None:
    """A score that arrives late takes back nothing that had held in time: it starts a change of its own."""
    standing = told((MINUTE, YES), (60 * MINUTE, MORE))
    assert (standing.shown, standing.since) == (YES, NOW + MINUTE + HOLD)
    assert (standing.score.status, standing.changing_since) == (MORE, NOW + 60 * MINUTE)


@pytest.mark.parametrize(("before", "shown"), [(HOLD, YES), (HOLD - SECOND, MORE)])
def test_after_fourteen_days_nothing_changes(before: timedelta, shown: NoteStatus) -> None:
    """A change that had held by then is shown, however late somebody looks; one that hadn't never is."""
    asked = told((LOCK - before, YES), (LOCK + MINUTE, NO))
    looked = settle(told((LOCK - before, YES)), posted_at=NOW, now=NOW + LOCK)
    for standing in (asked, looked):
        assert (standing.shown, standing.locked_at, standing.changing_since) == (shown, NOW + LOCK, None)
        assert standing.score.status is YES
        assert next_change(standing, NOW) is None
        later = next_standing(standing, a_score(NO), guild_id=9, posted_at=NOW, now=NOW + 2 * LOCK)
        assert later == settle(standing, posted_at=NOW, now=NOW + 2 * LOCK) == standing


def test_just_before_the_lock_scores_still_count() -> None:
    """Fourteen days are fourteen days."""
    assert told((LOCK - SECOND, NO)).locked_at is None


def test_a_first_score_after_the_lock_changes_nothing() -> None:
    """Ratings of an old note are counted and not shown."""
    standing = told((LOCK + MINUTE, YES))
    assert (standing.shown, standing.changing_since, standing.locked_at) == (MORE, None, NOW + LOCK)


def test_the_score_that_is_kept_is_the_latest() -> None:
    """Also where its status is the one that is shown."""
    assert told((MINUTE, MORE), (2 * MINUTE, MORE)).score.count == 1


@pytest.mark.parametrize(
    ("scores", "when"),
    [
        ([(MINUTE, MORE)], NOW + LOCK),
        ([(MINUTE, YES)], NOW + MINUTE + HOLD),
        ([(MINUTE, YES), (60 * MINUTE, YES)], NOW + LOCK),
        ([(LOCK - MINUTE, YES)], NOW + LOCK),
        ([(LOCK, YES)], None),
    ],
)
def test_when_to_look_again(scores: list[tuple[timedelta, NoteStatus]], when: datetime | None) -> None:
    """At the end of the thirty minutes, else at the lock, and never after it."""
    assert next_change(told(*scores), NOW) == when


def test_looking_when_told_makes_the_change() -> None:
    """Whoever looks again at the time that was named finds something changed."""
    standing = told((MINUTE, YES))
    looks = 0
    while (when := next_change(standing, NOW)) is not None:
        changed = settle(standing, posted_at=NOW, now=when)
        assert changed != standing
        standing, looks = changed, looks + 1
    assert (standing.shown, looks) == (YES, 2)
