from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.errors import ImportRefused
from bot.exchange.incoming import ReadPack
from bot.exchange.shared_pack import read_shared
from tests.exchange.sound_facts import one_sentence
from tests.exchange.test_pack import PACK


def read(content: bytes) -> ReadPack:
    """Read a file's content."""
    return read_shared(io.BytesIO(content))


def said(data: object) -> ReadPack:
    """Read a pack's JSON."""
    return read(json.dumps(data).encode())


Change = Callable[[dict[str, Any]], object]


def _head(name: str, value: object) -> Change:
    return lambda pack: pack.__setitem__(name, value)


REFUSED: list[tuple[Change, str]] = [
    (_head("format", "footnote-pack/2"), 'pack: format must be "footnote-pack/1".'),
    (_head("name", "The Moon"), "pack: name must be lower-case words joined by single hyphens."),
    (_head("name", "m" * 61), "pack: name is 61 characters; 60 at most."),
    (_head("name", None), "pack: name is missing."),
    (_head("name", "moon\n"), "pack: name must be lower-case words joined by single hyphens."),
    (_head("title", "m" * 301), "pack: title is 301 characters; 300 at most."),
    (_head("version", "1" * 41), "pack: version is 41 characters; 40 at most."),
    (_head("version", 1), "pack: version must be a text, not a number."),
    (_head("licence", " "), "pack: licence is blank."),
    (_head("provenance", {}), "pack: provenance must be a text, not an object."),
    (_head("facts", {}), "pack: facts must be a list."),
    (_head("facts", [0] * 200_001), "pack: it holds 200001 facts; 200000 at most."),
    (_head("sources", None), "sources must be an object, not null."),
    (_head("mood\n" * 99, 1), 'pack: there is no field "mood mood'),
]


@pytest.mark.parametrize(("change", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_a_pack_whose_head_is_unsound_is_refused(change: Change, why: str) -> None:
    """Nobody could say what it is."""
    data = copy.deepcopy(PACK)
    change(data)
    with pytest.raises(ImportRefused) as caught:
        said(data)
    assert str(caught.value).startswith(why)
    assert one_sentence(str(caught.value))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "The file is not sound JSON: Expecting value"),
        (b"\xff\xfe{\0}\0", "The file is not UTF-8."),
        (b"[" * 900_000, "The file is not sound JSON: it is nested too deeply."),
        (b'{"a": NaN}', "The file is not sound JSON: NaN is no number."),
        (b'{"a\\n\\u2028b": 1, "a\\n\\u2028b": 1}', 'The file is not sound JSON: the name "a b" stands twice'),
        (b'{"%b": 1, "%b": 1}' % ((b"x" * 5_000_000,) * 2), 'The file is not sound JSON: the name "xxx'),
        (b"[]", "pack must be an object, not a list."),
        (b'"' + b"x" * 50_000_000 + b'"', "pack must be an object, not a text."),
    ],
    ids=range(8),
)
def test_a_file_that_is_no_pack_is_refused(content: bytes, why: str) -> None:
    """In one sentence, whatever it holds."""
    with pytest.raises(ImportRefused) as caught:
        read(content)
    assert str(caught.value).startswith(why)
    assert one_sentence(str(caught.value))


def test_a_file_that_is_too_large_is_refused() -> None:
    """No more of it than that is read."""
    stream = io.BytesIO(b" " * 3_000_000)
    with pytest.raises(ImportRefused, match=r"^The file is larger than 1 MB\.$"):
        read_shared(stream, limit=1024**2)
    assert stream.tell() == 1024**2 + 1


def _fact(name: str, value: object) -> Change:
    return lambda pack: pack["facts"][0].__setitem__(name, value)


def _source(name: str, value: object) -> Change:
    return lambda pack: pack["sources"]["atlas"].__setitem__(name, value)


