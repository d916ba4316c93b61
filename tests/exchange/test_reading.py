from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Iterator

import pytest

from bot.domain.fact import Verdict
from bot.exchange.incoming import ReviewedClaim
from bot.exchange.opening import sniff
from bot.exchange.reading import read_reviews
from tests.exchange.readers import REVIEW, TODAY, claims, fixture, made, read, reasons

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


def test_references_stay_in_their_document() -> None:
    """In a file of many graphs, "#a" is somebody else in each; a web address is the same everywhere."""
    review = {"@type": "ClaimReview", "claimReviewed": "C.", "url": "https://x.example/"}
    graphs = [
        [{**review, "author": {"@id": "#a"}}, {"@id": "#a", "name": "First"}],
        [{**review, "author": {"@id": "#a"}}, {"@id": "#a", "name": "Second"}],
        [{**review, "author": {"@id": "#a"}}, {"@id": "#b", "name": "Third"}],
    ]
    lines = [*({"@graph": graph} for graph in graphs), {"@id": "https://a.example/", "name": "Fourth"}]
    lines.append({**review, "author": {"@id": "https://a.example/"}})
    found = read("".join(json.dumps(line) + "\n" for line in lines))
    names = [item.review.source.publisher for item in found if isinstance(item, ReviewedClaim)]
    assert names == ["First", "Second", "x.example", "Fourth"]


def test_a_large_feed_is_read_in_little_memory() -> None:
    """60 MB of reviews are read within 20 MB."""
    count = 15_000

    def parts() -> Iterator[bytes]:
        yield b'{"@context": "https://schema.org", "@graph": ['
        for number in range(count):
            page = f"https://lunar.example/{number}"
            yield json.dumps({**REVIEW, "@id": page, "url": page, "reviewBody": "x" * 3700}).encode() + b",\n"
        yield b"]}"

    kind, stream = sniff(made(parts()))
    tracemalloc.start()
    read_in = sum(isinstance(item, ReviewedClaim) for item in read_reviews(stream, kind, today=TODAY))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert read_in == count
    assert peak < 20_000_000


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
