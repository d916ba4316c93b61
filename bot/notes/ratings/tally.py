"""Counting the ratings of one note, and saying what was counted. Imports the domain only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.rating import HELPFUL_REASONS, UNHELPFUL_REASONS, Helpfulness, NoteStatus, Rating, Reason

REASON_RATERS = 2
"""Members who must have given a reason for it to count (X's scorer)."""
REASONS_NEEDED = 2
"""Reasons of its kind, each given by ``REASON_RATERS`` members, without which no status is given (X's scorer)."""
SETTLED = 10
"""Ratings under which a status is early: where one rater comes to think the opposite, a note of 5 to 9 ratings loses a
status that is shown twice as often as one of 10 or more (docs/ratings.md)."""

_KINDS = {
    NoteStatus.HELPFUL: (HELPFUL_REASONS, Helpfulness.HELPFUL),
    NoteStatus.NOT_HELPFUL: (UNHELPFUL_REASONS, Helpfulness.NOT_HELPFUL),
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many members said what of one note."""

    helpful: int
    somewhat: int
    not_helpful: int

    @property
    def n(self) -> int:
        """Return how many ratings there are."""
        return self.helpful + self.somewhat + self.not_helpful

    @property
    def points(self) -> float:
        """Return what they come to: a somewhat helpful counts half."""
        return self.helpful + self.somewhat / 2

    @property
    def net(self) -> int:
        """Return how many more said helpful than not helpful."""
        return self.helpful - self.not_helpful

    def in_words(self) -> str:
        """Return the sum, as somebody would check it."""
        counts = f"{self.helpful} helpful, {self.somewhat} somewhat helpful, {self.not_helpful} not helpful"
        return f"{_ratings(self.n)}: {counts} = {self.points:g} of {self.n}"


def tally(ratings: Iterable[Rating]) -> Tally:
    """Count ratings."""
    said = Counter(rating.said for rating in ratings)
    return Tally(said[Helpfulness.HELPFUL], said[Helpfulness.SOMEWHAT], said[Helpfulness.NOT_HELPFUL])


def counted(all_ratings: Sequence[Rating], in_model: Sequence[Rating]) -> str:
    """Return the first sentence on a note: how many ratings it has, and how many of them count."""
    if len(all_ratings) == len(in_model):
        return f"{tally(in_model).in_words()}."
    return f"{_ratings(len(all_ratings))}, of which {len(in_model)} count: {tally(in_model).in_words()}."


def backed(ratings: Iterable[Rating], status: NoteStatus) -> dict[Reason, int]:
    """Return the reasons for a status that enough members gave, with how many did, most first.

    Members who said somewhat helpful may give reasons of both kinds; their "something else" belongs to neither.
    """
    labels, outright = _KINDS[status]
    given = Counter(
        reason
        for rating in ratings
        if rating.said in {outright, Helpfulness.SOMEWHAT}
        for reason in rating.reasons
        if reason in labels and (reason is not Reason.OTHER or rating.said is outright)
    )
    enough = [(reason, count) for reason, count in given.items() if count >= REASON_RATERS]
    return dict(sorted(enough, key=lambda item: (-item[1], item[0])))


def reasons_in_words(ratings: Sequence[Rating], status: NoteStatus) -> str:
    """Return the sentence on the reasons for a status."""
    labels, _ = _KINDS[status]
    given = [f"{labels[reason]} ({count})" for reason, count in backed(ratings, status).items()]
    return f"Reasons for {status} that at least {REASON_RATERS} members gave: {', '.join(given) or 'none'}."


def early(n: int) -> list[str]:
    """Return the warning that few members have rated, where that is so."""
    return [f"This is early: fewer than {SETTLED} ratings, so that one more may change it."] if n < SETTLED else []


def _ratings(n: int) -> str:
    return f"{n} rating{'' if n == 1 else 's'}"