REVIEW = {"source": "atlas", "claim": "Cheese!", "verdict": "false"}
MISS = {"text": "x", "kind": "k"}
REJECTED: list[tuple[Change, str]] = [
    (_fact("slug", "a" * 101), "the slug must be lower-case words joined by single hyphens, of 100 characters"),
    (_fact("slug", "a\nb"), "the slug must be lower-case words"),
    (_fact("claim", "a\0b"), "claim holds a NUL character."),
    (_fact("claim", "x" * 30_000_000), "claim is 30000000 characters; 300 at most."),
    (_fact("correction", ""), "correction is blank."),
    (_fact("correction", "x" * 281), "correction is 281 characters; 280 at most."),
    (_fact("true_statement", "x" * 1001), "true_statement is 1001 characters; 1000 at most."),
    (_fact("phrasings", ["x" * 301]), "one of the phrasings has 301 characters; 300 at most."),
    (_fact("phrasings", [str(n) for n in range(41)]), "a fact has 40 phrasings at most, and this one 41."),
    (_fact("near_misses", [{**MISS, "kind": "k" * 41}]), "“kkk"),
    (_fact("near_misses", [{**MISS, "text": str(n)} for n in range(41)]), "a fact has 40 near misses at most"),
    (_fact("near_misses", [MISS, MISS]), '"x" says the same as "x".'),
    (_fact("citations", []), "a fact needs a citation."),
    (_fact("citations", [{"source": "atlas", "quote": "q"}] * 11), "a fact has 10 citations at most, and this one 11."),
    (_fact("citations", [{"source": "atlas", "quote": "q" * 1001}]), "citations[0]: quote is 1001 characters; 1000"),
    (_fact("citations", [{"source": [], "quote": "q"}]), "citations[0]: source must be a text, not a list."),
    (_fact("citations", [{"source": "m\nap", "quote": "q"}]), 'citations[0]: the source "m ap" is not among'),
    (_fact("verdict", "x\n\u2028" * 1000), 'the verdict "x x'),
    (_fact("verdict_label", "x" * 301), "verdict_label is 301 characters; 300 at most."),
    (_fact("speaker", "x" * 301), "speaker is 301 characters; 300 at most."),
    (_fact("context", "x" * 301), "context is 301 characters; 300 at most."),
    (_fact("language", "English"), 'the language must be two or three lower-case letters, such as "en".'),
    (_fact("claim_date", "yester\nday" * 1000), 'claim_date is "yester day'),
    (_fact("topics", [str(n) for n in range(41)]), "there are 40 topics at most, and here 41."),
    (_fact("topics", ["x" * 301]), "topics[0] is 301 characters; 300 at most."),
    (_fact("appearances", ["javascript:alert(1)"]), "appearances[0] is no web address"),
    (_fact("review_by", "0001-01-01"), "review_by is before as_of."),
    (_fact("mood", 1), 'there is no field "mood"'),
    (_fact("reviews", [REVIEW] * 51), "a fact has 50 reviews at most, and this one 51."),
    (_fact("reviews", [{**REVIEW, "label": "x" * 1001}]), "reviews[0]: label is 1001 characters; 1000 at most."),
    (_fact("reviews", [{**REVIEW, "rest": {"x": "y" * 20_000}}]), "reviews[0]: rest is 20008 characters; 20000 at"),
    (_source("url", "https://a.example/" + "x" * 450), "citations[0]: url is 468 characters; 450 at most."),
    (_source("url", "https://a.example@evil.example"), 'sources[atlas]: url is "https://a.example@evil.example"; a'),
    (_source("title", "x" * 301), "citations[0]: title is 301 characters; 300 at most."),
    (_source("mood", 1), 'sources[atlas]: there is no field "mood"'),
    (_source("publisher", None), "sources[atlas]: publisher is missing."),
    (_head("sources", {"atlas": 3}), "sources[atlas] must be an object, not a number."),
]


@pytest.mark.parametrize(("change", "why"), REJECTED, ids=[why for _, why in REJECTED])
def test_a_fault_rejects_the_fact_alone(change: Change, why: str) -> None:
    """The others come in."""
    data = copy.deepcopy(PACK)
    data["sources"]["chart"] = {"publisher": "P", "title": "T", "url": "https://a.example/"}
    data["facts"].append({**data["facts"][0], "slug": "good", "citations": [{"source": "chart", "quote": "q"}]})
    change(data)
    data["sources"].setdefault("chart", {"publisher": "P", "title": "T", "url": "https://a.example/"})
    pack = said(data)
    assert [fact.slug for fact in pack.facts] == ["good"]
    (rejected,) = pack.rejected
    assert rejected.place.startswith("facts[0] (")
    assert rejected.place.isprintable()
    assert rejected.why.startswith(why)
    assert one_sentence(rejected.why)


def test_the_second_fact_of_a_slug_is_rejected() -> None:
    """So is what is no fact at all, at its place."""
    data = {**PACK, "facts": [PACK["facts"][0], PACK["facts"][0], 7, {"slug": 5}]}
    assert [(one.place, one.why) for one in said(data).rejected] == [
        ("facts[1] (moon-cheese)", "another fact has this slug."),
        ("facts[2]", "a fact must be an object, not a number."),
        ("facts[3]", "slug must be a text, not a number."),
    ]


def test_a_draft_needs_a_review() -> None:
    """Then its correction, true statement and citations may be left to whoever takes it in."""
    data = copy.deepcopy(PACK)
    data["facts"][0].update(correction="", citations=[])
    del data["facts"][0]["true_statement"]
    assert [one.why for one in said(data).rejected] == ["correction is blank."]
    data["facts"][0]["reviews"] = [REVIEW]
    (fact,) = said(data).facts
    assert fact.draft
    assert fact.true_statement == ""
    assert fact.reviews[0].source.title == "An Atlas"
