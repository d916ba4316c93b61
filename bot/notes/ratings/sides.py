"""The sides rule: a note is helpful where the raters of both sides find it so.

X's own thresholds need more ratings than a Discord server has, so this rule looks at the same model in another way. The
raters are split at their mean factor; for each side, the model predicts how helpful a rater in its middle finds a note.
The lower prediction must be high enough for "helpful", the higher one low enough for "not helpful".
Imports the domain only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from bot.domain.rating import NoteStatus, Rating
from bot.domain.wilson import wilson
from bot.notes.ratings.model import Fit, Note, Place, Rater, fit
from bot.notes.ratings.tally import Tally, counted, early, reasons_in_words, tally
from bot.notes.ratings.verdict import Condition, Conditions, Verdict, decide, reasons_condition

RULE = "sides-1"

LEAST_RATINGS = 3
"""A note or a rater with fewer ratings isn't in the model: nothing could be told apart from chance."""
LEAST_OF_ACTIVE = 5
"""A rater with fewer ratings isn't in the model, where that leaves more than ``MANY_RATERS``."""
MANY_RATERS = 20
LEAST_COUNTED = 5
"""Ratings in the model that a status needs (X's scorer)."""

GAIN_HELPFUL, KEEP_HELPFUL = 0.50, 0.45
"""Where the lower prediction of both sides must lie at least."""
GAIN_NOT_HELPFUL, KEEP_NOT_HELPFUL = 0.35, 0.40
"""Where the higher prediction may lie at most."""
GAIN_NET, KEEP_NET = 2, 1
"""How many more must say so than say the opposite, on each side."""
Z = 1.28
"""Of the Wilson interval whose lower end must be over one half: one-sided 90 percent."""
_HALF = 0.5
_ROUNDING = 1e-5
"""Factors that differ by less are the same: where all raters agree there is one side, whatever rounding says."""

Values = Mapping[tuple[Note, Rater], float]
"""By note and rater, what a rating counts (0..1)."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The model, and its raters in two sides: those under the mean factor, and the others.

    ``least`` is how many ratings a rater needed to be in it. ``low`` and ``high`` are the mean factors of the sides.
    """

    fit: Fit[int, str]
    least: int
    under: frozenset[str]
    over: frozenset[str]
    low: float
    high: float

    def predicted(self, note: int) -> tuple[float, float]:
        """Return how helpful a rater in the middle of each side should find a note: 2 * mu + i_n + F * f_n."""
        place = self.fit.notes[note]
        base = 2 * self.fit.mu + place.intercept
        return base + self.low * place.factor, base + self.high * place.factor


def keep_active(values: Values[Note, Rater]) -> tuple[Values[Note, Rater], int]:
    """Leave out notes and raters with too few ratings, again and again until nothing more falls out.

    Returns:
        What is left, and how many ratings a rater needed.
    """
    strict = _core(values, LEAST_OF_ACTIVE)
    if len({rater for _, rater in strict}) > MANY_RATERS:
        return strict, LEAST_OF_ACTIVE
    return _core(values, LEAST_RATINGS), LEAST_RATINGS


def split(values: Values[int, str], least: int) -> Sides:
    """Fit the model to ratings, at least one, and split its raters."""
    found = fit(values)
    factors = {rater: place.factor for rater, place in found.raters.items()}
    middle = fmean(factors.values()) - _ROUNDING
    under = frozenset(rater for rater, factor in factors.items() if factor < middle)
    over = frozenset(factors.keys() - under)
    return Sides(found, least, under, over, _mean(factors, under), _mean(factors, over))


def judge(
    ratings: Sequence[Rating], sides: Sides, shown: NoteStatus, *, reasons_known: bool
) -> tuple[Verdict, list[str]]:
    """Return the status of a note, and the arithmetic in sentences.

    Args:
        ratings: All ratings of the note, at least one.
        sides: The model of all ratings.
        shown: The status that members see now.
        reasons_known: Whether raters were asked for their reasons.
    """
    note = ratings[0].note_id
    if note not in sides.fit.notes:
        needed = f"at least {LEAST_RATINGS} ratings by members who rated at least {sides.least} notes"
        left_out = f"So it needs more ratings: only notes with {needed} can be judged."
        return Verdict(NoteStatus.NEEDS_MORE, left_out), [f"{tally(ratings).in_words()}.", left_out]
    counting = [rating for rating in ratings if rating.rater in sides.fit.raters]
    gain, keep = _conditions(counting, sides, reasons_known=reasons_known)
    verdict = decide(counting, shown, gain, keep)
    why = [counted(ratings, counting), *_predictions(sides, note), *early(len(counting))]
    if reasons_known and verdict.status is not NoteStatus.NEEDS_MORE:
        why.append(reasons_in_words(counting, verdict.status))
    return verdict, [*why, verdict.why]


