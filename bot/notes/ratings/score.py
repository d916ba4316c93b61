"""The entry point: all ratings of a server to a score for each note. Imports the domain only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.rating import WORTH, NoteScore, NoteStatus, Rating
from bot.notes.ratings import cold
from bot.notes.ratings import sides as bridging
from bot.notes.ratings.model import Fit


@dataclass(frozen=True, slots=True)
class Scores:
    """What the rules make of all ratings at one time.

    ``notes`` holds a score for every note with a rating, by its id. ``fit`` is the model that they were scored with,
    None where too few ratings are left to fit one.
    """

    notes: Mapping[int, NoteScore]
    fit: Fit[int, str] | None


def score(
    ratings: Iterable[Rating], shown: Mapping[int, NoteStatus], *, reasons_known: bool, filtered: bool = True
) -> Scores:
    """Score every note that was rated; the order of the ratings doesn't matter.

    Args:
        ratings: Of one server. Of several by one member on one note, the latest counts.
        shown: The status that members see now, by note; a note that isn't in it needs more ratings.
        reasons_known: Whether raters were asked for their reasons; if so, a status needs some.
        filtered: Whether notes and raters with few ratings are left out of the model.
    """
    latest = _latest(ratings)
    values = {pair: WORTH[rating.said] for pair, rating in latest.items()}
    kept, least = bridging.keep_active(values) if filtered else (values, 1)
    sides = bridging.split(kept, least) if kept else None
    by_note: dict[int, list[Rating]] = defaultdict(list)
    for pair in sorted(latest):
        by_note[pair[0]].append(latest[pair])
    notes = {
        note: _score(own, sides, shown.get(note, NoteStatus.NEEDS_MORE), reasons_known=reasons_known)
        for note, own in by_note.items()
    }
    return Scores(notes, sides.fit if sides else None)


def _score(ratings: list[Rating], sides: bridging.Sides | None, shown: NoteStatus, *, reasons_known: bool) -> NoteScore:
    note = ratings[0].note_id
    provisional = cold.why_cold(sides)
    if provisional is not None or sides is None:
        verdict, why = cold.judge(ratings, shown, reasons_known=reasons_known)
        why = [*([provisional] if provisional else []), *why]
    else:
        verdict, why = bridging.judge(ratings, sides, shown, reasons_known=reasons_known)
    place = sides.fit.notes.get(note) if sides else None
    return NoteScore(
        note_id=note,
        status=verdict.status,
        rule=bridging.RULE if provisional is None else cold.RULE,
        provisional=provisional is not None,
        count=len(ratings),
        why=tuple(why),
        intercept=place.intercept if place else None,
        factor=place.factor if place else None,
    )


def _latest(ratings: Iterable[Rating]) -> dict[tuple[int, str], Rating]:
    latest: dict[tuple[int, str], Rating] = {}
    for rating in ratings:
        pair = (rating.note_id, rating.rater)
        if pair not in latest or latest[pair].at <= rating.at:
            latest[pair] = rating
    return latest
