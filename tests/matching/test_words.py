from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.background import information
from bot.matching.words import amounts, stem, words, years


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("NATO's 14 members don't agree", ("NATO's", "14", "members", "don't", "agree")),
        ("€1,000.50 on 3.5.2024", ("1,000.50", "on", "3.5.2024")),
        ("covid-19 well-known", ("covid-19", "well", "known")),
        ("snake_case", ("snake", "case")),
        ("Žižek schön", ("Žižek", "schön")),
        ("🎉 ?! ...", ()),
        ("", ()),
    ],
)
def test_words_are_found(text: str, raw: tuple[str, ...]) -> None:
    """Letters and numbers are words; signs aren't."""
    assert words(text).raw == raw


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alliances", "alliance"),
        ("dissolved", "dissolving"),
        ("NATO's", "nato"),
        ("two", "2"),
        ("1,000", "1000"),
        ("Founded", "founding"),
    ],
)
def test_forms_of_one_word_are_compared_as_one(one: str, other: str) -> None:
    """Inflection, case, thousands separators and number words make no difference."""
    assert words(one).stems == words(other).stems


def test_words_without_a_claim_are_no_content() -> None:
    """Function words go; negations and names stay."""
    assert words("it was not the NATO of our time").content == {stem("not"), stem("nato"), stem("time")}


def test_a_word_without_end_is_cut() -> None:
    """Four thousand letters in a row are one short word."""
    assert [len(word) for word in words("a" * 4000).raw] == [40]


def test_years_and_amounts_are_told_apart() -> None:
    """A year is compared with years, an amount with amounts."""
    numbers = words("in 1949 and 2024, 12 states paid 1,955 and 20240").numbers
    assert years(numbers) == {"1949", "2024", "1955"}
    assert amounts(numbers) == {"12", "20240"}


@given(st.text(max_size=200))
def test_raw_words_and_stems_go_in_step(text: str) -> None:
    """Every word has one stem, and no stem is empty."""
    found = words(text)
    assert len(found.raw) == len(found.stems)
    assert all(found.stems)


@pytest.mark.parametrize(
    ("telling", "common"), [("warsaw", "people"), ("nemesis", "day"), ("starlink", "money"), ("crimea", "think")]
)
def test_a_rare_word_tells_more_than_a_common_one(telling: str, common: str) -> None:
    """By everyday English, not by how rare a word is among the facts."""
    assert information(stem(telling)) > information(stem(common)) + 1


def test_no_word_outweighs_the_floor_alone() -> None:
    """Not even a word that nobody has ever seen carries the 13 nats that a comparison needs."""
    assert 10 < information("qqzzxx") < 13
    assert information("the") > 0