def _conditions(counting: Sequence[Rating], sides: Sides, *, reasons_known: bool) -> tuple[Conditions, Conditions]:
    total, predicted = tally(counting), sides.predicted(counting[0].note_id)
    lower, higher = min(predicted), max(predicted)
    both = [tally(rating for rating in counting if rating.rater in side) for side in (sides.under, sides.over)]
    bound = wilson(total.points, total.n, Z).low
    many = Condition(f"at least {LEAST_COUNTED} ratings that count ({total.n})", total.n >= LEAST_COUNTED)
    sure = Condition(
        f"a lower bound over {_HALF:.2f} for {total.points:g} of {total.n} ({bound:.2f}; Wilson, z = {Z})",
        bound > _HALF,
    )
    yes, no = NoteStatus.HELPFUL, NoteStatus.NOT_HELPFUL
    gain: dict[NoteStatus, list[Condition]] = {
        yes: [many, _at_least(lower, GAIN_HELPFUL), _net(both, GAIN_NET, 1), sure],
        no: [many, _at_most(higher, GAIN_NOT_HELPFUL), _net(both, GAIN_NET, -1)],
    }
    keep = {
        yes: [_at_least(lower, KEEP_HELPFUL), _net(both, KEEP_NET, 1)],
        no: [_at_most(higher, KEEP_NOT_HELPFUL), _net(both, KEEP_NET, -1)],
    }
    for conditions in (gain, keep):
        for status in (yes, no):
            conditions[status] += reasons_condition(counting, status, known=reasons_known)
    return gain, keep


def _at_least(lower: float, needed: float) -> Condition:
    return Condition(f"a prediction of at least {needed:.2f} on both sides (the lower is {lower:.3f})", lower >= needed)


def _at_most(higher: float, allowed: float) -> Condition:
    return Condition(
        f"a prediction of at most {allowed:.2f} on both sides (the higher is {higher:.3f})", higher <= allowed
    )


def _net(both: Sequence[Tally], needed: int, sign: int) -> Condition:
    more, less = ("helpful", "not helpful") if sign > 0 else ("not helpful", "helpful")
    nets = [sign * side.net for side in both]
    says = f"at least {needed} more {more} than {less} on each side (side A {nets[0]:d}, side B {nets[1]:d})"
    return Condition(says, min(nets) >= needed)


def _predictions(sides: Sides, note: int) -> list[str]:
    place, base = sides.fit.notes[note], sides.fit.mu
    first, second = sides.predicted(note)
    model = (
        f"The model of all ratings has mu {base:.3f} and gives this note intercept {place.intercept:.3f}, factor "
        f"{place.factor:.3f}; the {len(sides.under)} members of side A have mean factor {sides.low:.3f}, the "
        f"{len(sides.over)} of side B {sides.high:.3f}."
    )
    predicted = (
        f"Predicted for side A: {_sum(base, place, sides.low)} = {first:.3f}; for side B: "
        f"{_sum(base, place, sides.high)} = {second:.3f}."
    )
    return [model, predicted]


def _sum(mu: float, place: Place, factor: float) -> str:
    return f"2 × {mu:.3f} + ({place.intercept:.3f}) + ({factor:.3f}) × ({place.factor:.3f})"


def _core(values: Values[Note, Rater], least: int) -> Values[Note, Rater]:
    """Return what is left once every note has ``LEAST_RATINGS`` and every rater ``least`` ratings of what is left."""
    left = dict(values)
    while True:
        notes, raters = Counter(note for note, _ in left), Counter(rater for _, rater in left)
        fewer = {
            pair: value for pair, value in left.items() if notes[pair[0]] >= LEAST_RATINGS and raters[pair[1]] >= least
        }
        if len(fewer) == len(left):
            return left
        left = fewer


def _mean(factors: Mapping[str, float], side: frozenset[str]) -> float:
    # In the order of the ids: a set has none, and the last bits of a sum depend on it.
    return fmean(factors[rater] for rater in sorted(side)) if side else 0.0
