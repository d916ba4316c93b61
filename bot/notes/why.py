"""The answer to "why this?": what matched, against which threshold, through which gates, and on what sources."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.fact import Fact
from bot.domain.match import Evidence, Relation
from bot.notes.compose import long_date
from bot.notes.sanitise import plain, shorten

_QUOTE_LIMIT = 300
_QUOTES = 3


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its lines, not yet escaped for any medium."""

    heading: str
    lines: tuple[str, ...]


def explain(
    fact: Fact,
    evidence: Evidence,
    *,
    relation: Relation,
    confidence: float,
    threshold: float,
    rule_version: str,
    fact_version: int,
) -> tuple[Section, ...]:
    """Return the explanation of one match, for a note that was posted or a check that was asked for."""
    words = ", ".join(evidence.matched_words) or "no words are kept"
    verdict = fact.verdict.value.replace("_", " ")
    if fact.verdict_label:
        verdict += f" (the publisher's words: “{plain(fact.verdict_label)}”)"
    return (
        Section("Matched", (f"Known wording: “{plain(evidence.phrasing)}”", f"Words in common: {words}")),
        Section(
            "Decided",
            (
                f"The post {_relation(relation)} the claim; confidence {confidence:.0%}, needed {threshold:.0%}",
                f"Rules: {rule_version}",
            ),
        ),
        Section(
            "Gates",
            tuple(f"{'passed' if g.passed else 'HELD'}: {g.name} ({g.detail})" for g in evidence.gates),
        ),
        Section(
            "Fact",
            (
                f"{plain(fact.claim)} Verdict: {verdict}",
                *((plain(fact.context),) if fact.context else ()),
                f"{fact.slug}, version {fact_version}; as of {long_date(fact.as_of)}",
                f"To be reviewed by {long_date(fact.review_by)}",
            ),
        ),
        Section("Quotes", tuple(_quotes(fact))),
    )


def _gates(evidence: Evidence) -> list[str]:
    held = [f"Held it: {gate.name} ({gate.detail})" for gate in evidence.gates if not gate.passed]
    passed = ", ".join(gate.name for gate in evidence.gates if gate.passed)
    return [*held, f"Passed: {passed or 'none'}"]


def _quotes(fact: Fact) -> list[str]:
    lines = [
        f"{plain(citation.source.publisher)}: “{shorten(plain(citation.quote), _QUOTE_LIMIT)}”"
        for citation in fact.citations[:_QUOTES]
    ]
    return lines + [plain(source.note) for source in fact.sources() if source.note]


def _relation(relation: Relation) -> str:
    return {
        Relation.REPEATS: "repeats",
        Relation.DENIES: "denies",
        Relation.ASKS: "asks about",
        Relation.TRUTH: "states the truth about",
        Relation.MENTIONS: "mentions",
    }[relation]
