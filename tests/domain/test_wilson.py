from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.wilson import Interval, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Newcombe 1998 (doi.org/10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E), table I.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        # statsmodels' proportion_confint(method="wilson").
        (0, 10, 0.0, 0.2775),
        (8, 10, 0.4902, 0.9433),
        (10, 10, 0.7225, 1.0),
        (50, 100, 0.4038, 0.5962),
    ],
)
def test_published_intervals(successes: int, n: int, low: float, high: float) -> None:
    """The interval is the one in the books, also for few cases and for none of them."""
    found = wilson(successes, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


def test_of_nothing_anything_may_be_true() -> None:
    """No case at all narrows nothing."""
    assert wilson(0, 0) == Interval(0.0, 1.0)


def test_all_and_nothing_are_sharp() -> None:
    """The ends are 0 and 1 themselves, whatever the rounding."""
    assert all(wilson(0, n).low == 0.0 and wilson(n, n).high == 1.0 for n in range(1, 500))


@given(st.integers(0, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0, 10))
def test_the_share_lies_within(case: tuple[int, int], z: float) -> None:
    """The interval holds what was seen and stays a share."""
    successes, n = case
    found = wilson(successes, n, z)
    assert 0 <= found.low <= (successes / n if n else 0.5) <= found.high <= 1


@pytest.mark.parametrize(("successes", "n"), [(3, 2), (-1, 2), (0, -1)])
def test_no_share_is_refused(successes: int, n: int) -> None:
    """More successes than cases are a mistake of the caller."""
    with pytest.raises(ValueError, match="is no share"):
        wilson(successes, n)
