from __future__ import annotations

import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit import COPY, Act
from bot.domain.match import MODEL_CONFIDENCE, Match, MatchResult, Relation
from bot.review.recalibrate import CEILING, HIGHEST, LOWEST, MIN_RULINGS, SPREAD, rulings_of, shift_of, shifted
from tests.builders import AN_EVIDENCE
from tests.review.events import an_event

CONFIDENCES = st.floats(0.0, 1.0)
RULINGS = st.lists(st.tuples(CONFIDENCES, st.booleans()), min_size=MIN_RULINGS, max_size=60)
SHIFTS = st.floats(LOWEST, HIGHEST)


def _slope(rulings: list[tuple[float, bool]], shift: float) -> float:
    """Return the derivative of the log posterior that the module documents, written down independently."""
    total = -shift / SPREAD**2
    for confidence, right in rulings:
        inside = min(max(confidence, 0.001), 0.999)
        odds = inside / (1 - inside) * math.exp(shift)
        total += (1 if right else 0) - odds / (1 + odds)
    return total


def _result(*confidences: float) -> MatchResult:
    matches = tuple(Match("moon", 1, Relation.REPEATS, confidence, AN_EVIDENCE) for confidence in confidences)
    return MatchResult(matches, "", "rules/1")


@given(st.lists(st.tuples(CONFIDENCES, st.booleans()), max_size=MIN_RULINGS - 1))
def test_few_rulings_teach_nothing(rulings: list[tuple[float, bool]]) -> None:
    """However wrong the matches were."""
    assert shift_of(rulings) == 0.0


def test_ten_rulings_teach() -> None:
    """From then on every one counts."""
    assert shift_of([(0.9, False)] * MIN_RULINGS) < 0 < shift_of([(0.6, True)] * MIN_RULINGS)


@given(RULINGS)
def test_the_shift_is_the_root_of_the_documented_function(rulings: list[tuple[float, bool]]) -> None:
    """To the four decimals that are kept; at a bound the root lies beyond it."""
    shift = shift_of(rulings)
    assert LOWEST <= shift <= HIGHEST
    if shift > LOWEST:
        assert _slope(rulings, shift - 1e-4) > 0
    if shift < HIGHEST:
        assert _slope(rulings, shift + 1e-4) < 0


@given(RULINGS, st.data())
def test_one_more_mistake_never_makes_a_server_bolder(rulings: list[tuple[float, bool]], data: st.DataObject) -> None:
    """Turning a right match into a wrong one lowers the shift, or leaves it at its bound."""
    place = data.draw(st.integers(0, len(rulings) - 1))
    right, wrong = ([*rulings[:place], (rulings[place][0], good), *rulings[place + 1 :]] for good in (True, False))
    assert shift_of(wrong) <= shift_of(right)


@given(RULINGS, CONFIDENCES)
def test_another_ruling_moves_the_shift_its_way(rulings: list[tuple[float, bool]], confidence: float) -> None:
    """Up with a right match, down with a wrong one."""
    before = shift_of(rulings)
    assert shift_of([*rulings, (confidence, True)]) >= before >= shift_of([*rulings, (confidence, False)])


@given(RULINGS, st.integers())
def test_the_order_of_rulings_teaches_nothing(rulings: list[tuple[float, bool]], seed: int) -> None:
    """The same rulings give the same number to the last digit, however an export sorts them."""
    mixed = list(rulings)
    random.Random(seed).shuffle(mixed)
    assert shift_of(mixed) == shift_of(rulings) == shift_of(list(rulings))


@pytest.mark.parametrize(
    ("rulings", "expected"),
    [
        ([(0.5, True)] * 1000, HIGHEST),
        ([(0.9, False)] * 1000, LOWEST),
        ([(0.5, True), (0.5, False)] * 20, 0.0),
        # Ten wrong ones at even odds: -10 sigma(b) = 4 b, and sigma(-0.7837) = 0.3135.
        ([(0.5, False)] * 10, -0.7837),
    ],
)
def test_known_shifts(rulings: list[tuple[float, bool]], expected: float) -> None:
    """Bounds, balance, and one root."""
    assert shift_of(rulings) == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize(
    ("act", "over", "expected"),
    [
        (Act.APPROVE, {}, [(0.8, True)]),
        (Act.EDIT, {}, [(0.8, True)]),
        (Act.WRONG_MATCH, {}, [(0.8, False)]),
        (Act.NOT_A_CLAIM, {}, [(0.8, False)]),
        (Act.APPROVE, {"automatic": True}, [(0.8, True)]),
        (Act.APPROVE, {"detail": {COPY: "1"}}, []),
        (Act.APPROVE, {"confidence": None}, []),
        (Act.DISMISS, {}, []),
        (Act.SOURCE_GONE, {}, []),
        (Act.RESUMED, {}, []),
    ],
)
def test_what_teaches(act: Act, over: dict[str, Any], expected: list[tuple[float, bool]]) -> None:
    """Judgements with the model's confidence, each said once; whatever else was done teaches nothing."""
    assert rulings_of([an_event(act, **{"confidence": 0.8, **over})]) == expected


def test_the_latest_five_hundred_teach() -> None:
    """Copies among them take no place away."""
    old = [an_event(Act.WRONG_MATCH, confidence=0.9)] * 9
    new = [an_event(Act.APPROVE, confidence=0.8)] * 499
    copies = [an_event(Act.APPROVE, confidence=0.8, detail={COPY: "1"})] * 300
    assert rulings_of([*copies, *new, *old]) == [(0.8, True)] * 499 + [(0.9, False)]


@given(st.lists(CONFIDENCES, max_size=5), SHIFTS)
def test_a_shift_keeps_confidence_a_probability_and_the_order(confidences: list[float], shift: float) -> None:
    """Never above the ceiling unless the model was, and never against the shift's direction."""
    result = shifted(_result(*confidences), shift)
    after = [match.confidence for match in result.matches]
    for before, now in zip(confidences, after, strict=True):
        assert 0.0 <= now <= max(CEILING, before)
        assert now >= before if shift > 0 else now <= before
    assert [after[place] for place in sorted(range(len(after)), key=confidences.__getitem__)] == sorted(after)


@given(st.floats(0.01, 0.9), SHIFTS)
def test_a_shift_is_added_to_the_log_odds(confidence: float, shift: float) -> None:
    """And to nothing else."""
    [match] = shifted(_result(confidence), shift).matches
    odds = confidence / (1 - confidence) * math.exp(shift)
    assert match.confidence == pytest.approx(odds / (1 + odds))


def test_the_models_own_confidence_stays_in_the_evidence() -> None:
    """The rest of a match is as it was; without a shift everything is."""
    result = _result(0.8, 0.4)
    matches = shifted(result, -1.0).matches
    assert [match.evidence.scores for match in matches] == [
        {**AN_EVIDENCE.scores, MODEL_CONFIDENCE: 0.8},
        {**AN_EVIDENCE.scores, MODEL_CONFIDENCE: 0.4},
    ]
    assert [(match.slug, match.evidence.gates) for match in matches] == [("moon", AN_EVIDENCE.gates)] * 2
    assert MODEL_CONFIDENCE not in AN_EVIDENCE.scores
    assert shifted(result, 0.0) == result
