"""What a file is, told by its beginning, and a stream to read it from; the file itself need not be seekable."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from enum import StrEnum
from typing import Any, BinaryIO, cast

from bot.domain.errors import ImportRefused
from bot.exchange.json_window import encoding

MOST_BYTES = 4 << 30
"""What a file may unpack to."""

_BEGINNING = 1 << 16
_GZIP = b"\x1f\x8b"
_OTHERS = {
    b"PK\x03\x04": "a zip file; unpack it, and give the file in it (a spreadsheet is saved as CSV)",
    b"PK\x05\x06": "an empty zip file",
    b"BZh": "a bzip2 file; unpack it first",
    b"\xfd7zXZ\0": "an xz file; unpack it first",
    b"\x28\xb5\x2f\xfd": "a zstd file; unpack it first",
    b"7z\xbc\xaf\x27\x1c": "a 7z file; unpack it first",
    b"%PDF": "a PDF file; facts are read from JSON, HTML or CSV",
    b"SQLite format 3\0": "a database; facts are read from JSON, HTML or CSV",
}

_PACK = re.compile(r'"format"\s*:\s*"footnote-pack/')
_SCRIPT = re.compile(r"<script\b[^<>]*\bld\+json[^<>]*>\s*[{\[]", re.IGNORECASE)


class Kind(StrEnum):
    """What a file is."""

    JSON = "json"
    HTML = "html"
    CSV = "csv"
    PACK = "pack"


class CountingReader(io.RawIOBase):
    """Pass a stream on, and count in ``consumed`` the bytes that were read of it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.consumed = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Read some bytes into a buffer."""
        view = memoryview(buffer)
        data = self._stream.read(len(view))
        view[: len(data)] = data
        self.consumed += len(data)
        return len(data)


class Opened(io.BufferedReader):
    """A file's bytes, unpacked. ``trouble`` says, once it was read, why it couldn't be read to its end."""

    def __init__(self, raw: _Bytes) -> None:
        super().__init__(raw, _BEGINNING)
        self._bytes = raw

    @property
    def trouble(self) -> str | None:
        """Return why the stream ended too early, as a sentence without its place, or None."""
        return self._bytes.trouble


class _Bytes(io.RawIOBase):
    """A stream's bytes, beginning with those that were already read; if packed, at most so many."""

    def __init__(self, stream: BinaryIO, beginning: bytes, limit: int | None) -> None:
        whole = cast("BinaryIO", _Joined(stream, beginning))
        # A whole read would lose what came before damage, where one part at a time keeps it.
        self._part = whole.read if limit is None else gzip.GzipFile(fileobj=whole).read1
        self._limit = limit
        self._read = 0
        self.trouble: str | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer)
        filled = 0
        while filled < len(view) and (data := self._some(len(view) - filled)):
            view[filled : filled + len(data)] = data
            filled += len(data)
        return filled

    def _some(self, most: int) -> bytes:
        if self.trouble is not None:
            return b""
        try:
            data = self._part(most)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self.trouble = "the gzip file is damaged; what came before it was read."
            return b""
        if self._limit is not None and self._read + len(data) > self._limit:
            data = data[: self._limit - self._read]
            self.trouble = f"the file unpacks to more than {_size(self._limit)}; the rest was left out."
        self._read += len(data)
        return data


class _Joined(io.RawIOBase):
    """Bytes that were already read, and then those of a stream."""

    def __init__(self, stream: BinaryIO, beginning: bytes) -> None:
        self._stream = stream
        self._beginning = beginning

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if not self._beginning:
            return self._stream.read(size)
        data, self._beginning = self._beginning[:size], self._beginning[size:]
        return data


def sniff(stream: BinaryIO, *, limit: int = MOST_BYTES) -> tuple[Kind, Opened]:
    """Tell what a file is, and return a stream of its bytes from the beginning, unpacked.

    Args:
        stream: The file; it is only read forward.
        limit: How many bytes it may unpack to.

    Raises:
        ImportRefused: It is empty, or something that can't be read.
    """
    beginning = _first(stream)
    packed = beginning.startswith(_GZIP)
    opened = Opened(_Bytes(stream, beginning, limit if packed else None))
    start = opened.peek(_BEGINNING)
    if not start:
        raise ImportRefused("The gzip file is damaged." if opened.trouble else "The file is empty.")
    for magic, what in {**_OTHERS, _GZIP: "packed twice; unpack it first"}.items():
        if start.startswith(magic):
            raise ImportRefused(f"This is {what}.")
    return _kind(start), opened


def _first(stream: BinaryIO) -> bytes:
    data = b""
    while len(data) < len(_GZIP) and (more := stream.read(_BEGINNING)):
        data += more
    return data


def _kind(start: bytes) -> Kind:
    name, mark = encoding(start[:4])
    text = start[mark:].decode(name, "replace").lstrip("\ufeff\0 \t\r\n\f\v")
    if text[:1] in ("{", "["):
        return Kind.PACK if _PACK.search(text) else Kind.JSON
    if text[:1] == "<":
        return Kind.JSON if _SCRIPT.match(text) else Kind.HTML
    return Kind.CSV


def _size(count: int) -> str:
    for power, unit in ((30, "GB"), (20, "MB"), (10, "kB")):
        if count >= 1 << power:
            return f"{count >> power} {unit}"
    return f"{count} bytes"
