from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fact import Fact, Verdict
from bot.exchange.incoming import ReviewedClaim
from bot.services.imports.merge import conflict, new_fact, same_review, verdict_of, with_review
from tests.builders import a_fact, a_review
from tests.services.imports.incoming import ZEPPELIN, an_entry

FALSE, MISLEADING, TRUE = Verdict.FALSE, Verdict.MISLEADING, Verdict.TRUE
TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("verdicts", "sum_of_them"),
    [
        ([], Verdict.UNRATED),
        ([Verdict.UNRATED], Verdict.UNRATED),
        ([FALSE], FALSE),
        ([FALSE, Verdict.UNRATED], FALSE),
        ([TRUE], TRUE),
        ([TRUE, Verdict.UNRATED], TRUE),
        ([FALSE, FALSE, MISLEADING], FALSE),
        ([FALSE, MISLEADING], MISLEADING),
        ([MISLEADING, FALSE], MISLEADING),
        ([Verdict.UNPROVEN, FALSE], Verdict.UNPROVEN),
        ([FALSE, FALSE, FALSE, TRUE], Verdict.DISPUTED),
    ],
)
def test_what_reviews_come_to(verdicts: list[Verdict], sum_of_them: Verdict) -> None:
    """What most say, of equals the milder; disputed where one says that the claim is true."""
    assert verdict_of([a_review(verdict=verdict) for verdict in verdicts]) is sum_of_them


@given(st.permutations([FALSE, FALSE, MISLEADING, MISLEADING, Verdict.UNPROVEN, Verdict.UNRATED]))
def test_the_order_of_reviews_does_not_count(verdicts: list[Verdict]) -> None:
    """Whoever came first."""
    assert verdict_of([a_review(verdict=verdict) for verdict in verdicts]) is MISLEADING


def test_a_review_makes_a_draft() -> None:
    """It says what the review says, and nothing that nobody wrote."""
    entry = an_entry(speaker="Ada", claim_date="2025", appearances=("https://x.example/1",), language=None)
    fact = new_fact(entry, "zeppelins-1", guild_id=5, today=TODAY)
    assert fact.draft
    assert (fact.claim, fact.verdict, fact.verdict_label, fact.reviews) == (ZEPPELIN, FALSE, "False", (entry.review,))
    assert (fact.speaker, fact.claim_date, fact.appearances, fact.language) == ("Ada", "2025", entry.appearances, "und")
    assert (fact.as_of, fact.review_by, fact.guild_id) == (date(2025, 1, 1), date(2027, 3, 1), 5)
    assert new_fact(an_entry(published=None), "x", guild_id=None, today=TODAY).as_of == TODAY


def _draft(**over: Any) -> Fact:
    return replace(new_fact(_named(1), "zeppelins-1", guild_id=None, today=TODAY), **over)


def _named(number: int, **over: Any) -> ReviewedClaim:
    entry = an_entry(number, **over)
    return replace(entry, review=replace(entry.review, identity=str(number)))


def test_another_review_joins_a_draft() -> None:
    """With its wording and addresses, and what the first one didn't say."""
    other = _named(
        2, claim=ZEPPELIN.upper() + " Ha", verdict=MISLEADING, speaker="Bob", appearances=("https://x.example/2",)
    )
    fact = with_review(_draft(), other, edited=False)
    assert [review.identity for review in fact.reviews] == ["1", "2"]
    assert (fact.claim, fact.phrasings) == (ZEPPELIN, (other.review.claim,))
    assert (fact.verdict, fact.speaker, fact.appearances) == (MISLEADING, "Bob", other.appearances)
    assert fact.as_of == date(2025, 1, 2)


def test_what_comes_again_changes_nothing() -> None:
    """Neither the first review nor another, in any order: not even what only the other one says."""
    first, other = _named(1), _named(2, speaker="Bob", claim_date="2024", appearances=("https://x.example/2",))
    fact = with_review(_draft(), other, edited=False)
    for entry in (first, other, other, first):
        assert with_review(fact, entry, edited=False) == fact


def test_a_draft_follows_the_review_that_made_it() -> None:
    """Its label, its verdict and the letters of its claim; another review's label is in its own place."""
    fact = with_review(_draft(), _named(2, label="Nope"), edited=False)
    fact = with_review(fact, _named(1, claim=ZEPPELIN.upper(), label="Half right", verdict=MISLEADING), edited=False)
    assert (fact.claim, fact.verdict_label, fact.verdict) == (ZEPPELIN.upper(), "Half right", MISLEADING)
    fact = with_review(fact, _named(2, label="Never", verdict=TRUE), edited=False)
    assert (fact.verdict_label, fact.verdict) == ("Half right", Verdict.DISPUTED)
    assert [review.label for review in fact.reviews] == ["Half right", "Never"]


@pytest.mark.parametrize("fact", [_draft(claim="Zeppelins never landed."), a_fact(reviews=_draft().reviews)])
def test_what_people_wrote_stays(fact: Fact) -> None:
    """In a draft that somebody edited, and in a finished fact, only the reviews change."""
    for entry in (_named(1, label="Now true", verdict=TRUE, speaker="Bob"), _named(2, verdict=TRUE)):
        after = with_review(fact, entry, edited=True)
        assert entry.review in after.reviews
        assert replace(after, reviews=fact.reviews) == fact
    assert with_review(a_fact(), _named(2), edited=False) == a_fact(reviews=(_named(2).review,))


def test_a_conflict_is_told() -> None:
    """Where the publishers' verdict changes and the fact's doesn't follow, unless that says so already."""
    fact = _draft(verdict=FALSE, correction="Never.")
    changed = with_review(fact, _named(1, verdict=MISLEADING), edited=True)
    assert conflict(fact, changed) == "its publishers' verdict is misleading now, and the one here stays false"
    right = replace(fact, verdict=MISLEADING)
    assert conflict(right, with_review(right, _named(1, verdict=MISLEADING), edited=True)) is None
    assert conflict(fact, with_review(fact, _named(1, label="Nope"), edited=True)) is None


def test_a_draft_that_follows_is_in_no_conflict() -> None:
    """It says what its publishers say."""
    assert conflict(_draft(), with_review(_draft(), _named(1, verdict=TRUE), edited=False)) is None


def test_two_forms_of_a_review_are_compared_by_what_they_say() -> None:
    """When it was read and under which key its page is stored say nothing; a title does."""
    review = _named(1).review
    again = replace(review, source=replace(review.source, key="other", retrieved=TODAY))
    assert same_review(review, again)
    assert not same_review(review, replace(review, source=replace(review.source, title="Corrected")))
    assert not same_review(review, replace(review, rest='{"a": 1}'))
