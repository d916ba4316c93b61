from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from bot.domain.fact import Verdict
from tests.exchange.readers import REVIEW, TODAY, fixture, one, why


def test_fields_are_read() -> None:
    """Every field of ours is read out of a ClaimReview as Google documents it."""
    found = one(json.loads(fixture("single.json")))
    review, source = found.review, found.review.source
    assert review.claim == "The moon is made of cheese."
    assert review.label == "False"
    assert review.verdict is Verdict.FALSE
    assert source.url == "https://lunar.example/checks/cheese"
    assert source.publisher == "The Lunar Society"
    assert source.title == "No, the moon is not made of cheese"
    assert source.published == date(2020, 5, 17)
    assert source.retrieved == TODAY
    assert source.key.startswith("review-")
    assert found.language == "en"
    assert found.speaker == "Bob Gouda"
    assert found.claim_date == "2020-05"
    assert found.appearances == tuple(f"https://posts.example/{number}" for number in range(1, 5))
    assert found.remarks == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"claimReviewed": None}, "claimReviewed is missing."),
        ({"claimReviewed": ["a"]}, "claimReviewed must be a text, not a list."),
        ({"claimReviewed": 5}, "claimReviewed must be a text, not a number."),
        ({"claimReviewed": True}, "claimReviewed must be a text, not true or false."),
        ({"claimReviewed": " <b> </b>"}, "claimReviewed is blank."),
        ({"claimReviewed": "x" * 1001}, "claimReviewed is over 1,000 characters."),
        ({"url": None}, "url is missing."),
        ({"url": "ftp://x.example"}, "url is no sound web address."),
        ({"url": "https://x.example/" + "y" * 1000}, "url is no sound web address."),
        ({"url": "/relative"}, "url is no sound web address."),
    ],
)
def test_what_a_review_cannot_do_without(change: dict[str, Any], reason: str) -> None:
    """Where claim or address can't be used, one sentence says why."""
    assert why({**REVIEW, **change}) == reason


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"author": "Check"}, "publisher", "Check"),
        ({"author": ["", {"name": None}, {"name": "Check"}]}, "publisher", "Check"),
        ({"author": None, "sdPublisher": {"name": "Check"}}, "publisher", "Check"),
        ({"author": 5}, "publisher", "lunar.example"),
        ({"author": {"@type": "Person", "name": "Ann"}}, "publisher", "Ann"),
        ({"author": {"@type": "Person", "name": "Ann"}, "publisher": {"name": "Check"}}, "author", "Ann"),
        ({"url": None, "mainEntityOfPage": {"@id": "https://m.example/"}}, "url", "https://m.example/"),
        ({"url": ["https://l.example/?a=1&amp;b=2"]}, "url", "https://l.example/?a=1&b=2"),
        ({"headline": None, "name": "A &quot;title&quot;"}, "title", 'A "title"'),
        ({"datePublished": None, "dateModified": "May 3, 2021"}, "published", date(2021, 5, 3)),
        ({"datePublished": ["2021-05-03"]}, "published", date(2021, 5, 3)),
    ],
)
def test_other_shapes_are_understood(change: dict[str, Any], field: str, value: object) -> None:
    """Strings, lists and other fields stand in where the usual one is missing."""
    assert getattr(one({**REVIEW, **change}).review.source, field) == value


@pytest.mark.parametrize(
    ("rating", "label"),
    [
        ("Falso", "Falso"),
        ([None, {"alternateName": "Falso"}], "Falso"),
        ({"alternateName": {"fr": "Faux", "es": "Falso"}}, "Falso"),
        ({"alternateName": [{"@value": "Falso", "@language": "es"}]}, "Falso"),
        ({"name": "Falso"}, "Falso"),
        ({"ratingValue": "Falso"}, "Falso"),
        ({"ratingValue": "1", "bestRating": "5", "worstRating": "1"}, None),
        (True, None),
    ],
)
def test_labels_are_the_publishers_words(rating: object, label: str | None) -> None:
    """A label is found in every shape; a number is none."""
    assert one({**REVIEW, "reviewRating": rating}).review.label == label


@pytest.mark.parametrize(
    ("change", "remark"),
    [
        ({"datePublished": "2026-03-03"}, "Its date, 2026-03-03, is in the future and was left out."),
        ({"datePublished": "1989-12-31"}, "Its date, 1989-12-31, is before 1990 and was left out."),
        ({"datePublished": "03/04/2020"}, "Its date can't be read for certain and was left out."),
        ({"reviewRating": "x" * 201}, "The rating was shortened to 200 characters."),
        ({"headline": "x" * 301}, "The title was shortened to 300 characters."),
        ({"author": "x" * 101}, "The publisher's name was shortened to 100 characters."),
        ({"reviewBody": "x" * 8000}, "Its other fields are over 8,000 characters and were left out."),
        (
            {"itemReviewed": {"appearance": [f"https://a.example/{number}" for number in range(21)]}},
            "Of the places where the claim appeared, the first 20 are kept.",
        ),
    ],
)
def test_what_is_left_out_is_remarked(change: dict[str, Any], remark: str) -> None:
    """A review goes in without what can't, and says so."""
    assert one({**REVIEW, **change}).remarks == (remark,)


def test_tomorrow_is_no_future() -> None:
    """A date in another time zone is kept."""
    assert one({**REVIEW, "datePublished": "2026-03-02"}).review.source.published == date(2026, 3, 2)


def test_texts_are_made_plain() -> None:
    """Markup, entities, invisible characters and spare spaces go; the joiners of Persian stay."""
    text = "  A &lt;claim&gt; &amp;amp; <p>more</p>\u202e\u200b\0 of\tit\ud800 می\u200cخواهم "
    assert one({**REVIEW, "claimReviewed": text}).review.claim == "A &amp; more of it می\u200cخواهم"
