from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.fact import Verdict
from bot.exchange.claim_review import read_claim_review
from bot.exchange.claim_review_out import claim_review_json
from bot.exchange.incoming import Rejected, ReviewedClaim
from tests.exchange.readers import REVIEW, TODAY, fixture, one, why


def _written(claim: ReviewedClaim) -> dict[str, Any]:
    return claim_review_json(
        claim.review,
        language=claim.language,
        speaker=claim.speaker,
        claim_date=claim.claim_date,
        appearances=claim.appearances,
    )


def _paths(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, held in value.items():
            yield from _paths(held, f"{path}.{name}")
    elif isinstance(value, list):
        for number, held in enumerate(value):
            yield from _paths(held, f"{path}[{number}]")
    else:
        yield path, value


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


def test_nothing_is_lost() -> None:
    """What is written of a maximal ClaimReview holds everything that was read."""
    original = json.loads(fixture("single.json"))
    written = _written(one(original))
    assert set(_paths(original)) <= set(_paths(written))


def test_what_changed_is_written_as_it_is_now() -> None:
    """A label that was changed since is written, with the rest as it was read."""
    found = one(REVIEW)
    written = _written(replace(found, review=replace(found.review, label="Wrong")))
    assert written["reviewRating"] == {**REVIEW["reviewRating"], "alternateName": "Wrong"}


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


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_TEXT = st.sampled_from(
    [
        "False",
        "A &amp;amp; B",
        "a <b>c</b>",
        "&lt;i&gt;",
        "<<b>b>",
        "  x ",
        "\u202e",
        "",
        "AFP",
        "x" * 350,
        "&copy",
        "2021-02-03",
    ]
)
_LINK = st.sampled_from(
    ["https://a.example/1", "https://b.example/?x=1&amp;y=2", "/x", "ftp://c", "", "https://[", 5, None]
)
_NAME = st.one_of(
    _TEXT,
    _JSON,
    st.fixed_dictionaries(
        {}, optional={"@type": st.sampled_from(["Person", "Organization", ["Person"]]), "name": _TEXT, "url": _LINK}
    ),
)
_DATE = st.sampled_from(
    ["2020-05-17", "2020-05", "2020", "3 May 2021", "2999-01-01", "1950-01-01", "03/04/2020", "x", None]
)
_ITEM = st.fixed_dictionaries(
    {},
    optional={
        "@type": st.sampled_from(["Claim", "CreativeWork"]),
        "name": _TEXT,
        "author": _NAME | st.lists(_NAME, max_size=2),
        "datePublished": _DATE,
        "appearance": _LINK | st.lists(_LINK | st.fixed_dictionaries({"url": _LINK}), max_size=3),
        "firstAppearance": _LINK,
        "sameAs": _LINK | st.lists(_LINK, max_size=30),
    },
)
_NODE = st.fixed_dictionaries(
    {},
    optional={
        "@type": st.sampled_from(["ClaimReview", ["ClaimReview", "Review"]]),
        "@id": _LINK,
        "claimReviewed": _TEXT | st.text(min_size=1) | _JSON,
        "url": _LINK | st.just("https://a.example/"),
        "author": _NAME | st.lists(_NAME, max_size=2),
        "publisher": _NAME,
        "sdPublisher": _NAME,
        "headline": _TEXT | _JSON,
        "name": _TEXT,
        "datePublished": _DATE | _JSON,
        "dateModified": _DATE,
        "inLanguage": st.sampled_from(["en", "en-US", "Spanish", "x"]) | _JSON,
        "reviewRating": _TEXT
        | _JSON
        | st.fixed_dictionaries(
            {}, optional={"alternateName": _TEXT | _JSON, "name": _TEXT, "ratingValue": _JSON, "bestRating": _JSON}
        ),
        "itemReviewed": _ITEM | st.lists(_ITEM, max_size=2) | _JSON,
        "mainEntityOfPage": _LINK | st.fixed_dictionaries({"@id": _LINK}),
        "other": _JSON,
    },
)


@given(_NODE, st.sampled_from([None, "https://page.example/a"]))
@settings(deadline=None, max_examples=400)
def test_reading_what_was_written_gives_the_same(node: dict[str, Any], base_url: str | None) -> None:
    """A review survives being written and read again, whatever shapes its fields had."""
    first = read_claim_review(node, "here", today=TODAY, base_url=base_url)
    if isinstance(first, Rejected):
        assert first.why.endswith(".")
        assert "\n" not in first.why
        return
    second = read_claim_review(json.loads(json.dumps(_written(first))), "here", today=TODAY)
    assert isinstance(second, ReviewedClaim)
    assert replace(second, remarks=()) == replace(first, remarks=())
    assert len(first.review.rest) <= 8000
    first.review.rest.encode()
