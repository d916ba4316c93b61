from __future__ import annotations

import csv
import json
import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.notes.ratings.model import Fit, Place, fit
from bot.notes.ratings.solve import FACTOR_PENALTY, INTERCEPT_PENALTY
from tests.notes.ratings.rows import VECTORS, vector

SETS = ("tiny_8x12", "small_30x20")
Values = dict[tuple[int, int], float]

tables = st.dictionaries(
    st.tuples(st.integers(0, 6), st.integers(0, 6)), st.sampled_from((0.0, 0.5, 1.0)), min_size=1, max_size=30
)


def _at_least(values: Values, side: int, least: int) -> Values:
    counts = Counter(pair[side] for pair in values)
    return {pair: value for pair, value in values.items() if counts[pair[side]] >= least}


def _filtered(name: str) -> Values:
    rules = json.loads((VECTORS / name / "filter.json").read_text(encoding="utf-8"))
    values = _at_least(vector(name), 0, rules["minNumRatersPerNote"])
    values = _at_least(values, 1, rules["minNumRatingsPerRater"])
    values = _at_least(values, 0, rules["minNumRatersPerNote"])
    assert len(values) == rules["ratings"]
    return values


def _places(name: str, file: str, key: str) -> dict[int, Place]:
    with (VECTORS / name / file).open(encoding="utf-8", newline="") as lines:
        return {int(row[key]): Place(float(row["intercept"]), float(row["factor"])) for row in csv.DictReader(lines)}


def _loss(values: Values, found: Fit[int, int]) -> float:
    """The loss by its definition, a sum at a time."""
    errors = [
        value
        - found.mu
        - found.notes[note].intercept
        - found.raters[rater].intercept
        - found.notes[note].factor * found.raters[rater].factor
        for (note, rater), value in values.items()
    ]

    def mean(numbers: list[float]) -> float:
        return sum(number * number for number in numbers) / len(numbers)

    notes, raters = list(found.notes.values()), list(found.raters.values())
    intercepts = mean([p.intercept for p in notes]) + mean([p.intercept for p in raters]) + found.mu**2
    factors = mean([p.factor for p in notes]) + mean([p.factor for p in raters])
    return mean(errors) + 0.15 * intercepts + 0.03 * factors


def _moved(found: Fit[int, int], by: random.Random) -> Fit[int, int]:
    def move(places: Any) -> dict[int, Place]:
        return {
            key: Place(place.intercept + by.gauss(0, 0.05), place.factor + by.gauss(0, 0.05))
            for key, place in places.items()
        }

    return Fit(found.mu + by.gauss(0, 0.05), move(found.notes), move(found.raters), 0.0)


def _assert_same(one: Fit[Any, Any], two: Fit[Any, Any]) -> None:
    """Whatever the labels, the predictions' parts are the same; the sign of the factors is free."""
    assert one.mu == pytest.approx(two.mu, abs=1e-5)
    assert one.loss == pytest.approx(two.loss, abs=1e-7)


@pytest.mark.parametrize("name", SETS)
def test_it_agrees_with_x(name: str) -> None:
    """Every parameter is that of X's scorer, and the loss is not above X's."""
    found = fit(_filtered(name))
    theirs = json.loads((VECTORS / name / "mf_global.json").read_text(encoding="utf-8"))
    assert found.mu == pytest.approx(theirs["globalIntercept"], abs=0.003)
    assert found.loss <= theirs["regularisedLoss"] + 2e-5
    notes, raters = _places(name, "mf_notes.csv", "noteId"), _places(name, "mf_raters.csv", "raterParticipantId")
    assert found.notes.keys() == notes.keys()
    assert found.raters.keys() == raters.keys()
    sign = 1 if sum(found.notes[note].factor * place.factor for note, place in notes.items()) > 0 else -1
    for key, place in notes.items():
        assert found.notes[key].intercept == pytest.approx(place.intercept, abs=0.005)
        assert sign * found.notes[key].factor == pytest.approx(place.factor, abs=0.01)
    for key, place in raters.items():
        assert found.raters[key].intercept == pytest.approx(place.intercept, abs=0.01)
        assert sign * found.raters[key].factor == pytest.approx(place.factor, abs=0.01)


@pytest.mark.parametrize("name", SETS)
def test_the_sign_is_that_of_x(name: str) -> None:
    """The side with more raters is the negative one, as in X's scorer."""
    found = fit(_filtered(name))
    assert sum(place.factor < 0 for place in found.raters.values()) * 2 >= len(found.raters)


@given(tables)
@settings(max_examples=60, deadline=None)
def test_the_loss_is_the_one_that_is_defined(values: Values) -> None:
    """What is reported is J of what is reported."""
    found = fit(values)
    assert found.loss == pytest.approx(_loss(values, found), abs=1e-12)


