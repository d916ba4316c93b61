"""A text of any size, seen through a window of a few megabytes, and where an object in it ends."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_CHUNK = 1 << 18
_KEPT = 200
"""Characters before the place of reading that stay in the window, to see how its line is indented."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = (
    (re.compile(rb"[\[{<\s]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[\[{<\s]"), "utf-32-be"),
    (re.compile(rb"[\[{<\s]\0"), "utf-16-le"),
    (re.compile(rb"\0[\[{<\s]"), "utf-16-be"),
)

_STRING = r'(?:[^"\\]++|\\.)*+'
# Possessive: nothing is tried twice, however long a text is.
_NO_BRACE = re.compile(rf'(?:[^"{{}}]++|"{_STRING}")*+', re.DOTALL)
_IN_STRING = re.compile(_STRING, re.DOTALL)
_SAME = re.compile(r"\{+|\}+")


def encoding(start: bytes) -> tuple[str, int]:
    """Return the encoding that the first four bytes of a JSON text or a page tell, and the length of its mark."""
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name, len(mark)
    for pattern, name in _UNMARKED:
        if pattern.match(start):
            return name, 0
    return "utf-8", 0


def chunks(stream: BinaryIO) -> Iterator[str]:
    """Yield a stream's text. Bytes that are no UTF-8 become lone surrogates, so that single entries can be blamed."""
    data = stream.read(_CHUNK)
    while 0 < len(data) < len(codecs.BOM_UTF32_LE) and (more := stream.read(_CHUNK)):
        data += more
    name, mark = encoding(data[:4])
    decoder = codecs.getincrementaldecoder(name)("surrogateescape" if name == "utf-8" else "replace")
    data = data[mark:]
    while data:
        yield decoder.decode(data)
        data = stream.read(_CHUNK)
    yield decoder.decode(b"", final=True)


class Window:
    """The part of a text that is being read: ``text``, the place in it ``at``, and the ``line`` of that place."""

    def __init__(self, parts: Iterator[str]) -> None:
        self._parts = parts
        self.text = ""
        self.at = 0
        self.line = 1

    def more(self) -> bool:
        """Take in another part and let go of what was read; return whether there was one. ``at`` may change."""
        for part in self._parts:
            if part:
                gone = max(0, self.at - _KEPT)
                self.text = self.text[gone:] + part
                self.at -= gone
                return True
        return False

    @property
    def length(self) -> int:
        """How many characters are held from the place of reading on."""
        return len(self.text) - self.at

    def move(self, length: int) -> None:
        """Go on by a number of characters."""
        self.line += self.text.count("\n", self.at, self.at + length)
        self.at += length

    def skip(self, pattern: re.Pattern[str]) -> str:
        """Pass over what a pattern of single characters matches; return the next character, "" at the end."""
        while True:
            found = pattern.match(self.text, self.at)
            if found is not None:
                self.move(found.end() - self.at)
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""


@dataclass(slots=True)
class Braces:
    """Where an object ends, looked for part by part: only its braces count, and none inside a string."""

    depth: int = 0
    in_string: bool = False
    escaped: bool = False

    def end(self, text: str, at: int) -> int | None:
        """Look on in a text from a place; return the place behind the closing brace, or None if it isn't there."""
        while (at := self._brace(text, at)) < len(text):
            run = _SAME.match(text, at)
            count = run.end() - at if run else 0
            if text[at] == "}":
                if count >= self.depth:
                    return at + self.depth
                count = -count
            self.depth += count
            at += abs(count)
        return None

    def _brace(self, text: str, at: int) -> int:
        """Return the place of the next brace outside of strings, or the text's end."""
        if self.in_string:
            at = self._string(text, at)
        while not self.in_string:
            at = _match_end(_NO_BRACE, text, at)
            if at == len(text) or text[at] != '"':
                break
            self.in_string = True
            at = self._string(text, at + 1)
        return at

    def _string(self, text: str, at: int) -> int:
        """Go on to behind a string's closing quote, or to the text's end."""
        if self.escaped and at < len(text):
            at += 1
            self.escaped = False
        at = _match_end(_IN_STRING, text, at)
        self.escaped = at < len(text) and text[at] == "\\"
        self.in_string = at == len(text) or self.escaped
        return len(text) if self.in_string else at + 1


def _match_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
