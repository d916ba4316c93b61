from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.audit import Act, AuditEvent
from bot.domain.wilson import wilson
from bot.review.breaker import LATEST, MIN_JUDGED, reason_to_stop
from tests.builders import NOW
from tests.review.events import an_event

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)
LONG_AGO = NOW - 9 * DAY


def _auto(act: Act, ago: timedelta = timedelta()) -> AuditEvent:
    return an_event(act, at=NOW - ago, automatic=True)


def _old(right: int, wrong: int, act: Act = Act.WRONG_MATCH) -> list[AuditEvent]:
    """Return rulings on automatic replies of long ago, the wrong ones newest."""
    return [_auto(act, 9 * DAY)] * wrong + [_auto(Act.APPROVE, 9 * DAY)] * right


def _reason(events: list[AuditEvent], floor: float = 0.75) -> str | None:
    return reason_to_stop(events, now=NOW, floor=floor)


@pytest.mark.parametrize(
    ("ages", "stops"),
    [
        ([], False),
        ([timedelta()], False),
        ([timedelta(), timedelta()], True),
        ([timedelta(), DAY - SECOND], True),
        ([timedelta(), DAY], False),
        ([DAY, DAY], False),
        ([SECOND, 2 * SECOND, 3 * SECOND], True),
    ],
)
def test_two_wrong_matches_in_a_day_stop(ages: list[timedelta], *, stops: bool) -> None:
    """What is a day old to the second doesn't count any more."""
    because = _reason([_auto(Act.WRONG_MATCH, ago) for ago in ages])
    expected = f"{len(ages)} automatic replies of the last 24 hours were ruled wrong matches" if stops else None
    assert because == expected


@pytest.mark.parametrize("act", [Act.NOT_A_CLAIM, Act.DISMISS, Act.SOURCE_GONE, Act.SOURCE_EDITED, Act.APPROVE])
def test_other_rulings_of_a_day_stop_nothing(act: Act) -> None:
    """Only wrong matches tell that the matching itself went wrong."""
    assert _reason([_auto(act)] * (MIN_JUDGED - 1)) is None


def test_rulings_on_the_queue_stop_nothing() -> None:
    """What a moderator saw first is no fault of the automatic replies."""
    assert _reason([an_event(Act.WRONG_MATCH)] * 50) is None
    assert _reason([_auto(Act.WRONG_MATCH), *[an_event(Act.WRONG_MATCH)] * 50]) is None


@pytest.mark.parametrize("wrong", range(6))
@pytest.mark.parametrize("act", [Act.WRONG_MATCH, Act.NOT_A_CLAIM])
def test_the_floor_holds_from_twenty_judged_on(wrong: int, act: Act) -> None:
    """Then the lower bound of precision is compared with it, and both numbers are said."""
    low = wilson(MIN_JUDGED - wrong, MIN_JUDGED).low
    because = _reason(_old(MIN_JUDGED - wrong, wrong, act))
    if low >= 0.75:
        assert because is None
    else:
        assert because == (
            f"of 20 judged automatic replies {20 - wrong} were right: precision may be as low as {low:.2f}, "
            "and the floor is 0.75"
        )
    assert _reason(_old(MIN_JUDGED - 1 - wrong, wrong, act)) is None


def test_one_wrong_of_twenty_is_let_pass() -> None:
    """As the rule's own reason for twenty says; two are not."""
    assert _reason(_old(19, 1)) is None
    assert _reason(_old(18, 2)) is not None


def test_a_floor_that_is_reached_exactly_holds() -> None:
    """It may not be fallen under."""
    low = wilson(18, 20).low
    assert _reason(_old(18, 2), floor=low) is None
    assert _reason(_old(18, 2), floor=low + 1e-9) is not None
    assert _reason(_old(0, 20), floor=0.0) is None
    assert _reason(_old(20, 0), floor=1.0) is not None


def test_an_edited_approval_was_right() -> None:
    """The match was; only the words were not."""
    assert _reason([_auto(Act.EDIT, 9 * DAY)] * MIN_JUDGED) is None


def test_old_mistakes_fade() -> None:
    """The latest replies alone are counted; others between them take no place away."""
    mistakes = [_auto(Act.WRONG_MATCH, 9 * DAY)] * 100
    latest = [_auto(Act.APPROVE, DAY)] * (LATEST - 1)
    assert _reason([*latest, _auto(Act.APPROVE, DAY), *mistakes]) is None
    assert _reason([*latest[:-80], *mistakes]) is not None
    others = [an_event(Act.WRONG_MATCH)] * LATEST
    assert _reason([*others, *latest, _auto(Act.APPROVE, DAY), *mistakes]) is None
