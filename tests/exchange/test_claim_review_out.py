from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.exchange.claim_review import read_claim_review
from bot.exchange.claim_review_out import claim_review_json
from bot.exchange.incoming import Rejected, ReviewedClaim
from tests.exchange.readers import REVIEW, TODAY, fixture, one


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
