"""Words, stems and numbers of a text: the units that lexical matching counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import snowballstemmer

_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*(?:-\d+)?")
_MAX_WORD = 40
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")

STOP = frozenset(
    # One string reads better than two hundred quoted ones.
    """a about after again all also am an and any are as at be because been before being but by can come could did do
    does doing done down each else ever even every for from further get gets getting go goes going gone got had has
    have having he her here hers him his how i if in into is it its it's itself just know let like lol made make many
    may me might more most much must my myself now of off oh ok on once one only or other our out over own people
    really rt s said same say says see she should since so some still such t than that that's the their them then
    there these they they're thing things this those though through to too u ur under until up us very via was way we
    well were what when where which while who whom why will with would yes yet you your""".split()  # noqa: SIM905
)
"""Words that carry no claim by themselves. Negations are not among them."""

_NUMBER_WORDS = {
    "zero": "0", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "twenty": "20", "thirty": "30", "forty": "40",
    "fifty": "50", "hundred": "100",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """A text's words in order: ``raw`` as written, ``stems`` as compared, and the numbers among them."""

    raw: tuple[str, ...]
    stems: tuple[str, ...]
    numbers: frozenset[str]
    content: frozenset[str]
    """The stems that can carry a claim."""


class _Stemmer:
    """snowballstemmer keeps its state in the object, so that it must not run twice at a time."""

    def __init__(self) -> None:
        self._stemmer = snowballstemmer.stemmer("english")
        self._lock = Lock()

    def stem(self, word: str) -> str:
        with self._lock:
            return str(self._stemmer.stemWord(word))


_stemmer = _Stemmer()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the English Snowball stem of one lower-case word."""
    return _stemmer.stem(word.removesuffix("'s"))


def words(text: str) -> Words:
    """Return the words of a normalised text."""
    raw = tuple(match.group()[:_MAX_WORD] for match in _WORD.finditer(text))
    stems = tuple(_comparable(word) for word in raw)
    content = frozenset(stem for stem, word in zip(stems, raw, strict=True) if word.lower() not in STOP)
    return Words(raw, stems, frozenset(stem for stem in stems if stem[0].isdigit()), content)


def years(numbers: frozenset[str]) -> frozenset[str]:
    """Return those numbers that read as years."""
    return frozenset(number for number in numbers if _YEAR.fullmatch(number))


def amounts(numbers: frozenset[str]) -> frozenset[str]:
    """Return those numbers that don't read as years."""
    return numbers - years(numbers)


def _comparable(word: str) -> str:
    lower = word.lower()
    if lower in _NUMBER_WORDS:
        return _NUMBER_WORDS[lower]
    if lower[0].isdigit():
        return lower.replace(",", "")
    return stem(lower)
