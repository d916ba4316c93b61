from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.review.figures import Day, Figures, banded
from tests.review.figures import EMPTY, FIRST, TYPICAL, some_figures


def test_the_precision_counts_judged_replies_only() -> None:
    """Of none there is no precision, and the interval says that nothing is known."""
    assert EMPTY.precision is None
    assert (EMPTY.precision_within.low, EMPTY.precision_within.high) == (0.0, 1.0)
    assert TYPICAL.precision == pytest.approx(0.965, abs=1e-3)
    assert TYPICAL.precision_within.low == pytest.approx(0.902, abs=1e-3)


@pytest.mark.parametrize(
    ("hours", "median", "slow"),
    [
        ((), None, None),
        ((5.0,), 5.0, 5.0),
        ((1.0, 2.0), 1.5, 2.0),
        (tuple(map(float, range(1, 11))), 5.5, 9.0),
        (tuple(map(float, range(1, 12))), 6.0, 10.0),
        ((9.0, 1.0, 5.0), 5.0, 9.0),
    ],
)
def test_percentiles(hours: tuple[float, ...], median: float | None, slow: float | None) -> None:
    """The median is the middle; nine in ten took no longer than the 90th percentile, a time that was really seen."""
    figures = some_figures(hours_to_ruling=hours)
    assert (figures.median_hours, figures.slow_hours) == (median, slow)


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_nine_in_ten_are_no_slower(hours: list[float]) -> None:
    """The 90th percentile is the least time that covers nine in ten."""
    slow = some_figures(hours_to_ruling=tuple(hours)).slow_hours
    assert slow is not None
    assert sum(each <= slow for each in hours) * 10 >= 9 * len(hours) > sum(each < slow for each in hours) * 10


def test_times_are_sorted_into_bands() -> None:
    """A band holds its lower end and not its upper one; nothing is lost."""
    counts = dict(banded((0.0, 0.99, 1.0, 5.99, 6.0, 24.0, 71.0, 72.0, 168.0, 1e9, float("inf"))))
    assert list(counts.values()) == [2, 2, 1, 2, 1, 3]


def test_days_add_up() -> None:
    """The total is the sum of the days, in whatever order they come."""
    days = (Day(FIRST, 1, 2, 3, 4), Day(FIRST.replace(day=3), 10, 20, 30, 40), Day(FIRST.replace(day=2)))
    assert some_figures(per_day=days).total() == Day(FIRST.replace(day=3), 11, 22, 33, 44)
    assert EMPTY.total().queued == 0


def test_no_figure_is_about_a_member() -> None:
    """Whoever adds a field thinks of it: counts and times of the whole server, no ids and no names of people."""
    assert [field.name for field in fields(Figures)] == [
        "days",
        "notes_by_state",
        "notes_by_provenance",
        "automatic_right",
        "automatic_judged",
        "hours_to_ruling",
        "open_ages_hours",
        "top_facts",
        "unanswered",
        "per_day",
        "shift",
        "shift_rulings",
    ]
