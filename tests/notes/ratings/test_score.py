from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.rating import Helpfulness, NoteStatus
from bot.notes.ratings.score import score
from tests.builders import NOW
from tests.notes.ratings.rows import a_rating, rated


def test_the_latest_rating_of_a_member_counts() -> None:
    """By its time, wherever it stands; at the same time, the later row."""
    old = a_rating(1, "a", Helpfulness.HELPFUL)
    new = replace(old, said=Helpfulness.NOT_HELPFUL, at=NOW + timedelta(seconds=1))
    for rows in ([old, new], [new, old], [old, replace(new, at=NOW)]):
        found = score(rows, {}, reasons_known=False).notes[1]
        assert found.why[1] == "1 rating: 0 helpful, 0 somewhat helpful, 1 not helpful = 0 of 1."
        assert found.count == 1


def test_of_nothing_nothing_is_said() -> None:
    """A server without ratings has no scores and no model."""
    found = score([], {7: NoteStatus.HELPFUL}, reasons_known=True)
    assert (found.notes, found.fit) == ({}, None)


def test_a_note_too_small_for_the_model_is_scored_all_the_same() -> None:
    """With few raters there is a status without a model."""
    found = score(rated(1, "11111"), {}, reasons_known=False)
    assert found.fit is None
    assert (found.notes[1].status, found.notes[1].intercept) == (NoteStatus.HELPFUL, None)
