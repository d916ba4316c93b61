from __future__ import annotations

import gzip
import json
import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import ImportRefused
from bot.exchange.incoming import Rejected, ReviewedClaim
from tests.exchange.readers import FIXTURES, REVIEW, fixture, read

_NAMES = sorted(path.name for path in FIXTURES.iterdir())


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
