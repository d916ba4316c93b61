from __future__ import annotations

from fractions import Fraction

import pytest

from bot.domain.rating import NoteScore, NoteStatus
from bot.notes.ratings.cold import RULE
from bot.notes.ratings.score import score
from tests.notes.ratings.rows import grid, rated

MORE, YES, NO = NoteStatus.NEEDS_MORE, NoteStatus.HELPFUL, NoteStatus.NOT_HELPFUL
OPPOSITE = str.maketrans("10", "01")


def alone(said: str, shown: NoteStatus = MORE) -> NoteScore:
    """The score of a note on a server where nobody rated anything else."""
    return score(rated(1, said), {1: shown}, reasons_known=False).notes[1]


def with_points(points: Fraction, n: int) -> str:
    """Ratings that come to some points: as many helpful ones as possible, then a somewhat helpful one, then none."""
    whole, half = divmod(points, 1)
    return ("1" * int(whole) + "s" * (half > 0)).ljust(n, "0")


@pytest.mark.parametrize(
    ("n", "needed"), [(5, "5"), (6, "5.5"), (7, "6.5"), (8, "7"), (9, "7.5"), (10, "8.5")], ids=str
)
def test_what_a_note_needs(n: int, needed: str) -> None:
    """So many points of n make a note helpful, half a point less doesn't; and the mirror of it for not helpful."""
    least = with_points(Fraction(needed), n)
    less = with_points(Fraction(needed) - Fraction(1, 2), n)
    assert (alone(least).status, alone(less).status) == (YES, MORE)
    assert (alone(least.translate(OPPOSITE)).status, alone(less.translate(OPPOSITE)).status) == (NO, MORE)


@pytest.mark.parametrize("said", ["1", "11", "1111", "0000"])
def test_four_ratings_are_too_few(said: str) -> None:
    """However sure they are."""
    assert alone(said).status is MORE


@pytest.mark.parametrize("n", range(5, 40))
def test_one_contrary_rating_takes_no_status(n: int) -> None:
    """A note that just became helpful stays so when the next member says the opposite; likewise for not helpful."""
    least = next(
        said
        for said in (with_points(Fraction(half, 2), n) for half in range(n, 2 * n + 1))
        if alone(said).status is YES
    )
    assert alone(least + "0", YES).status is YES
    assert alone(least.translate(OPPOSITE) + "1", NO).status is NO


@pytest.mark.parametrize(("shown", "said"), [(YES, "1111100"), (NO, "0000011")])
def test_two_contrary_ratings_take_it(shown: NoteStatus, said: str) -> None:
    """A status isn't kept against the ratings."""
    assert alone(said[:-1], shown).status is shown
    assert alone(said, shown).status is MORE


def test_a_status_that_was_not_shown_is_not_kept() -> None:
    """The weaker conditions are for what members see already."""
    assert alone("111110", YES).status is YES
    assert alone("111110", MORE).status is MORE
    assert alone("111110", NO).status is MORE


def test_it_says_that_it_is_provisional_and_early() -> None:
    """The rule, its label, and the sum that anybody can check."""
    found = alone("11111s")
    assert (found.rule, found.provisional, found.count) == (RULE, True, 6)
    assert found.why[0].startswith("Provisional, not bridging: ")
    assert found.why[1] == "6 ratings: 5 helpful, 1 somewhat helpful, 0 not helpful = 5.5 of 6."
    assert found.why[2].startswith("This is early: fewer than 10 ratings")
    assert found.why[3].startswith("So it is helpful: it has: at least 5 ratings (6); a lower bound over 0.50 for 5.5")
    assert not any("early" in line for line in alone("1" * 10).why)


def test_it_says_what_is_lacking() -> None:
    """Only the conditions that aren't met, towards the status that is nearer."""
    assert alone("1111").why[-1] == "So it needs more ratings: for helpful it lacks: at least 5 ratings (4)."
    assert "for not helpful it lacks: an upper bound under 0.50" in alone("000011").why[-1]


@pytest.mark.parametrize(
    ("notes", "bridging"),
    [
        # Eight raters in two camps of four, eight notes.
        (["11110000", "00001111"] * 4, True),
        # A rater less, a note less, and a camp of two.
        (["1111000", "0000111"] * 4, False),
        (["11110000", "00001111"] * 3 + ["11110000"], False),
        (["11111100", "00000011"] * 4, False),
        # All agree, so there are no sides.
        (["11111111"] * 9, False),
        (["00000000"] * 9, False),
    ],
)
def test_bridging_needs_raters_notes_and_two_sides(notes: list[str], bridging: bool) -> None:  # noqa: FBT001
    """With less than eight raters, eight notes or three raters on a side, the rule of a cold start decides."""
    found = score(grid(*notes), {}, reasons_known=False).notes.values()
    assert {each.provisional for each in found} == {not bridging}


def test_where_all_agree_notes_get_their_status() -> None:
    """A server of one mind isn't left without any: consensus counts, under its own label."""
    found = score(grid(*["1" * 8] * 9, "0" * 8), {}, reasons_known=False).notes
    assert [found[note].status for note in range(9)] == [YES] * 9
