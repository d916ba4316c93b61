"""The model of the ratings: who rates how kindly, which notes please everybody, and on which notes the raters split.

The model is that of X's Community Notes (twitter/communitynotes, scoring/src/scoring/matrix_factorization): a rating is
about ``mu + i_u + i_n + f_u * f_n``, where ``i_u`` is how kind the rater is, ``i_n`` how helpful the note is to
everybody, and ``f_u * f_n`` what the taste of the rater adds on this note. All are chosen at once to minimise

    J = mean(e^2) + 0.15 * [mean(i_u^2) + mean(i_n^2) + mu^2] + 0.03 * [mean(f_u^2) + mean(f_n^2)]

over ratings, raters and notes. Imports numpy and nothing of the program.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.notes.ratings.solve import Problem, solve


class Sortable(Hashable, Protocol):
    """What may stand for a note or a rater."""

    def __lt__(self, other: Any, /) -> bool: ...


Note = TypeVar("Note", bound=Sortable)
Rater = TypeVar("Rater", bound=Sortable)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a note or a rater lies in the model: intercept and factor, both in units of a rating (0..1)."""

    intercept: float
    factor: float


@dataclass(frozen=True, slots=True)
class Fit(Generic[Note, Rater]):
    """The model of some ratings. ``loss`` is J."""

    mu: float
    notes: Mapping[Note, Place]
    raters: Mapping[Rater, Place]
    loss: float


def fit(ratings: Mapping[tuple[Note, Rater], float]) -> Fit[Note, Rater]:
    """Fit the model; the outcome doesn't depend on the order of the ratings.

    At least half of the raters whose factor isn't zero have a negative one; where half of them have, the first of them
    by its id has.

    Args:
        ratings: By note and rater, what the rating counts (0..1); at least one.

    Raises:
        ValueError: There is no rating.
    """
    if not ratings:
        raise ValueError("there is nothing to fit")
    pairs = sorted(ratings)
    notes, raters = _ids(note for note, _ in pairs), _ids(rater for _, rater in pairs)
    note_at = {note: index for index, note in enumerate(notes)}
    rater_at = {rater: index for index, rater in enumerate(raters)}
    found = solve(
        Problem(
            note=np.array([note_at[note] for note, _ in pairs], dtype=np.intp),
            rater=np.array([rater_at[rater] for _, rater in pairs], dtype=np.intp),
            value=np.array([ratings[pair] for pair in pairs], dtype=np.float64),
            notes=len(notes),
            raters=len(raters),
        )
    )
    sign = _sign(found.rater_factor)
    return Fit(
        mu=float(found.mu),
        notes=_places(notes, found.note_intercept, sign * found.note_factor),
        raters=_places(raters, found.rater_intercept, sign * found.rater_factor),
        loss=float(found.loss),
    )


Id = TypeVar("Id", bound=Sortable)


def _ids(ids: Iterable[Id]) -> list[Id]:
    return sorted(set(ids))


def _places(ids: list[Id], intercepts: NDArray[np.float64], factors: NDArray[np.float64]) -> dict[Id, Place]:
    # Adding zero turns a negative zero into zero.
    return {
        key: Place(float(intercept) + 0.0, float(factor) + 0.0)
        for key, intercept, factor in zip(ids, intercepts, factors, strict=True)
    }


def _sign(factors: NDArray[np.float64]) -> float:
    """Return what to multiply all factors with, 1 or -1."""
    negative, positive = int((factors < 0).sum()), int((factors > 0).sum())
    if negative == positive:
        nonzero = factors[factors != 0]
        return -1.0 if nonzero.size and nonzero[0] > 0 else 1.0
    return 1.0 if negative > positive else -1.0
