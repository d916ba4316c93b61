from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.domain.rating import Helpfulness, NoteScore, NoteStatus, Rating, Reason
from bot.notes.ratings.score import score
from bot.notes.ratings.tally import backed
from tests.notes.ratings.rows import a_rating, grid, rated

MORE, YES, NO = NoteStatus.NEEDS_MORE, NoteStatus.HELPFUL, NoteStatus.NOT_HELPFUL
CLEAR, SOURCES, OTHER = Reason.CLEAR, Reason.GOOD_SOURCES, Reason.OTHER
MISSING, WRONG = Reason.SOURCES_MISSING, Reason.INCORRECT
CAMPS = ["1111111100000000", "0000000011111111"] * 4


def with_reasons(said: str, *reasons: Sequence[Reason]) -> list[Rating]:
    """Ratings of note 50, of which the first raters give some reasons and the others none."""
    rows = rated(50, said)
    given = [*reasons, *[()] * (len(rows) - len(reasons))]
    return [a_rating(50, row.rater, row.said, why) for row, why in zip(rows, given, strict=True)]


def judged(rows: list[Rating], *, bridging: bool, known: bool = True, shown: NoteStatus = MORE) -> NoteScore:
    """The score of note 50, alone or among notes that make for two camps."""
    return score([*rows, *(grid(*CAMPS) if bridging else ())], {50: shown}, reasons_known=known).notes[50]


@pytest.mark.parametrize("bridging", [True, False])
@pytest.mark.parametrize(
    ("reasons", "enough"),
    [
        ([], False),
        ([[CLEAR], [CLEAR]], False),
        ([[CLEAR, SOURCES]], False),
        ([[CLEAR, SOURCES], [CLEAR]], False),
        ([[CLEAR, SOURCES], [CLEAR], [OTHER]], False),
        ([[CLEAR, SOURCES], [CLEAR, SOURCES]], True),
        ([[CLEAR, OTHER], [CLEAR], [OTHER]], True),
        # Reasons of the other kind don't count.
        ([[CLEAR, MISSING], [CLEAR, MISSING]], False),
    ],
)
def test_a_status_needs_two_reasons_of_two_members(
    reasons: list[list[Reason]],
    enough: bool,  # noqa: FBT001
    bridging: bool,  # noqa: FBT001
) -> None:
    """Under both rules, and only where members are asked for reasons."""
    rows = with_reasons("1" * 16, *reasons)
    found = judged(rows, bridging=bridging)
    assert (found.status, found.provisional) == (YES if enough else MORE, not bridging)
    assert judged(rows, bridging=bridging, known=False).status is YES
    assert ("2 reasons that at least 2 members each gave" in found.why[-1]) is True


@pytest.mark.parametrize("bridging", [True, False])
def test_not_helpful_needs_reasons_of_its_own(bridging: bool) -> None:  # noqa: FBT001
    """Two reasons for not helpful make it so; two for helpful don't."""
    said = "0" * 16
    assert judged(with_reasons(said, [MISSING, WRONG], [MISSING, WRONG]), bridging=bridging).status is NO
    assert judged(with_reasons(said, [CLEAR, SOURCES], [CLEAR, SOURCES]), bridging=bridging).status is MORE


@pytest.mark.parametrize("bridging", [True, False])
def test_a_status_is_not_kept_without_reasons(bridging: bool) -> None:  # noqa: FBT001
    """Whoever changes a vote takes the reason along."""
    assert judged(with_reasons("1" * 16, [CLEAR]), bridging=bridging, shown=YES).status is MORE


def test_reasons_of_those_outside_the_model_do_not_count() -> None:
    """Fresh accounts can't lend a note the reasons that it lacks."""
    fresh = rated(50, "11", [CLEAR, SOURCES], prefix="fresh")
    assert judged([*with_reasons("1" * 16), *fresh], bridging=True).status is MORE
    assert judged([*with_reasons("1" * 16), *fresh], bridging=False).status is YES


def test_the_reasons_are_listed_with_their_numbers() -> None:
    """The most frequent first, in the words that members chose them by."""
    found = judged(with_reasons("1" * 16, [CLEAR, SOURCES], [SOURCES], [SOURCES, CLEAR], [OTHER]), bridging=False)
    line = "Reasons for helpful that at least 2 members gave: Cites high-quality sources (3), Easy to understand (2)."
    assert line in found.why


def test_something_else_belongs_to_what_was_said() -> None:
    """Of a member who says somewhat helpful, reasons of either kind count, but for "something else"."""
    somewhat = [a_rating(1, rater, Helpfulness.SOMEWHAT, [CLEAR, MISSING, OTHER]) for rater in "ab"]
    assert backed(somewhat, YES) == {CLEAR: 2}
    assert backed(somewhat, NO) == {MISSING: 2}
    unhelpful = [a_rating(1, rater, Helpfulness.NOT_HELPFUL, [OTHER, CLEAR]) for rater in "ab"]
    assert (backed(unhelpful, YES), backed(unhelpful, NO)) == ({}, {OTHER: 2})
