"""Find regular expressions whose time grows faster than the text: each is pumped with repeats of its own parts."""

from __future__ import annotations

import importlib
import math
import pkgutil
import re
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import bot

STEPS = (1000, 2000, 4000)
"""Characters of the texts; the last is Discord's longest message."""
FASTER = 1.5
"""Exponent from which a pattern is named: 1 is linear, 2 quadratic."""
LIKELY = 1.3
"""Exponent from which it is measured well; a first glance is rough."""
WORTH = 0.002
"""Seconds for the longest text below which a pattern is not looked at further: nobody would notice."""
ENOUGH = 0.05
"""Seconds for which a pattern is tried before it is named: the clock of the processor is coarse."""
ALARM = 1.0
"""Seconds of the processor after which a text is given up: the pattern explodes."""
LESS = {"bot.matching.cues._TAG_QUESTION": 200}
"""Patterns that are given the end of a text alone: so many characters."""
_COMMON = "a \n0"
_ANYWHERE = {"search", "findall", "finditer", "sub", "subn", "split"}


@dataclass(frozen=True, slots=True)
class Named:
    """A compiled pattern, where it stands, and whether the program tries it at every place of a text."""

    where: str
    pattern: re.Pattern[Any]
    anywhere: bool


@dataclass(frozen=True, slots=True)
class Grown:
    """A pattern that grows too fast, with the text that makes it: a lead, and what is repeated."""

    where: str
    exponent: float
    seconds: float
    lead: str
    unit: str

    def __str__(self) -> str:
        text = f"{self.lead!a} + {self.unit!a} * n"
        return f"{self.exponent:.2f}, {1000 * self.seconds:.1f} ms at {STEPS[-1]} characters: {self.where} on {text}"


def growing(names: Iterable[Named] | None = None) -> list[Grown]:
    """Return the patterns of the program that grow too fast, each with the text on which it takes longest."""
    found = (worst(named) for named in (patterns() if names is None else names))
    return sorted(filter(None, found), key=lambda one: -one.seconds)


def patterns() -> list[Named]:
    """Return every compiled pattern that a module of ``bot`` holds, also those in its tables."""
    names = (one.name for one in pkgutil.walk_packages(bot.__path__, "bot."))
    modules = [importlib.import_module(name) for name in names if not name.endswith("__main__")]
    found: dict[int, Named] = {}
    for module in modules:
        for name, value in vars(module).items():
            for pattern in _within(value, 3):
                if id(pattern) not in found:
                    found[id(pattern)] = Named(f"{module.__name__}.{name}", pattern, _tried_anywhere(module, name))
    return list(found.values())


def worst(named: Named) -> Grown | None:
    """Return how a pattern grows on the text on which it grows too fast and takes longest, or None."""
    slowest: Grown | None = None
    longest = LESS.get(named.where, STEPS[-1])
    shortest = longest // 4
    for lead, unit in _pumps(named.pattern):
        if not _suspect(named, lead, unit, longest):
            continue
        shorter, seconds = (_seconds(named, _text(lead, unit, length), ENOUGH) for length in (shortest, longest))
        if seconds == math.inf:
            return Grown(named.where, seconds, seconds, lead, unit)
        exponent = math.log(seconds / shorter) / math.log(longest / shortest)
        if exponent > FASTER and seconds >= max(WORTH, slowest.seconds if slowest else 0):
            slowest = Grown(named.where, exponent, seconds, lead, unit)
    return slowest


def _suspect(named: Named, lead: str, unit: str, longest: int) -> bool:
    """Tell at a glance, on short texts, whether a pattern may grow too fast, and to something worth looking at."""
    short = _seconds(named, _text(lead, unit, longest // 4))
    if short == math.inf:
        return True
    if short * 4**2 < WORTH:
        return False
    shorter = min(_seconds(named, _text(lead, unit, longest // 8)) for _ in range(2))
    return short > shorter * 2**LIKELY


def _within(value: object, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from _within(one, depth - 1)
    elif depth and isinstance(value, dict):
        yield from _within((*value, *value.values()), depth)
    elif depth and is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _within(getattr(value, field.name), depth - 1)


def _tried_anywhere(module: ModuleType, name: str) -> bool:
    """Tell whether a pattern is tried at every place of a text, as the source that uses it says."""
    source = Path(module.__file__ or "").read_text(encoding="utf-8")
    if not name.startswith("_"):
        source = "\n".join(path.read_text(encoding="utf-8") for path in Path(bot.__path__[0]).rglob("*.py"))
    used = set(re.findall(rf"\b{re.escape(name)}\.([a-z]+)\(", source))
    # One in a table has no name where it is used; the tables hold patterns for whole texts.
    return bool(used & _ANYWHERE)


def _pumps(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str]]:
    """Yield leads and units: the pattern's characters and words, alone and in pairs, and after each of its words."""
    chars, words = _parts(pattern)
    units = dict.fromkeys([*chars, *words, *("".join(pair) for pair in product(chars, repeat=2))])
    units |= dict.fromkeys(f"{word}{char}" for word in words for char in chars)
    for unit in units:
        yield "", unit
    for lead, unit in product(words, chars):
        yield lead, unit


def _parts(pattern: re.Pattern[Any]) -> tuple[list[str], list[str]]:
    """Return single characters that a pattern knows, and its stretches of literal text."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    chars: dict[str, None] = dict.fromkeys(_COMMON)
    words: dict[str, None] = {}
    for stretch in re.findall(r"(?:\\[^\w\s]|[^\W\d_]|[-:/<>@#%&='\"!,;.`|*~])+", text):
        word = re.sub(r"\\(.)", r"\1", stretch)
        words[word[:12]] = None
        chars |= dict.fromkeys(char for char in word if not char.isalpha())
    chars |= dict.fromkeys(char for char in text if not char.isalnum() and char not in "\\^$+?{}")
    return list(chars)[:20], list(words)[:10]


def _text(lead: str, unit: str, length: int) -> str:
    return lead + (unit * length)[: length - len(lead)]


def _seconds(named: Named, text: str, least: float = 0.0) -> float:
    """Return the processor's time that a pattern takes on a text: tried as often as ``least`` seconds allow."""
    data: Any = text if isinstance(named.pattern.pattern, str) else text.encode("latin-1", "replace")
    tries, start, took = 0, time.process_time(), 0.0
    try:
        with _alarm():
            while not tries or took < least:
                tries += 1
                if named.anywhere:
                    deque(named.pattern.finditer(data), maxlen=0)
                else:
                    named.pattern.fullmatch(data)
                    named.pattern.match(data)
                took = time.process_time() - start
    except TimeoutError:
        return math.inf
    return took / tries


@contextmanager
def _alarm() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, ALARM)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
