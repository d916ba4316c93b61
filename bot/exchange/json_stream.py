"""The entries of a JSON document of any size, one after the other; a damaged one doesn't stop the others.

Understood are a list, an object, an object around a list (a graph, a data feed, an answer of Google's), objects one
after the other (JSON lines), and lines that wrap each object in a script tag. What stands between the entries
(brackets, commas, tags) is passed over; so what can be read is read, also behind damage.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.errors import ImportRefused
from bot.exchange.incoming import Rejected
from bot.exchange.json_object import ENDS, LIMIT, UNSOUND, Measured, close, measured, pass_over, tried
from bot.exchange.json_window import Braces, Window

LIST_KEYS = ("@graph", "dataFeedElement", "itemListElement", "claims", "claimReview")
"""What an object around the entries calls their list."""

_HEADER = 1 << 16
_SCALAR = 200
_GUESSES = 50
"""How often damage may hide an entry's end; each time takes a look at up to a million characters."""

_BETWEEN = re.compile(r"[\s,\ufeff\0]+")
_TAG = re.compile(r"</?script\b[^<>]{0,1000}>", re.IGNORECASE)
_OTHER = re.compile(r"[^{\[\]\n]+")
_LIST = re.compile(rf'"({"|".join(LIST_KEYS)})"\s*:\s*\[')


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry and its place; if it stands in an object's list, the list's ``key`` and the object's other fields.

    ``siblings`` is the whole list where it is small; entries may refer to one another.
    """

    place: str
    value: object
    key: str | None = None
    envelope: Mapping[str, Any] = field(default_factory=dict)
    siblings: list[Any] = field(default_factory=list)


def file_place(number: int, line: int) -> str:
    """Return where an entry stands in a file."""
    return f"entry {number} (line {line})"


def entries(window: Window, place: Callable[[int, int], str] = file_place) -> Iterator[Entry | Rejected]:
    """Yield the entries of a JSON text, and what is none.

    Args:
        window: The text.
        place: Makes an entry's place of its number and its line.

    Raises:
        ImportRefused: There is nothing in it, or it begins as no JSON does.
    """
    sign = window.skip(_BETWEEN)
    if not sign:
        raise ImportRefused("The file is empty.")
    if sign not in '{[<"':
        raise ImportRefused("The file is no JSON: that begins with a bracket.")
    yield from _Reader(window, place).read()


@dataclass(slots=True)
class _Reader:
    window: Window
    place: Callable[[int, int], str]
    number: int = 0
    open: int = 0
    guesses: int = 0
    key: str | None = None
    envelope: Mapping[str, Any] = field(default_factory=dict)
    siblings: list[Any] = field(default_factory=list)
    owed: Rejected | None = None
    """What to say of a damaged envelope at its end, unless one of its entries was blamed."""

    def read(self) -> Iterator[Entry | Rejected]:
        cut = False
        while self.guesses <= _GUESSES and (sign := self.window.skip(_BETWEEN)):
            for found in self._object() if sign == "{" else self._other(sign):
                if isinstance(found, Rejected):
                    self.owed = None
                    cut = found.why == ENDS
                yield found
        if self.guesses > _GUESSES:
            yield Rejected(self._next_place(), "the file is too damaged; the rest was left out.")
        elif self.open and not cut:
            yield Rejected(self._next_place(), ENDS)

    def _next_place(self) -> str:
        self.number += 1
        return self.place(self.number, self.window.line)

    def _other(self, sign: str) -> Iterator[Entry | Rejected]:
        if sign == "[":
            self.open += 1
            self.window.move(1)
        elif sign == "]" and self.open:
            self.open -= 1
            self.window.move(1)
            if not self.open and self.key is not None:
                yield from self._leave()
        elif not (sign == "<" and self._tag()):
            yield from self._scalar()

    def _tag(self) -> bool:
        if ">" not in self.window.text[self.window.at :][:_HEADER]:
            self.window.more()
        found = _TAG.match(self.window.text, self.window.at)
        if found is not None:
            self.window.move(len(found.group()))
        return found is not None

    def _scalar(self) -> Iterator[Entry | Rejected]:
        """Take a text, a number or a word; what is none is passed over up to the next bracket or line."""
        place, window = self._next_place(), self.window
        if window.length < _SCALAR:
            window.more()
        outcome = tried(window.text, window.at)
        while outcome.error and window.text[window.at] == '"' and window.length <= LIMIT and window.more():
            outcome = tried(window.text, window.at)
        if outcome.error is None:
            window.move(outcome.length)
            yield Entry(place, outcome.value)
        else:
            yield Rejected(place, UNSOUND)
            window.move(1)
            window.skip(_OTHER)

    def _object(self) -> Iterator[Entry | Rejected]:
        place = self._next_place()
        found = measured(self.window)
        if not self.open and (listed := self._list(found)) is not None:
            self._enter(found, listed)
            self.owed = Rejected(place, UNSOUND) if found.fault == UNSOUND else None
        elif found.fault is None:
            pass_over(self.window, found)
            yield Entry(place, found.value, self.key, self.envelope, self.siblings)
        else:
            yield Rejected(place, found.fault)
            self.guesses += found.guessed
            pass_over(self.window, found)

    def _list(self, found: Measured) -> re.Match[str] | None:
        """Return where the list of an object around a list begins, or None where it is an entry itself."""
        end = self.window.at + found.reach
        if found.value is None:
            return _LIST.search(self.window.text, self.window.at, end)
        names = [name for name in LIST_KEYS if isinstance(found.value.get(name), list)]
        if len(names) != 1:
            return None
        listed = re.compile(rf'"{names[0]}"\s*:\s*\[')
        return listed.search(self.window.text, self.window.at, end)

    def _enter(self, found: Measured, listed: re.Match[str]) -> None:
        self.key = key = listed.group().partition('"')[2].partition('"')[0]
        if found.value is not None:
            self.envelope = {name: value for name, value in found.value.items() if name != key}
            self.siblings = found.value[key]
        else:
            self.envelope = _header(self.window.text[self.window.at : listed.start()][: _HEADER + 1])
        self.window.move(listed.end() - self.window.at)
        self.number -= 1
        self.open = 1

    def _leave(self) -> Iterator[Rejected]:
        """Pass over what an envelope says after its list."""
        self.key, self.envelope, self.siblings = None, {}, []
        if self.owed is not None:
            yield self.owed
        self.owed = None
        if not close(self.window, Braces(depth=1)):
            yield Rejected(self._next_place(), ENDS)


def _header(text: str) -> dict[str, Any]:
    """Return the fields of an envelope that stand before its list, as far as they are small and sound."""
    if len(text) > _HEADER:
        return {}
    outcome = tried(text.rstrip().rstrip(",") + "}", 0)
    return outcome.value if outcome.error is None else {}
