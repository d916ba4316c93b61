from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

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

HEAD = Pack(name="moon", title="The moon", version="1", licence="CC0-1.0", provenance="Made up.")
KEY = SigningKey(bytes(range(32)))
CORE = Path(bot.__file__).with_name("packs") / "core.json"
SIGNED = write_pack(HEAD, [a_fact(), a_fact(slug="moon-rock")], KEY).encode()


def read(content: str | bytes) -> ReadPack:
    """Read a file's content."""
    return read_shared(io.BytesIO(content.encode() if isinstance(content, str) else content))


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
