from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest

from bot.domain.rating import WORTH, NoteScore, NoteStatus, Rating
from bot.notes.ratings.score import Scores, score
from bot.notes.ratings.sides import LEAST_OF_ACTIVE, LEAST_RATINGS, RULE, keep_active, split
from tests.notes.ratings.rows import WORDS, grid, rated, vector

MORE, YES, NO = NoteStatus.NEEDS_MORE, NoteStatus.HELPFUL, NoteStatus.NOT_HELPFUL
CAMPS = ["111111000000", "000000111111"] * 4
"""Eight notes on which two camps of six raters disagree, note 0 to 7."""
SAID = {said: letter for letter, said in WORDS.items()}


def scored(*notes: str, shown: NoteStatus = MORE) -> NoteScore:
    """The score of the last note, after those that the camps disagree on."""
    found = score(grid(*CAMPS, *notes), {len(CAMPS): shown}, reasons_known=False)
    return found.notes[len(CAMPS) + len(notes) - 1]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("111111111111", YES),
        ("11----11----", MORE),
        ("111---11----", YES),
        ("111111111100", YES),
        ("111111000000", MORE),
        # One side finds it helpful, the other can't say.
        ("111111------", MORE),
        ("1111111-----", MORE),
        ("ssssssssssss", MORE),
        ("000000000000", NO),
        ("00----00----", MORE),
        ("000---00----", NO),
        ("000000------", MORE),
        ("000000111111", MORE),
    ],
)
def test_both_sides_must_say_so(said: str, status: NoteStatus) -> None:
    """A note of five ratings that both sides find helpful is helpful; one that a side likes alone is not."""
    found = scored(said)
    assert (found.status, found.rule, found.provisional) == (status, RULE, False)


def test_the_prediction_can_be_recomputed() -> None:
    """The numbers in the sentence are those of the model, and they add up."""
    everything = score(grid(*CAMPS, "111111111000"), {}, reasons_known=False)
    assert everything.fit is not None
    found = everything.notes[len(CAMPS)]
    line = next(line for line in found.why if line.startswith("Predicted"))
    sums = re.findall(r"2 × (\S+) \+ \((\S+)\) \+ \((\S+)\) × \((\S+)\) = (\S+\d)", line)
    assert len(sums) == 2
    for mu, intercept, side, factor, predicted in sums:
        assert float(mu) == pytest.approx(everything.fit.mu, abs=6e-4)
        assert (float(intercept), float(factor)) == pytest.approx((found.intercept, found.factor), abs=6e-4)
        total = 2 * float(mu) + float(intercept) + float(side) * float(factor)
        assert float(predicted) == pytest.approx(total, abs=4e-3)


def test_a_failed_condition_is_named() -> None:
    """A note that one camp likes says by how much the other side misses."""
    why = scored("111111000000").why[-1]
    assert why.startswith("So it needs more ratings: for helpful it lacks: ")
    assert "a prediction of at least 0.50 on both sides" in why
    assert re.search(r"2 more helpful than not helpful on each side \(side A (6|-6), side B (6|-6)\)", why)
    assert "at least 5 ratings" not in why


def test_ten_ratings_are_no_longer_early() -> None:
    """The warning stands under nine, not under ten."""
    assert any("This is early" in line for line in scored("111111111---").why)
    assert not any("This is early" in line for line in scored("1111111111--").why)


@pytest.mark.parametrize(
    ("shown", "enough", "weak", "too_weak"),
    [
        (YES, "11111111----", "1111111-----", "111111------"),
        (YES, "1111111110--", "111111111-00", "111111111000"),
        (NO, "00000000----", "0000000-----", "000000------"),
        (NO, "0000000001--", "00000000s1--", "000000000111"),
    ],
)
def test_a_status_that_is_shown_is_kept_longer(shown: NoteStatus, enough: str, weak: str, too_weak: str) -> None:
    """A note keeps its status on ratings that wouldn't give it one, until they turn further."""
    assert scored(enough).status is shown
    assert [scored(said, shown=shown).status for said in (weak, too_weak)] == [shown, MORE]
    assert [scored(said).status for said in (weak, too_weak)] == [MORE, MORE]


