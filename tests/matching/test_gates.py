from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.match import Relation
from bot.matching.features import Scored, Window
from bot.matching.gates import Judged, calibration_gate, judge, rival_gate
from bot.matching.prepared import IndexedFact
from bot.matching.spans import SpanKind
from bot.matching.words import words
from tests.builders import a_fact

CALM = {
    "cosine": 0.7,
    "post_denies": -3.0,
    "asks": 0.0,
    "asks_share": 0.0,
    "debunks": 0.0,
    "opens_with_denial": 0.0,
    "truth_margin": 0.2,
    "near_margin": 0.2,
    "negation_scoped": 0.0,
    "rival_margin": 0.3,
    "number_replaced": 0.0,
}
NO_VECTORS = np.zeros((0, 3), dtype=np.float32)
NOTHING: frozenset[str] = frozenset()


def _judged(
    over: Mapping[str, float] | None = None,
    *,
    kind: SpanKind = SpanKind.OWN,
    own_text: str = "some words",
    foreign: bool = False,
    cites_source: bool = False,
    texts: tuple[str, ...] = (),
) -> Judged:
    fact = a_fact(claim=texts[0]) if texts else a_fact()
    wordings = tuple(words(text) for text in fact.wordings())
    indexed = IndexedFact(
        fact,
        wordings,
        *(NO_VECTORS, NO_VECTORS, NO_VECTORS),
        *(NOTHING, NOTHING, NOTHING, NOTHING),
        negated_share=0.0,
        names=NOTHING,
        source_urls=NOTHING,
    )
    window = Window("some words", kind, words("some words"), NO_VECTORS)
    scored = Scored(indexed, window, 0, {**CALM, **(over or {})})
    return judge(scored, own_text=own_text, foreign_language=foreign, cites_source=cites_source)


def _held(judged: Judged) -> list[str]:
    return [gate.name for gate in judged.gates if not gate.passed]


def test_a_plain_statement_passes_every_gate() -> None:
    """And repeats the claim."""
    judged = _judged()
    assert _held(judged) == []
    assert judged.relation is Relation.REPEATS
    assert {gate.detail for gate in judged.gates} == {"nothing of the kind"}


@pytest.mark.parametrize(
    ("feature", "value", "gate", "relation"),
    [
        ("asks", 1.0, "question", Relation.ASKS),
        ("asks_share", 0.5, "question", Relation.ASKS),
        ("debunks", 1.0, "denial", Relation.DENIES),
        ("opens_with_denial", 1.0, "denial", Relation.DENIES),
        ("truth_margin", -0.06, "truth", Relation.TRUTH),
        ("near_margin", -0.06, "near miss", Relation.REPEATS),
        ("post_denies", -0.2, "relation", Relation.REPEATS),
    ],
)
def test_each_gate_holds_what_it_is_for(feature: str, value: float, gate: str, relation: Relation) -> None:
    """One feature, one gate; those that change the relation say that the post doesn't repeat the claim."""
    judged = _judged({feature: value})
    assert _held(judged) == [gate]
    assert judged.relation is relation


@pytest.mark.parametrize(
    ("feature", "value"),
    [
        ("asks_share", 0.49),
        ("truth_margin", -0.05),
        ("near_margin", -0.05),
    ],
)
def test_the_edge_still_passes(feature: str, value: float) -> None:
    """The limits are as they are written."""
    assert _held(_judged({feature: value})) == []


@pytest.mark.parametrize(("feature", "gate"), [("truth_margin", "truth"), ("near_margin", "near miss")])
def test_what_is_the_very_text_is_held_by_any_margin(feature: str, gate: str) -> None:
    """A near miss differs from the claim in a word or two: its own text must never get a reply."""
    assert _held(_judged({feature: -0.01, "cosine": 0.97})) == [gate]
    assert _held(_judged({feature: 0.01, "cosine": 0.97})) == []


@pytest.mark.parametrize(
    ("confidence", "rivals", "passed"),
    [(0.9, [], True), (0.9, [0.62, 0.1], True), (0.9, [0.1, 0.63], False), (0.9, [0.95], False)],
)
def test_a_rival_holds_where_it_fits_nearly_as_well(confidence: float, rivals: list[float], passed: bool) -> None:  # noqa: FBT001
    """Seven tenths of the confidence, or more."""
    assert rival_gate(confidence, rivals).passed is passed


def test_a_magnet_is_a_doubt() -> None:
    """Its wording is what everybody says."""
    text = "I'm not sure, I don't think he is right, I'm just saying that is what I think"
    assert _held(_judged(texts=(text,))) == ["magnet"]


@pytest.mark.parametrize(
    ("kind", "own_text", "gate", "relation"),
    [
        (SpanKind.QUOTE, "this aged badly", "quotation", Relation.MENTIONS),
        (SpanKind.SHARED, "this aged badly", "comment", Relation.REPEATS),
        (SpanKind.SPOILER, "this aged badly", "spoiler", Relation.REPEATS),
    ],
)
def test_other_peoples_and_hidden_words_are_held(kind: SpanKind, own_text: str, gate: str, relation: Relation) -> None:
    """A quote with a comment is only mentioned; shared words with a comment and spoilers are doubts."""
    judged = _judged(kind=kind, own_text=own_text)
    assert _held(judged) == [gate]
    assert judged.relation is relation


@pytest.mark.parametrize("kind", [SpanKind.QUOTE, SpanKind.SHARED])
def test_words_that_stand_alone_are_passed_on(kind: SpanKind) -> None:
    """Who posts nothing but other people's words spreads them."""
    assert _held(_judged(kind=kind, own_text=" \n")) == []


def test_another_language_is_a_doubt() -> None:
    """The facts are worded in one language, and so are the near misses that protect them."""
    judged = _judged(foreign=True)
    assert _held(judged) == ["language"]
    assert judged.relation is Relation.REPEATS


def test_who_links_to_the_facts_own_source_only_mentions_the_claim() -> None:
    """A post that carries the correction along needs no other."""
    judged = _judged(cites_source=True)
    assert _held(judged) == ["source"]
    assert judged.relation is Relation.MENTIONS


@given(
    st.fixed_dictionaries({name: st.floats(-1, 1) for name in CALM}),
    st.sampled_from(SpanKind),
    st.sampled_from(["", "words"]),
    st.booleans(),
)
def test_another_relation_always_has_a_gate_that_says_so(
    features: dict[str, float],
    kind: SpanKind,
    own_text: str,
    foreign: bool,  # noqa: FBT001 - hypothesis passes it
) -> None:
    """Every gate is in the answer, and no relation changes without one that is held."""
    judged = _judged(features, kind=kind, own_text=own_text, foreign=foreign)
    assert len(judged.gates) == len({gate.name for gate in judged.gates}) == 11
    assert judged.relation is Relation.REPEATS or _held(judged)
    assert all(gate.detail for gate in judged.gates)


def test_models_that_were_not_measured_are_a_doubt() -> None:
    """The gate says so in words, and never changes the relation."""
    gate = calibration_gate(fitted=False)
    assert (gate.passed, gate.detail) == (False, "the confidence was not measured with these models")
    assert calibration_gate(fitted=True).passed
