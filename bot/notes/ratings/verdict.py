"""From the conditions of a rule to a status, with the conditions as the reasons. Imports the domain only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.rating import NoteStatus, Rating
from bot.notes.ratings.tally import REASON_RATERS, REASONS_NEEDED, backed, tally


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that a status needs: ``says`` continues "it needs", with the number that was found."""

    says: str
    met: bool


Conditions = Mapping[NoteStatus, Sequence[Condition]]
"""What each status needs; a note without a status has no conditions."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status, and a sentence on what decided."""

    status: NoteStatus
    why: str


def decide(ratings: Sequence[Rating], shown: NoteStatus, gain: Conditions, keep: Conditions) -> Verdict:
    """Return the status of a note.

    Args:
        ratings: The ratings that count.
        shown: The status that members see now.
        gain: What a note needs to get a status.
        keep: The weaker conditions under which it keeps the status that it is shown with.
    """
    for status, conditions in gain.items():
        if all(condition.met for condition in conditions):
            return Verdict(status, f"So it is {status}: it has: {_join(conditions)}.")
    kept = keep.get(shown, ())
    if kept and all(condition.met for condition in kept):
        return Verdict(shown, f"It was {shown} and stays so: it still has: {_join(kept)}.")
    found = tally(ratings)
    nearer = NoteStatus.HELPFUL if 2 * found.points >= found.n else NoteStatus.NOT_HELPFUL
    lacking = [condition for condition in gain[nearer] if not condition.met]
    return Verdict(NoteStatus.NEEDS_MORE, f"So it needs more ratings: for {nearer} it lacks: {_join(lacking)}.")


def reasons_condition(ratings: Sequence[Rating], status: NoteStatus, *, known: bool) -> list[Condition]:
    """Return the condition that members agree on why, where reasons are known at all."""
    if not known:
        return []
    found = len(backed(ratings, status))
    says = f"{REASONS_NEEDED} reasons that at least {REASON_RATERS} members each gave (there are {found})"
    return [Condition(says, found >= REASONS_NEEDED)]


def _join(conditions: Sequence[Condition]) -> str:
    return "; ".join(condition.says for condition in conditions)
