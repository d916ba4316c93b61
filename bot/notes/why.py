"""The answer to "why this?": what matched, against which threshold, through which gates, and on what sources."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.decision import Decision
from bot.domain.fact import Fact, Review
from bot.domain.match import Evidence, Match, Relation
from bot.domain.note import NewNote
from bot.domain.review import NewReviewItem
from bot.notes.compose import long_date
from bot.notes.reviews import rated, strongest
from bot.notes.sanitise import plain, shorten

_QUOTE_LIMIT = 300
_QUOTES = 3
_REVIEWS = 5


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its lines, not yet escaped for any medium."""

    heading: str
    lines: tuple[str, ...]


def explain_stored(fact: Fact, stored: NewNote | NewReviewItem) -> tuple[Section, ...]:
    """Return the explanation of a note or a review item, as it was decided."""
    return explain(
        fact,
        stored.evidence,
        relation=stored.relation,
        confidence=stored.confidence,
        threshold=stored.threshold,
        rule_version=stored.rule_version,
        fact_version=stored.fact_version,
    )


def explain_match(fact: Fact, match: Match, decision: Decision) -> tuple[Section, ...]:
    """Return the explanation of a decision's match, for a check that was asked for."""
    return explain(
        fact,
        match.evidence,
        relation=match.relation,
        confidence=match.confidence,
        threshold=decision.threshold,
        rule_version=decision.rule_version,
        fact_version=match.fact_version,
    )


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
    """Return the explanation of one match, section by section."""
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
            tuple(_gates(evidence)),
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
        Section("Quotes and reviews" if fact.reviews else "Quotes", tuple(_quotes(fact))),
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
    lines += [f"{rated(review)} ({_of_day(review)})" for review in strongest(fact, _REVIEWS)]
    return lines + [plain(source.note) for source in fact.sources() if source.note]


def _of_day(review: Review) -> str:
    published = review.source.published
    return long_date(published) if published else "without a date"


def _relation(relation: Relation) -> str:
    return {
        Relation.REPEATS: "repeats",
        Relation.DENIES: "denies",
        Relation.ASKS: "asks about",
        Relation.TRUTH: "states the truth about",
        Relation.MENTIONS: "mentions",
    }[relation]
