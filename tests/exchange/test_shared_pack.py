from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.signing import SigningKey

import bot
from bot.domain.errors import ImportRefused
from bot.domain.fact import Citation, Fact, Source
from bot.domain.pack import Pack, Signature
from bot.exchange.incoming import ReadPack
from bot.exchange.pack import parse_pack, read_head
from bot.exchange.pack_out import write_pack
from bot.exchange.shared_pack import read_shared
from bot.exchange.signing import public_key
from tests.builders import A_SOURCE, a_fact
from tests.exchange.sound_facts import collections, mutated, one_sentence
from tests.exchange.test_pack import PACK

HEAD = Pack(name="moon", title="The moon", version="1", licence="CC0-1.0", provenance="Made up.")
KEY = SigningKey(bytes(range(32)))
CORE = Path(bot.__file__).with_name("packs") / "core.json"
SIGNED = write_pack(HEAD, [a_fact(), a_fact(slug="moon-rock")], KEY).encode()


def read(content: str | bytes) -> ReadPack:
    """Read a file's content."""
    return read_shared(io.BytesIO(content.encode() if isinstance(content, str) else content))


def said(data: object) -> ReadPack:
    """Read a pack's JSON."""
    return read(json.dumps(data))


@given(collections(), st.sampled_from([None, KEY]))
@settings(deadline=None)
def test_what_is_written_is_read(facts: list[Fact], key: SigningKey | None) -> None:
    """Each fact is equal, drafts and reviews included, and the signature holds."""
    pack = read(write_pack(HEAD, facts, key))
    assert pack.rejected == ()
    assert list(pack.facts) == facts
    signed = (Signature.NONE, None) if key is None else (Signature.VALID, public_key(key))
    assert (pack.signature, pack.pack.key) == signed
    assert replace(pack.pack, key=None) == HEAD


def test_the_core_pack_is_written_as_it_stands() -> None:
    """Byte by byte: what is exported can be compared with what was imported."""
    text = CORE.read_text(encoding="utf-8")
    head, _ = read_head(json.loads(text))
    facts = parse_pack(json.loads(text))
    assert write_pack(head, facts, None) == text
    assert read(text) == ReadPack(head, Signature.NONE, tuple(facts))


def test_what_a_store_adds_to_a_fact_is_no_part_of_a_pack() -> None:
    """Versions, tests and servers stay at home."""
    kept = a_fact()
    stored = replace(kept, version=7, retired=True, failed_tests=("x",), guild_id=1, overrides="y")
    assert write_pack(HEAD, [stored], None) == write_pack(replace(HEAD, key="x"), [kept], None)


def test_two_sources_of_one_key_get_two_keys() -> None:
    """The later one gives way, and takes no key that another has."""
    sources = [Source(key, "P", title, "https://a.example/") for key, title in (("a", "1"), ("a", "2"), ("a-2", "3"))]
    facts = [a_fact(slug=f"s{n}", citations=(Citation(one, "q"),)) for n, one in enumerate((*sources, sources[1]))]
    keys = [fact.citations[0].source.key for fact in read(write_pack(HEAD, facts, None)).facts]
    assert keys == ["a", "a-3", "a-2", "a-3"]


def test_a_pack_of_no_facts_is_a_pack() -> None:
    """A publisher may take all of them back."""
    assert read(write_pack(HEAD, [], KEY)).facts == ()


def test_a_tampered_pack_is_read_and_said_to_be_one() -> None:
    """It names no signer: nobody vouches for it."""
    pack = read(SIGNED.replace(b"made of rock", b"made of Rock"))
    assert (pack.signature, pack.pack.key, len(pack.facts)) == (Signature.BROKEN, None, 2)


def test_a_byte_order_mark_is_no_fault() -> None:
    """Editors on Windows leave one."""
    assert read(b"\xef\xbb\xbf" + SIGNED).signature is Signature.VALID


def test_a_fact_without_phrasings_is_fine() -> None:
    """Servers write such; only our own packs must have one."""
    fact = a_fact(phrasings=())
    assert read(write_pack(HEAD, [fact], None)).facts == (fact,)


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
    (_fact("topics", [str(n) for n in range(41)]), "a fact has 40 topics at most, and this one 41."),
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


@given(mutated(SIGNED) | mutated(CORE.read_bytes()[:6000]) | st.binary(max_size=200))
@settings(deadline=None, max_examples=300)
def test_no_file_is_worse_than_refused(content: bytes) -> None:
    """Whatever comes, the answer is a sentence, and no changed fact comes in as a signed one."""
    refused = ""
    try:
        pack = read(content)
    except ImportRefused as error:
        refused = str(error)
    if refused:
        assert one_sentence(refused)
        return
    assert all(one_sentence(one.why) for one in pack.rejected)
    if pack.signature is Signature.VALID:
        assert pack.facts == (a_fact(), a_fact(slug="moon-rock"))


def test_dates_of_sources_come_back() -> None:
    """A source is more than its address."""
    source = replace(A_SOURCE, retrieved=date(2026, 1, 2), archive_url="https://archive.example/1", note="A copy.")
    fact = a_fact(citations=(Citation(source, "q"),))
    assert read(write_pack(HEAD, [fact], None)).facts[0].citations[0].source == source
