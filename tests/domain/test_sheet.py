from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.sheet import guarded, row, unguarded
from tests.hostile import FORMULAS


@given(st.text(st.sampled_from("'=+-@\t\r\na \uff1d\uff0b\uff0d\uff20")))
def test_the_guard_comes_off_as_it_was_put_on(text: str) -> None:
    """And no cell begins as a formula does."""
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(FORMULAS)


@pytest.mark.parametrize(
    ("text", "cell"),
    [("=1", "'=1"), ("'=1", "''=1"), ("''-", "'''-"), ("'tis", "'tis"), ("a=1", "a=1"), ("'", "'"), ("", "")],
)
def test_only_what_needs_it_is_guarded(text: str, cell: str) -> None:
    """Words that begin with an apostrophe stay as they are."""
    assert guarded(text) == cell


def test_a_row_is_one_of_a_csv_file() -> None:
    """None is an empty cell."""
    assert next(csv.reader([row(["=a", None, 5, 'b"'])])) == ["'=a", "", "5", 'b"']
