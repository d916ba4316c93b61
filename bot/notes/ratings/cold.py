"""The rule of a cold start: with few raters there are no sides to bridge, and a plain share decides, carefully.

Imports the domain only.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.rating import NoteStatus, Rating
from bot.domain.wilson import wilson
from bot.notes.ratings.sides import LEAST_RATINGS, Sides
from bot.notes.ratings.tally import counted, early, reasons_in_words, tally
from bot.notes.ratings.verdict import Condition, Conditions, Verdict, decide, reasons_condition

RULE = "cold-start-1"

LEAST_RATERS, LEAST_NOTES, LEAST_ON_A_SIDE = 8, 8, 3
"""What the model must hold for the sides rule; with less of any, this rule decides."""
LEAST_COUNTED = 5
"""Ratings that a status needs: 5 of 5, 5.5 of 6, 6.5 of 7, 7 of 8, 7.5 of 9 or 8.5 of 10 are helpful."""
HALF = 0.5
"""What the lower end of the 95% Wilson interval must be over for helpful, and the upper end under for not helpful."""
KEEP_HELPFUL, KEEP_NOT_HELPFUL = 0.40, 0.60
"""Where these ends may go before a status that is shown is lost: one contrary rating alone never undoes it."""


def why_cold(sides: Sides | None) -> str | None:
    """Return why there is no bridging judgement yet, in one sentence, or None where there can be one.

    Args:
        sides: The model of all ratings, None where no rating is in it.
    """
    raters, notes = (len(sides.fit.raters), len(sides.fit.notes)) if sides else (0, 0)
    if raters < LEAST_RATERS or notes < LEAST_NOTES:
        return (
            f"Provisional, not bridging: the model must hold at least {LEAST_RATERS} members and {LEAST_NOTES} notes, "
            f"each with {LEAST_RATINGS} ratings or more, and it holds {raters} and {notes}."
        )
    assert sides is not None
    smaller = min(len(sides.under), len(sides.over))
    if smaller < LEAST_ON_A_SIDE:
        return (
            f"Provisional, not bridging: each side must have at least {LEAST_ON_A_SIDE} members, and the smaller "
            f"one has {smaller}."
        )
    return None


def judge(ratings: Sequence[Rating], shown: NoteStatus, *, reasons_known: bool) -> tuple[Verdict, list[str]]:
    """Return the status of a note, and the arithmetic in sentences.

    Args:
        ratings: All ratings of the note, at least one.
        shown: The status that members see now.
        reasons_known: Whether raters were asked for their reasons.
    """
    gain, keep = _conditions(ratings, reasons_known=reasons_known)
    verdict = decide(ratings, shown, gain, keep)
    why = [counted(ratings, ratings), *early(len(ratings))]
    if reasons_known and verdict.status is not NoteStatus.NEEDS_MORE:
        why.append(reasons_in_words(ratings, verdict.status))
    return verdict, [*why, verdict.why]


def _conditions(ratings: Sequence[Rating], *, reasons_known: bool) -> tuple[Conditions, Conditions]:
    total = tally(ratings)
    within = wilson(total.points, total.n)
    share = f"for {total.points:g} of {total.n}"
    many = Condition(f"at least {LEAST_COUNTED} ratings ({total.n})", total.n >= LEAST_COUNTED)

    def over(bound: float) -> Condition:
        return Condition(f"a lower bound over {bound:.2f} {share} ({within.low:.2f}; Wilson, 95%)", within.low > bound)

    def under(bound: float) -> Condition:
        return Condition(
            f"an upper bound under {bound:.2f} {share} ({within.high:.2f}; Wilson, 95%)", within.high < bound
        )

    yes, no = NoteStatus.HELPFUL, NoteStatus.NOT_HELPFUL
    gain = {yes: [many, over(HALF)], no: [many, under(HALF)]}
    keep = {yes: [over(KEEP_HELPFUL)], no: [under(KEEP_NOT_HELPFUL)]}
    for conditions in (gain, keep):
        for status in (yes, no):
            conditions[status] += reasons_condition(ratings, status, known=reasons_known)
    return gain, keep
