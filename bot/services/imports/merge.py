"""What becomes of a fact when a publisher's review comes in or changes. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.domain.fact import Fact, Review, Source, Verdict
from bot.domain.rules import plain_wording
from bot.exchange.incoming import ReviewedClaim

SHELF_LIFE = timedelta(days=365)
UNKNOWN_LANGUAGE = "und"
"""ISO 639's word for a language that nothing tells: matches of such facts wait for a moderator."""
MOST_REVIEWS = 20
_MILDER = (Verdict.UNPROVEN, Verdict.DISPUTED, Verdict.MISSING_CONTEXT, Verdict.MISLEADING, Verdict.FALSE)


def verdict_of(reviews: Sequence[Review]) -> Verdict:
    """Return what reviews come to together: what most say, of equals the milder; disputed where some say it is true."""
    counts: Counter[Verdict] = Counter(review.verdict for review in reviews if review.verdict is not Verdict.UNRATED)
    if not counts:
        return Verdict.UNRATED
    if len(counts) == 1:
        return next(iter(counts))
    if Verdict.TRUE in counts:
        return Verdict.DISPUTED
    return max(_MILDER, key=lambda verdict: counts[verdict])


def new_fact(entry: ReviewedClaim, slug: str, *, guild_id: int | None, today: date) -> Fact:
    """Return the draft that a review makes of a claim that nobody reviewed before."""
    review = entry.review
    as_of = review.source.published or today
    return Fact(
        slug=slug,
        claim=review.claim,
        verdict=verdict_of([review]),
        verdict_label=review.label,
        correction="",
        true_statement="",
        citations=(),
        phrasings=(),
        near_misses=(),
        as_of=as_of,
        review_by=max(as_of, today) + SHELF_LIFE,
        speaker=entry.speaker,
        claim_date=entry.claim_date,
        language=entry.language or UNKNOWN_LANGUAGE,
        appearances=entry.appearances,
        guild_id=guild_id,
        reviews=(review,),
    )


def with_review(fact: Fact, entry: ReviewedClaim, *, edited: bool) -> Fact:
    """Return a fact with one more review, or with one in the place of its earlier form.

    What people wrote stays: in a fact that somebody edited or finished, only the reviews change.
    """
    before = fact.reviews
    places = {review.identity: place for place, review in enumerate(before)}
    place = places.get(entry.review.identity, len(before))
    reviews = (*before[:place], entry.review, *before[place + 1 :])
    if edited or not fact.draft:
        return replace(fact, reviews=reviews)
    fact = _follow_first(fact, entry) if place == 0 else _with_wording(fact, entry)
    newest = max((one.source.published for one in reviews if one.source.published), default=fact.as_of)
    return replace(
        fact,
        reviews=reviews,
        verdict=verdict_of(reviews),
        verdict_label=reviews[0].label,
        as_of=newest,
        review_by=max(newest + SHELF_LIFE, fact.review_by),
    )


def conflict(fact: Fact, changed: Fact) -> str | None:
    """Return what the publishers say now that a fact, as people left it, doesn't, or None."""
    says, verdict = verdict_of(fact.reviews), verdict_of(changed.reviews)
    if says is not verdict and changed.verdict is not verdict:
        return f"its publishers' verdict is {_name(verdict)} now, and the one here stays {_name(changed.verdict)}"
    return None


def same_review(one: Review, other: Review) -> bool:
    """Tell whether two forms of a review say the same; when and under which key we took it in doesn't count."""
    return _bare(one) == _bare(other)


def _follow_first(fact: Fact, entry: ReviewedClaim) -> Fact:
    """Let a draft follow the review that made it; what that one doesn't say, another may have said."""
    return replace(
        fact,
        claim=entry.review.claim,
        speaker=entry.speaker or fact.speaker,
        claim_date=entry.claim_date or fact.claim_date,
        language=entry.language or fact.language,
        appearances=_both(fact.appearances, entry.appearances),
    )


def _with_wording(fact: Fact, entry: ReviewedClaim) -> Fact:
    """Let a draft be found by another publisher's wording and addresses, too."""
    known = {plain_wording(text) for text in fact.wordings()}
    new = () if plain_wording(entry.review.claim) in known else (entry.review.claim,)
    return replace(
        fact,
        phrasings=(*fact.phrasings, *new),
        speaker=fact.speaker or entry.speaker,
        claim_date=fact.claim_date or entry.claim_date,
        appearances=_both(fact.appearances, entry.appearances),
    )


def _both(here: Sequence[str], there: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*here, *there)))


def _bare(review: Review) -> Review:
    source: Source = replace(review.source, key="", retrieved=None)
    return replace(review, source=source)


def _name(verdict: Verdict) -> str:
    return verdict.value.replace("_", " ")
