from __future__ import annotations

import pytest

from bot.review.figures import Figures
from bot.review.summary import ALTERNATIVE_LIMIT, alternative, hours_in_words, in_words, percent
from tests.review.figures import ALL, EMPTY, HUGE, SMALL, TYPICAL, some_figures


def test_a_month_in_words() -> None:
    """Every figure stands there with what it was counted on."""
    assert in_words(TYPICAL) == [
        (
            "The last 30 days",
            [
                "60 automatic replies, 111 posts queued, 43 approved, 15 matches ruled wrong.",
                (
                    "Notes: 143 posted, 4 retracted, 9 dropped; "
                    "91 matched automatically, 60 approved by a moderator, 5 asked for by a member."
                ),
            ],
        ),
        ("Automatic replies", ["96.5% right: 83 of 86 judged (95% interval 90.2% to 98.8%)."]),
        ("Time to a ruling", ["10 rulings: half within 4.5 h, nine in ten within 30.0 h."]),
        ("Open items", ["4 open, the oldest for 13.3 days."]),
        ("Facts with the most notes", ["Vaccines cause autism. (31 notes)", "地震は兵器だ。 (2 notes)"]),
        ("Asked, and no fact answers it", ["Is $5 \\frac{1}{ really enough? (3 times)"]),
        (
            "What the rulings taught",
            ["120 rulings moved confidence by -0.42 in log-odds: a match of 0.90 counts as 0.86 here."],
        ),
    ]


def test_one_is_no_plural() -> None:
    """A quiet week reads like a sentence, and a state without notes isn't named."""
    assert [lines for _, lines in in_words(SMALL)] == [
        [
            "1 automatic reply, 2 posts queued, 1 approved, 0 matches ruled wrong.",
            "Notes: 1 posted; 1 matched automatically.",
        ],
        ["100% right: 1 of 1 judged (95% interval 20.7% to 100%)."],
        ["1 ruling: half within 12 min, nine in ten within 12 min."],
        ["1 open, the oldest for 3.0 h."],
        ["The moon is made of cheese. (1 note)"],
        ["Confidence is as shipped (1 ruling so far)."],
    ]


def test_nothing_is_invented() -> None:
    """Where nothing was counted, words say so."""
    assert in_words(EMPTY)[1:] == [
        ("Automatic replies", ["No automatic reply was judged yet."]),
        ("Time to a ruling", ["No item was ruled on."]),
        ("Open items", ["Nothing waits for a ruling."]),
        ("What the rulings taught", ["Confidence is as shipped (0 rulings so far)."]),
    ]
    assert in_words(some_figures(days=1))[0][0] == "The last day"


def test_long_claims_are_shortened_and_long_lists_cut() -> None:
    """What others wrote stays on one line each, five of a kind."""
    sections = dict(in_words(HUGE))
    listed = sections["Facts with the most notes"] + sections["Asked, and no fact answers it"]
    assert len(listed) == 10
    assert all("\n" not in line and len(line) < 150 for line in listed)


@pytest.mark.parametrize("figures", ALL.values(), ids=ALL)
def test_the_alternative_text_fits(figures: Figures) -> None:
    """Discord takes it, and it holds nobody's words."""
    said = alternative(figures)
    assert 100 < len(said) <= ALTERNATIVE_LIMIT < 1024
    assert not any(words[:20] in said for words, _ in (*figures.top_facts, *figures.unanswered))


def test_the_alternative_text_says_what_the_picture_shows() -> None:
    """The bands are drawn, so they are told."""
    assert alternative(TYPICAL).endswith(
        "Rulings by wait (under 1 h: 2; 1 to 6 h: 4; 6 to 24 h: 2; 1 to 3 days: 1; 3 to 7 days: 1). "
        "Open by age (under 1 h: 1; 1 to 6 h: 1; 1 to 3 days: 1; 7 days or more: 1)."
    )


@pytest.mark.parametrize(
    ("share", "shown"), [(0, "0%"), (1e-9, "0.1%"), (0.5, "50.0%"), (0.99999, "99.9%"), (1, "100%")]
)
def test_only_all_of_it_is_a_hundred_percent(share: float, shown: str) -> None:
    """Rounding makes nothing perfect."""
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("hours", "shown"), [(-1, "0 min"), (0.5, "30 min"), (1, "1.0 h"), (47, "47.0 h"), (48, "2.0 days")]
)
def test_times_come_in_a_unit_that_suits_them(hours: float, shown: str) -> None:
    """Minutes, hours or days; a clock that was set back waits for nothing."""
    assert hours_in_words(hours) == shown
