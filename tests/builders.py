"""Sample values. Every field can be overridden by name; what a test doesn't name, it doesn't care about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bot.domain.fact import Citation, Fact, NearMiss, Review, Source, Verdict
from bot.domain.match import Evidence, Gate, Relation
from bot.domain.note import NewNote, NoteKind, NoteState, Provenance
from bot.domain.review import NewReviewItem

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

A_SOURCE = Source(
    key="moon-atlas",
    publisher="The Lunar Society",
    title="An Atlas of the Moon",
    url="https://moon.example/atlas",
    author="Ada Selene",
    published=date(2020, 5, 17),
)

AN_EVIDENCE = Evidence(
    phrasing="The moon is made of cheese.",
    matched_words=("moon", "cheese"),
    scores={"lexical": 0.75, "vector": 0.9},
    gates=(Gate("numbers", 1, passed=True, detail="no numbers"), Gate("negation", 2, passed=False, detail="not")),
)


def a_fact(**over: Any) -> Fact:
    """Return a fact with two phrasings, a near miss and a citation."""
    fact = Fact(
        slug="moon-cheese",
        claim="The moon is made of cheese.",
        verdict=Verdict.FALSE,
        correction="The moon is made of rock.",
        true_statement="The moon is rock.",
        citations=(Citation(A_SOURCE, "The moon consists of rock."),),
        phrasings=("The moon is a big cheese.", "Cheese is what the moon is made of."),
        near_misses=(NearMiss("Mars is made of cheese.", "other object"),),
        as_of=date(2026, 1, 1),
        review_by=date(2027, 1, 1),
        topics=("moon",),
    )
    return replace(fact, **over)


def a_review(**over: Any) -> Review:
    """Return what a publisher found of the moon, on a page of its own."""
    review = Review(
        identity="moon-review",
        source=Source("check", "The Checkers", "Is it cheese?", "https://checkers.example/moon", note="A fact-check."),
        claim="The moon is cheese.",
        verdict=Verdict.FALSE,
        label="Pants on fire",
        rest='{"inLanguage":"en"}',
    )
    return replace(review, **over)


def a_note(**over: Any) -> NewNote:
    """Return a pending note that is due now."""
    note = NewNote(
        guild_id=1,
        channel_id=2,
        source_message_id=3,
        slug="moon-cheese",
        fact_version=1,
        kind=NoteKind.NOTE,
        state=NoteState.PENDING,
        provenance=Provenance.AUTO,
        relation=Relation.REPEATS,
        confidence=0.97,
        threshold=0.9,
        rule_version="rules/1",
        evidence=AN_EVIDENCE,
        created_at=NOW,
        due_at=NOW,
    )
    return replace(note, **over)


def an_item(**over: Any) -> NewReviewItem:
    """Return a new review item."""
    item = NewReviewItem(
        guild_id=1,
        channel_id=2,
        message_id=3,
        post_text="They say that the moon is made of cheese.",
        slug="moon-cheese",
        fact_version=1,
        relation=Relation.REPEATS,
        confidence=0.8,
        threshold=0.9,
        reasons=("below the threshold",),
        rule_version="rules/1",
        evidence=AN_EVIDENCE,
        created_at=NOW,
    )
    return replace(item, **over)
