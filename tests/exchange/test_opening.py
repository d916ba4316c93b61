from __future__ import annotations

import gzip
import io
import json

import pytest

from bot.domain.errors import ImportRefused
from bot.exchange.opening import CountingReader, Kind, sniff
from bot.exchange.reading import read_reviews
from tests.exchange.readers import REVIEW, TODAY, claims, fixture, read, reasons


class _Pipe(io.RawIOBase):
    """A stream that can't be rewound and gives a few bytes at a time."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object, /) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self._data.read(min(len(view), 3))
        view[: len(data)] = data
        return len(data)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b' \n{"a": 1}', Kind.JSON),
        (b"\xef\xbb\xbf[]", Kind.JSON),
        ("[]".encode("utf-16"), Kind.JSON),
        (b'<script type="application/ld+json">{"a": 1}</script>', Kind.JSON),
        (b"\n<!doctype html><html>", Kind.HTML),
        (b'<script src="x.js"></script><p>', Kind.HTML),
        (b"claim,verdict\n", Kind.CSV),
        (b'{"name": "x", "format" : "footnote-pack/1"}', Kind.PACK),
        (b'{"name": "x", "format" : "other"}', Kind.JSON),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_beginning_tells_the_kind(data: bytes, kind: Kind, packed: bool) -> None:  # noqa: FBT001
    """What a file is stands at its beginning, gzipped or not, and no byte of it is lost."""
    found, stream = sniff(_Pipe(gzip.compress(data) if packed else data))  # type: ignore[arg-type]
    assert found is kind
    assert stream.read() == data


def _packed(data: bytes) -> bytes:
    """Return data gzipped, without the time: tests are told apart by their parameters."""
    return gzip.compress(data, mtime=0)


@pytest.mark.parametrize(
    "data",
    [b"", _packed(b""), b"PK\x03\x04rest", _packed(_packed(b"[]")), b"%PDF-1.7", b"\x1f\x8b\x08"],
)
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    """Empty files, archives and what is packed twice are refused in one sentence."""
    with pytest.raises(ImportRefused, match=r"^[^\n]*\.$"):
        sniff(io.BytesIO(data))


def test_a_damaged_gzip_file_gives_what_came_before() -> None:
    """The entries before the damage go in, and one sentence tells of it."""
    whole = gzip.compress(json.dumps([{**REVIEW, "url": f"https://a.example/{n}"} for n in range(5000)]).encode())
    for data in (whole[: len(whole) // 2], whole[:-4] + b"\1\2\3\4"):
        found = read(data)
        assert len(claims(found)) > 1000
        assert reasons(found) == [("the file", "the gzip file is damaged; what came before it was read.")]


def test_unpacking_is_limited() -> None:
    """No more is unpacked than allowed, and what is left out is told."""
    data = gzip.compress(b"[" + json.dumps(REVIEW).encode() + b" " * 5_000_000)
    kind, stream = sniff(io.BytesIO(data), limit=1 << 20)
    found = list(read_reviews(stream, kind, today=TODAY))
    assert claims(found) == [REVIEW["claimReviewed"]]
    assert reasons(found) == [("the file", "the file unpacks to more than 1 MB; the rest was left out.")]


def test_raw_bytes_are_counted() -> None:
    """A progress bar can ask how much of the packed file was read."""
    data = gzip.compress(fixture("feed.json"))
    counting = CountingReader(io.BytesIO(data))
    _, stream = sniff(counting)  # type: ignore[arg-type]
    stream.read()
    assert counting.consumed == len(data)
