from __future__ import annotations

import gzip
import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import ImportRefused
from bot.domain.fact import Verdict
from bot.exchange.incoming import Rejected, ReviewedClaim
from tests.exchange.readers import FIXTURES, REVIEW, claims, fixture, read, reasons

_NAMES = sorted(path.name for path in FIXTURES.iterdir())
_LINES = ["El sol gira alrededor de la Tierra.", "Water is dry.", "Fire is cold."]


@pytest.mark.parametrize(
    ("name", "found", "why"),
    [
        ("single.json", ["The moon is made of cheese."], []),
        (
            "array.json",
            ["The moon is made of cheese.", "El sol gira alrededor de la Tierra.", "Mars has two moons."],
            [],
        ),
        ("graph.json", ["Jorda er flat."], []),
        (
            "feed.json",
            ["Sharks swim in the streets.", "The shark was real.", "Земля плоская."],
            [("entry 4 (line 1)", "claimReviewed must be a text, not a list.")],
        ),
        ("answer.json", ["Vaccines hold chips.", "Vaccines hold chips."], []),
        ("lines.jsonl", _LINES, []),
        ("scripts.txt", _LINES, []),
        ("blocks.html", ["Bread is a vegetable.", "Salt & sugar are the same."], [("block 2", "is not sound JSON.")]),
        ("microdata.html", ["Cats can read."], []),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_published_formats_are_read(
    name: str,
    found: list[str],
    why: list[tuple[str, str]],
    packed: bool,  # noqa: FBT001
) -> None:
    """Each format that publishers use gives its reviews, gzipped or not."""
    data = fixture(name)
    items = read(gzip.compress(data) if packed else data)
    assert claims(items) == found
    assert reasons(items) == why


def test_references_in_a_graph_are_followed() -> None:
    """Author, publisher and speaker may stand elsewhere in the graph, also after the review."""
    (found,) = read(fixture("graph.json"))
    assert isinstance(found, ReviewedClaim)
    assert (found.review.source.publisher, found.review.source.author, found.speaker) == (
        "Faktisk",
        "Ann Olsen",
        "Kari",
    )
    assert found.language == "nb"
    assert found.review.verdict is Verdict.FALSE


def test_answers_of_googles_are_understood() -> None:
    """Claimant, date, publisher and rating are found where the Fact Check Tools API has them."""
    first, second = read(fixture("answer.json"))
    assert isinstance(first, ReviewedClaim)
    assert isinstance(second, ReviewedClaim)
    assert (first.speaker, first.claim_date, first.language) == ("A video", "2021-03-04", "en")
    assert (first.review.source.publisher, first.review.verdict) == ("PolitiFact", Verdict.FALSE)
    assert (second.review.source.publisher, second.review.verdict) == ("snopes.com", Verdict.UNRATED)


def test_microdata_is_understood() -> None:
    """Microdata gives the same fields, with what an itemref refers to."""
    (found,) = read(fixture("microdata.html"))
    assert isinstance(found, ReviewedClaim)
    assert found.review.source.url == "https://micro.example/check"
    assert found.review.source.publisher == "Micro Checks"
    assert (found.review.verdict, found.speaker, found.language) == (Verdict.FALSE, "A cat", "en")


@pytest.mark.parametrize("data", ["[]", "{}", "[1, null]", '{"@graph": []}', '{"@type": "Organization", "name": "x"}'])
def test_a_file_without_reviews_says_so(data: str) -> None:
    """A file that holds no ClaimReview gives one sentence."""
    assert reasons(read(data)) == [("the file", "there is no ClaimReview in it.")]


def test_a_name_that_stands_twice_counts_once() -> None:
    """Of two fields with one name the last counts, as in every browser."""
    text = json.dumps(REVIEW)[:-1] + ', "claimReviewed": "The last one."}'
    assert claims(read(text)) == ["The last one."]


def test_nul_bytes_are_dropped() -> None:
    """NUL bytes in and between entries do no harm."""
    data = json.dumps(REVIEW).replace("cheese.", "che\0ese.").encode()
    assert claims(read(b"[" + data + b",\0" + data + b"]")) == ["The moon is made of cheese."] * 2


def test_a_deeply_nested_review_is_rejected() -> None:
    """What is too deep to be looked through is rejected; the next one goes in."""
    deep = json.dumps(REVIEW)[:-1] + ', "x": ' + "[" * 900 + "]" * 900 + "}"
    found = read(f"[{deep}, {json.dumps(REVIEW)}]")
    assert claims(found) == ["The moon is made of cheese."]
    assert [why for _, why in reasons(found)] == ["is nested too deeply."]


def _check(data: bytes) -> None:
    """Read bytes: whatever they are, all that is said of them is in whole sentences of one line."""
    told: list[str] = []
    try:
        found = read(data)
    except ImportRefused as error:
        found, told = [], [str(error)]
    for item in found:
        told += [item.why] if isinstance(item, Rejected) else item.remarks
        if isinstance(item, ReviewedClaim):
            json.loads(item.review.rest)
            repr(item).encode()
    assert found or told
    assert [text for text in told if not text.endswith(".") or "\n" in text] == []


@given(st.binary(max_size=400) | st.text(alphabet='{}[]",:\\<> a1\n', max_size=200).map(str.encode))
@settings(deadline=None, max_examples=300)
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """Any bytes are refused or read, also with the beginning of JSON or of a page before them."""
    for start in (b"", b"[", b'{"@type": "ClaimReview", "claimReviewed": ', b"<html>", b"\x1f\x8b"):
        _check(start + data)


@given(st.sampled_from(_NAMES), st.integers(0, 2**32), st.integers(1, 8), st.booleans())
@settings(deadline=None, max_examples=400)
def test_no_damage_breaks_the_reader(name: str, seed: int, times: int, packed: bool) -> None:  # noqa: FBT001
    """Published formats with bytes flipped, left out and put in are refused or read."""
    chance = random.Random(seed)
    data = bytearray(gzip.compress(fixture(name), mtime=0) if packed else fixture(name))
    for _ in range(times):
        at = chance.randrange(len(data))
        act = chance.randrange(4)
        if act == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif act == 1:
            del data[at : at + chance.randrange(1, 40)]
        elif act == 2:
            data[at:at] = chance.choice([b'"', b"{", b"}", b"]", b"\\", b"\0", b"<", b"\xff", b"\n"])
        else:
            data[at:at] = data[chance.randrange(len(data)) :][:60]
    _check(bytes(data))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["name", "url", "@id", "@type"]), inner)
        ),
    ),
    st.sampled_from(
        [*REVIEW, "headline", "inLanguage", "publisher", "@id", "@graph", "item", "claimReview", "dateCreated"]
    ),
)
@settings(deadline=None, max_examples=300)
def test_no_value_breaks_a_field(value: Any, name: str) -> None:
    """Any JSON value in any field is tolerated or rejected."""
    _check(json.dumps({**REVIEW, name: value}).encode("utf-8", "surrogatepass"))
