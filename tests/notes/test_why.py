from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.domain.fact import Citation, Fact, Verdict
from bot.domain.match import Evidence, Gate, Relation
from bot.notes.why import explain
from tests.builders import A_SOURCE, AN_EVIDENCE, a_fact

FACT = a_fact(
    verdict=Verdict.MISSING_CONTEXT,
    verdict_label="pants on fire",
    context="Said at a cheese fair.",
    citations=(Citation(replace(A_SOURCE, note="Our copy is a scan."), "The moon consists of rock."),),
)


def _explained(fact: Fact = FACT, evidence: Evidence = AN_EVIDENCE, **over: Any) -> dict[str, tuple[str, ...]]:
    told = {"relation": Relation.REPEATS, "confidence": 0.974, "threshold": 0.9, "rule_version": "rules/7"}
    sections = explain(fact, evidence, fact_version=3, **{**told, **over})
    return {section.heading: section.lines for section in sections}


def _all(**over: Any) -> str:
    return "\n".join(line for lines in _explained(**over).values() for line in lines)


@pytest.mark.parametrize(
    "part",
    [
        "The moon is made of cheese.",
        "moon, cheese",
        "repeats the claim",
        "97%",
        "90%",
        "rules/7",
        "numbers",
        "negation",
        "missing context",
        "“pants on fire”",
        "Said at a cheese fair.",
        "moon-cheese, version 3",
        "as of 1 January 2026",
        "reviewed by 1 January 2027",
        "The Lunar Society: “The moon consists of rock.”",
        "Our copy is a scan.",
    ],
)
def test_everything_that_decided_is_told(part: str) -> None:
    """Wording, words in common, confidence against threshold, gates, rules, version, verdict, quotes and dates."""
    assert part in _all()


def test_a_gate_that_held_is_told_with_what_it_saw() -> None:
    """A held gate is not among those that passed."""
    [held] = [line for line in _explained()["Gates"] if "negation" in line]
    assert "not" in held
    assert "held" in held.casefold()
    [passed] = [line for line in _explained()["Gates"] if "numbers" in line]
    assert "passed" in passed.casefold()


def test_every_gate_is_told() -> None:
    """However many there are."""
    gates = tuple(Gate(f"gate {i}", 1, passed=i % 2 == 0, detail=f"detail {i}") for i in range(12))
    told = "\n".join(_explained(evidence=replace(AN_EVIDENCE, gates=gates))["Gates"])
    assert all(gate.name in told for gate in gates)
    assert all(gate.detail in told for gate in gates if not gate.passed)


@pytest.mark.parametrize(
    ("relation", "words"),
    [
        (Relation.REPEATS, "repeats the claim"),
        (Relation.DENIES, "denies the claim"),
        (Relation.ASKS, "asks about the claim"),
        (Relation.TRUTH, "states the truth about the claim"),
        (Relation.MENTIONS, "mentions the claim"),
    ],
)
def test_every_relation_has_words(relation: Relation, words: str) -> None:
    """A check on demand shows the others, too."""
    assert words in _all(relation=relation)


def test_words_that_were_purged_are_told_as_such() -> None:
    """An empty line would look like a fault."""
    assert "no words are kept" in _all(evidence=replace(AN_EVIDENCE, matched_words=()))


def test_quotes_are_few_and_short() -> None:
    """Three at most, of 300 characters at most: the document is one tap away."""
    fact = a_fact(citations=tuple(Citation(A_SOURCE, f"{i} " + "rock " * 200) for i in range(5)))
    quotes = _explained(fact=fact)["Quotes"]
    assert len(quotes) == 3
    assert all(len(quote) < 330 for quote in quotes)


def test_hidden_characters_are_not_told() -> None:
    """What comes from a pack is plain text in the explanation."""
    fact = a_fact(claim="moon\u202e\x1b[31m", context="a\x00b", as_of=date(2025, 5, 5))
    assert not any(char in _all(fact=fact) for char in "\u202e\x1b\x00")