@given(tables, st.integers(0, 2**16))
@settings(max_examples=60, deadline=None)
def test_no_other_parameters_nearby_are_better(values: Values, seed: int) -> None:
    """It is a minimum: moving all parameters a little never lowers the loss."""
    found, by = fit(values), random.Random(seed)
    assert min(_loss(values, _moved(found, by)) for _ in range(20)) >= found.loss - 1e-9


@given(tables)
@settings(max_examples=60, deadline=None)
def test_the_gradient_is_zero_at_the_optimum(values: Values) -> None:
    """Mu is the mean intercept of the notes and of the raters, as it must be at a minimum of J."""
    found = fit(values)
    assert np.mean([place.intercept for place in found.notes.values()]) == pytest.approx(found.mu, abs=1e-6)
    assert np.mean([place.intercept for place in found.raters.values()]) == pytest.approx(found.mu, abs=1e-6)


@given(tables, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_rows_changes_nothing(values: Values, by: random.Random) -> None:
    """Not even in the last bit."""
    rows = list(values.items())
    by.shuffle(rows)
    assert fit(dict(rows)) == fit(values)


@pytest.mark.parametrize("name", SETS)
def test_names_change_nothing(name: str) -> None:
    """With other ids in another order, every note and rater has the same place, but for the sign of all factors."""
    values = _filtered(name)
    found = fit(values)
    by = random.Random(7)
    notes, raters = sorted(found.notes), sorted(found.raters)
    new_note = dict(zip(notes, by.sample([f"note {n}" for n in notes], len(notes)), strict=True))
    new_rater = dict(zip(raters, by.sample([f"rater {r}" for r in raters], len(raters)), strict=True))
    renamed = fit({(new_note[note], new_rater[rater]): value for (note, rater), value in values.items()})
    _assert_same(renamed, found)
    sign = 1 if renamed.notes[new_note[notes[0]]].factor * found.notes[notes[0]].factor > 0 else -1
    for note in notes:
        assert renamed.notes[new_note[note]].intercept == pytest.approx(found.notes[note].intercept, abs=1e-5)
        assert sign * renamed.notes[new_note[note]].factor == pytest.approx(found.notes[note].factor, abs=1e-5)


@pytest.mark.parametrize("name", SETS)
def test_a_twin_of_every_rater_changes_no_note(name: str) -> None:
    """The penalties are means, so a server twice as large with the same opinions gives the same notes."""
    values = _filtered(name)
    found = fit(values)
    twice = fit({**values, **{(note, rater + 1000): value for (note, rater), value in values.items()}})
    _assert_same(twice, found)
    for note, place in found.notes.items():
        assert twice.notes[note].intercept == pytest.approx(place.intercept, abs=1e-5)


@given(tables)
@settings(max_examples=40, deadline=None)
def test_at_least_half_of_the_raters_are_negative(values: Values) -> None:
    """Of those who lean at all; where both sides are equal, the first rater is negative."""
    factors = [place.factor for _, place in sorted(fit(values).raters.items()) if place.factor]
    negative = sum(factor < 0 for factor in factors)
    assert 2 * negative >= len(factors)
    if factors and 2 * negative == len(factors):
        assert factors[0] < 0


def test_where_all_agree_nobody_leans() -> None:
    """Where everybody finds everything helpful, all raters are the same, and an intercept of .40 is out of reach."""
    found = fit({(note, rater): 1.0 for note in range(9) for rater in range(9)})
    assert max(place.factor for place in found.raters.values()) == pytest.approx(
        min(place.factor for place in found.raters.values()), abs=1e-6
    )
    # Penalties of 3 * .15 x^2 on the intercepts and of 2 * .03 |p| on a product of factors: e = .03, and x = e / .15.
    assert found.mu == pytest.approx(FACTOR_PENALTY / INTERCEPT_PENALTY, abs=1e-5)
    assert found.notes[0].intercept == pytest.approx(0.2, abs=1e-5)


def test_where_nothing_is_helpful_everything_is_zero() -> None:
    """A factor that dies out is zero itself, not what rounding leaves of it."""
    found = fit({(note, rater): 0.0 for note in range(5) for rater in range(5)})
    assert {*found.notes.values(), *found.raters.values()} == {Place(0.0, 0.0)}
    assert (found.mu, found.loss) == (0.0, 0.0)


def test_two_camps_part() -> None:
    """Raters who say the opposite of each other have opposite factors, and a note for one camp leans to it."""
    found = fit({(note, rater): float(note % 2 == rater % 2) for note in range(8) for rater in range(8)})
    ours, theirs = found.raters[0].factor, found.raters[1].factor
    assert ours == pytest.approx(-theirs, abs=1e-4)
    assert found.notes[0].factor * ours > 0.3
    assert found.notes[1].factor * ours < -0.3


def test_nothing_cannot_be_fitted() -> None:
    """A model of no ratings would say something about nothing."""
    with pytest.raises(ValueError, match="nothing to fit"):
        fit({})
