from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.exchange.dates import day, partial_day
from bot.exchange.languages import language_code


@pytest.mark.parametrize(
    "text",
    [
        *("2020-03-14", "2020-03-14T10:00:00Z", "2020-03-14 25:61", "2020-3-14", "2020/03/14", "2020年3月14日"),
        *("14/03/2020", "03/14/2020", "03/14/2020 10:00 AM", "14.03.2020", "Sat, 14 Mar 2020 10:00:00 GMT"),
        *("March 14, 2020", "14 de marzo de 2020", "14 mars 2020", "14. März 2020", "14 Mart 2020", "14 марта 2020 г."),
        *("2020-03-14T00:30:00.000+0000", "2020-03-15T00:30:00+02:00", "2020-03-13T23:30:00-05:00"),
    ],
)
def test_days_are_read(text: str) -> None:
    """Days are read as they are written in many languages, in UTC."""
    assert day(text) == date(2020, 3, 14)


@pytest.mark.parametrize(
    "text",
    [
        "03/04/2020",
        "03/04/2020 10:00",
        "2020-02-30",
        "today",
        "yesterday",
        "3 days ago",
        "March 2020",
        "2020",
        "",
        "1/2/20",
    ],
)
def test_what_is_not_certain_is_no_day(text: str) -> None:
    """What is ambiguous, relative or incomplete is no day, least of all today."""
    assert day(text) is None


def test_a_languages_own_months_come_first() -> None:
    """The language that a text is in decides how its month is read."""
    assert day("5 mai 2020", ["fr"]) == date(2020, 5, 5)
    assert day("5 mai 2020", ["tlh"]) == date(2020, 5, 5)


def test_partial_days_are_kept() -> None:
    """A year or a month is enough for when a claim was made."""
    assert [partial_day(text) for text in ("2020", "2020-03", "14 March 2020", "2020-13", "x")] == [
        *("2020", "2020-03", "2020-03-14"),
        *(None, None),
    ]


@given(st.text(max_size=60) | st.from_regex(r"\A\d{1,4}[-/. ]\w{1,9}[-/., ]{1,2}\d{1,4}\Z"))
@settings(deadline=None, max_examples=200)
def test_no_text_breaks_the_reader(text: str) -> None:
    """Any text gives a day or none, and no warning."""
    partial_day(text)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        *(
            ("en", "en"),
            ("en-US", "en"),
            ("EN_gb", "en"),
            ("eng", "en"),
            ("zh-Hant-TW", "zh"),
            ("cmn", "zh"),
            ("iw", "he"),
        ),
        *(("fil", "tl"), ("gsw", "gsw"), ("English", "en"), ("Español", "es"), ("日本語", "ja")),
        ({"@type": "Language", "alternateName": "es"}, "es"),
        ({"@type": "Language", "name": "Spanish"}, "es"),
        (["?", "fr"], "fr"),
        *((tag, None) for tag in ("xx", "und", "klingon", "", "x-foo", "qaa", "e" * 1000)),
        *((5, None), (None, None), (True, None), ([], None), ({}, None)),
    ],
)
def test_languages_are_known_by_tag_and_name(value: object, code: str | None) -> None:
    """Tags, names and Language objects give ISO 639 codes; anything else none."""
    assert language_code(value) == code
