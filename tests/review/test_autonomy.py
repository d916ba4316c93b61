from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit import COPY, Act
from bot.domain.policy import FactLimit, Mode, least
from bot.review.autonomy import COUNTED, REWORDED, approvals, limit_here
from tests.review.events import an_event, newest_first

APPROVE, EDIT, WRONG = an_event(Act.APPROVE), an_event(Act.EDIT), an_event(Act.WRONG_MATCH)
COPIED = an_event(Act.APPROVE, detail={COPY: "1"})
WRONG_COPY = an_event(Act.WRONG_MATCH, detail={COPY: "1"})
FOUND_OTHERWISE = an_event(Act.FACT_EDITED, detail={"phrasings": "one more"})
SAYS_OTHERWISE = an_event(Act.FACT_EDITED, detail={REWORDED: "correction"})


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ([], 0),
        ([APPROVE, EDIT, APPROVE], 3),
        ([APPROVE, COPIED, COPIED, EDIT], 2),
        ([APPROVE, APPROVE, WRONG], 0),
        ([APPROVE, WRONG, APPROVE], 1),
        ([WRONG, WRONG_COPY, EDIT], 1),
        ([APPROVE, FOUND_OTHERWISE, APPROVE], 2),
        ([APPROVE, SAYS_OTHERWISE], 0),
        ([APPROVE, SAYS_OTHERWISE, APPROVE, FOUND_OTHERWISE, COPIED], 1),
    ],
)
def test_approvals_since_a_fact_was_last_in_doubt(acts: list[object], expected: int) -> None:
    """Copies of one judgement count once; a wrong match and a change of what the fact says begin anew."""
    assert approvals(newest_first(*acts)) == expected  # type: ignore[arg-type]


@given(st.lists(st.sampled_from([APPROVE, EDIT, COPIED, WRONG, WRONG_COPY, FOUND_OTHERWISE, SAYS_OTHERWISE])))
def test_nothing_but_an_approval_raises_the_count(acts: list[object]) -> None:
    """And that by one at most, whatever came before."""
    for place, act in enumerate(acts):
        before, after = (approvals(newest_first(*acts[: place + more])) for more in (0, 1))  # type: ignore[arg-type]
        assert after <= before + (act in (APPROVE, EDIT))


def test_the_acts_that_count_are_those_that_are_asked_for() -> None:
    """A service that reads these and no others misses nothing."""
    rulings = {event.new.act for event in (APPROVE, EDIT, WRONG)}
    changes = {Act.FACT_ADDED, Act.FACT_EDITED, Act.FACT_RESTORED}
    assert rulings | changes | {Act.RATED_HELPFUL} == COUNTED


@pytest.mark.parametrize(
    ("channel_id", "parent_id", "expected"),
    [
        (1, None, Mode.QUEUE),
        (2, None, Mode.SHADOW),
        (50, 2, Mode.SHADOW),
        (3, None, Mode.QUEUE),
        (50, 3, Mode.QUEUE),
        (60, 1, Mode.OFF),
        (60, 2, Mode.OFF),
    ],
)
def test_the_strictest_limit_holds(channel_id: int, parent_id: int | None, expected: Mode) -> None:
    """Of the server's, the channel's and, in a thread, its channel's; a wider one never loosens a narrower."""
    limits = [
        FactLimit(9, "a", Mode.QUEUE),
        FactLimit(9, "a", Mode.SHADOW, 2),
        FactLimit(9, "a", Mode.AUTO, 3),
        FactLimit(9, "a", Mode.OFF, 60),
    ]
    assert limit_here(limits, channel_id, parent_id) is expected
    assert limit_here(reversed(limits), channel_id, parent_id) is expected


def test_without_limits_a_fact_may_go_all_the_way() -> None:
    """Also where only other channels have some."""
    assert limit_here([], 1, None) is Mode.AUTO
    assert limit_here([FactLimit(9, "a", Mode.OFF, 5)], 1, 2) is Mode.AUTO


@given(st.lists(st.sampled_from(Mode), min_size=1))
def test_the_least_mode(modes: list[Mode]) -> None:
    """Off before shadow before queue before auto."""
    order = [Mode.OFF, Mode.SHADOW, Mode.QUEUE, Mode.AUTO]
    assert least(*modes) is next(mode for mode in order if mode in modes)
