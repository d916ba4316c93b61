"""The numbers behind the model: alternating least squares from several starts.

The loss isn't convex, but with the notes held fast it is a small ridge regression for each rater, and the other way
round: two equations with two unknowns, solved in closed form for all at once. After each round three exact steps follow
along directions in which the predictions stay the same and the penalty alone falls, which plain alternation would take
many rounds for. The starts are the main patterns of what the intercepts leave unexplained, so they follow from the
ratings. Imports numpy and nothing of the program.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

INTERCEPT_PENALTY = 0.15
"""On the mean square of the intercepts, and on mu squared (X's scorer)."""
FACTOR_PENALTY = 0.03
"""On the mean square of the factors (X's scorer)."""

_STARTS = 3
_POWER_ROUNDS = 30
_MOST_ROUNDS = 3000
_SETTLED = 1e-8
"""No parameter moved more than so much in a round: far below what any rule looks at."""
_NO_FACTOR = 1e-4
"""Where the largest product of two factors is smaller, the factor has died out and only rounding is left of it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Ratings as arrays: for each of R ratings the index of its note and of its rater, and its value (0..1)."""

    note: Ints
    rater: Ints
    value: Floats
    notes: int
    raters: int


@dataclass(frozen=True, slots=True)
class Solution:
    """The parameters: those of notes have shape (notes,), those of raters (raters,)."""

    mu: float
    note_intercept: Floats
    note_factor: Floats
    rater_intercept: Floats
    rater_factor: Floats
    loss: float


def solve(problem: Problem) -> Solution:
    """Return the parameters with the lowest loss that was found from any start."""
    plain = _descend(problem, np.zeros(problem.notes))
    best = plain
    for start in _starts(problem, plain):
        found = _descend(problem, start)
        # Starts that end in the same place differ in rounding: the first one stays.
        if found.loss < best.loss - 1e-12:
            best = found
    return best


def loss(problem: Problem, mu: float, note: tuple[Floats, Floats], rater: tuple[Floats, Floats]) -> float:
    """Return J of some parameters, each side given as intercepts and factors."""
    (note_intercept, note_factor), (rater_intercept, rater_factor) = note, rater
    error = problem.value - mu - rater_intercept[problem.rater] - note_intercept[problem.note]
    error -= rater_factor[problem.rater] * note_factor[problem.note]
    intercepts = _square(rater_intercept) + _square(note_intercept) + mu * mu
    factors = _square(rater_factor) + _square(note_factor)
    return _square(error) + INTERCEPT_PENALTY * intercepts + FACTOR_PENALTY * factors


def _descend(problem: Problem, start: Floats) -> Solution:
    """Alternate from factors of the notes until nothing moves; factors of zero stay zero."""
    mu, before = 0.0, np.zeros(1)
    note: tuple[Floats, Floats] = (np.zeros(problem.notes), start)
    rater: tuple[Floats, Floats] = (np.zeros(problem.raters), np.zeros(problem.raters))
    for _ in range(_MOST_ROUNDS):
        rest = problem.value - mu
        rater = _regress(rest - note[0][problem.note], note[1][problem.note], problem.rater, problem.raters)
        note = _regress(rest - rater[0][problem.rater], rater[1][problem.rater], problem.note, problem.notes)
        mu, note, rater = _level(problem, mu, note, rater)
        now = np.concatenate(([mu], *note, *rater))
        if now.shape == before.shape and np.abs(now - before).max() < _SETTLED:
            break
        before = now
    if np.abs(note[1]).max() * np.abs(rater[1]).max() < _NO_FACTOR:
        note, rater = (note[0], np.zeros(problem.notes)), (rater[0], np.zeros(problem.raters))
    return Solution(mu, *note, *rater, loss(problem, mu, note, rater))


def _regress(rest: Floats, slope: Floats, own: Ints, size: int) -> tuple[Floats, Floats]:
    """Return the best intercepts and factors of one side, given the other side's.

    Multiplied by R ratings, the penalty of each row is lambda * R / size.

    Args:
        rest: What is left of each rating without mu and the other side's intercept.
        slope: The other side's factor of each rating.
        own: The row of each rating.
        size: How many rows there are.
    """
    ratings = len(rest)
    one = np.bincount(own, minlength=size) + INTERCEPT_PENALTY * ratings / size
    cross = np.bincount(own, slope, size)
    two = np.bincount(own, slope * slope, size) + FACTOR_PENALTY * ratings / size
    left, right = np.bincount(own, rest, size), np.bincount(own, rest * slope, size)
    scale = one * two - cross * cross
    return (two * left - cross * right) / scale, (one * right - cross * left) / scale


def _level(
    problem: Problem, mu: float, note: tuple[Floats, Floats], rater: tuple[Floats, Floats]
) -> tuple[float, tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Lower the penalty, and take the best mu.

    Adding to the factors of one side while taking it out of the other side's intercepts, scaling one side's factors up
    and the other's down, and moving a constant between mu and the intercepts all leave every prediction as it is.
    """
    (note_intercept, note_factor), (rater_intercept, rater_factor) = note, rater
    rater_factor, note_intercept = _shift(rater_factor, note_factor, note_intercept)
    note_factor, rater_intercept = _shift(note_factor, rater_factor, rater_intercept)
    note_size, rater_size = _square(note_factor), _square(rater_factor)
    if note_size > 0 and rater_size > 0:
        ratio = (note_size / rater_size) ** 0.25
        note_factor, rater_factor = note_factor / ratio, rater_factor * ratio
    error = problem.value - rater_intercept[problem.rater] - note_intercept[problem.note]
    error -= rater_factor[problem.rater] * note_factor[problem.note]
    mu = float(error.mean()) / (1 + INTERCEPT_PENALTY)
    # Of a constant that may be moved freely, mu squared and both mean squares are least where each has a third.
    level = (mu + float(note_intercept.mean()) + float(rater_intercept.mean())) / 3
    return (
        level,
        (note_intercept - note_intercept.mean() + level, note_factor),
        (rater_intercept - rater_intercept.mean() + level, rater_factor),
    )


def _shift(factor: Floats, other: Floats, intercept: Floats) -> tuple[Floats, Floats]:
    """Add the best constant to factors, and take what it adds to the predictions out of the other side's intercepts."""
    gain = INTERCEPT_PENALTY * float((intercept * other).mean()) - FACTOR_PENALTY * float(factor.mean())
    step = gain / (INTERCEPT_PENALTY * _square(other) + FACTOR_PENALTY)
    if not other.any():
        step = 0.0
    return factor + step, intercept - step * other


def _starts(problem: Problem, plain: Solution) -> Iterator[Floats]:
    """Yield factors of the notes: the main directions of what the intercepts leave, by subspace iteration."""
    rest = problem.value - plain.mu - plain.rater_intercept[problem.rater] - plain.note_intercept[problem.note]
    count = min(_STARTS, problem.notes)
    base = np.cos(np.outer(np.arange(problem.notes) + 1.0, np.arange(count) + 1.0))
    for _ in range(_POWER_ROUNDS):
        base, _ = np.linalg.qr(base)
        base = _through(problem, rest, base)
    base, _ = np.linalg.qr(base)
    for column in range(count):
        yield base[:, column] * np.sqrt(problem.notes) / 2


def _through(problem: Problem, rest: Floats, vectors: Floats) -> Floats:
    """Multiply vectors over the notes, shape (notes, k), with the matrix of what is left, and back."""
    columns = []
    for column in vectors.T:
        raters = np.bincount(problem.rater, rest * column[problem.note], problem.raters)
        columns.append(np.bincount(problem.note, rest * raters[problem.rater], problem.notes))
    return np.stack(columns, axis=1)


def _square(values: Floats) -> float:
    return float(values @ values) / len(values)