def test_a_note_outside_the_model_has_no_place_and_no_status() -> None:
    """Ratings of members who rated little else don't count, however many there are."""
    rows = [*grid(*CAMPS), *rated(99, "1" * 30, prefix="fresh")]
    found = score(rows, {99: YES}, reasons_known=False).notes[99]
    assert (found.status, found.intercept, found.factor, found.count) == (MORE, None, None, 30)
    assert found.why[-1].startswith("So it needs more ratings: only notes with at least 3 ratings by members")


def test_an_unrelated_note_changes_nothing() -> None:
    """What is left out of the model leaves every other score as it is."""
    rows = grid(*CAMPS, "111111111111")
    more = [*rows, *rated(99, "10", prefix="fresh")]
    before, after = score(rows, {}, reasons_known=False), score(more, {}, reasons_known=False)
    assert after.fit == before.fit
    assert {note: found for note, found in after.notes.items() if note != 99} == before.notes


def test_fresh_accounts_are_counted_apart() -> None:
    """The first sentence tells how many ratings there are and how many of them count."""
    rows = [*grid(*CAMPS, "111111111---"), *rated(len(CAMPS), "00000", prefix="fresh")]
    found = score(rows, {}, reasons_known=False).notes[len(CAMPS)]
    assert found.why[0] == (
        "14 ratings, of which 9 count: 9 ratings: 9 helpful, 0 somewhat helpful, 0 not helpful = 9 of 9."
    )
    assert (found.status, found.count) == (YES, 14)


def test_without_the_filter_every_row_is_fitted() -> None:
    """Also those of a note with one rating and of a rater with one."""
    rows = [*grid(*CAMPS), *rated(99, "1", prefix="fresh")]
    kept, fitted = (score(rows, {}, reasons_known=False, filtered=filtered) for filtered in (True, False))
    assert (kept.notes[99].intercept, kept.fit and "fresh00" in kept.fit.raters) == (None, False)
    assert fitted.notes[99].intercept is not None
    assert fitted.fit is not None
    assert "fresh00" in fitted.fit.raters


def test_filtering_goes_on_until_nothing_falls_out() -> None:
    """A rater who loses a note may fall under the limit, and then the rater's other notes, too."""
    values = {(note, rater): 1.0 for note in range(5) for rater in range(5)}
    chain = {(10, 1): 1.0, (10, 2): 1.0, (10, 9): 1.0, (0, 9): 1.0, (11, 9): 1.0}
    assert keep_active({**values, **chain}) == (values, LEAST_RATINGS)


def test_raters_need_more_where_there_are_many() -> None:
    """With 21 raters of five ratings those with three are left out; with 20 of them they are kept."""
    for many, least in ((21, LEAST_OF_ACTIVE), (20, LEAST_RATINGS)):
        busy = {(note, rater): 1.0 for note in range(5) for rater in range(many)}
        lazy = {(note, 100): 1.0 for note in range(3)}
        kept, needed = keep_active({**busy, **lazy})
        assert needed == least
        assert ((0, 100) in kept) is (least == LEAST_RATINGS)


def test_sides_are_the_camps() -> None:
    """Two camps end on two sides, each predicted to like its own notes."""
    sides = split({(row.note_id, row.rater): WORTH[row.said] for row in grid(*CAMPS)}, 3)
    ours = frozenset(f"r{place:02d}" for place in range(6))
    theirs = frozenset(f"r{place:02d}" for place in range(6, 12))
    assert {sides.under, sides.over} == {ours, theirs}
    own, other = sides.predicted(0)
    assert (own > 0.8, other < 0.2) == ((True, True) if sides.under == ours else (False, False))


def _rows(name: str) -> list[Rating]:
    words = {1.0: "1", 0.5: "s", 0.0: "0"}
    return [
        rating
        for (note, rater), value in vector(name).items()
        for rating in rated(note, words[value], prefix=f"{rater:03d} ")
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: random.Random(3).sample(rows, len(rows)),
        lambda rows: [*rows, *rows],
    ],
    ids=["in another order", "each row twice"],
)
def test_rows_are_a_set(change: Callable[[list[Rating]], list[Rating]]) -> None:
    """Neither their order nor a repetition changes a score, in no bit."""
    rows = _rows("small_30x20")
    before: Scores = score(rows, {}, reasons_known=False)
    assert score(change(rows), {}, reasons_known=False) == before
    assert {found.status for found in before.notes.values()} == {MORE, YES, NO}
