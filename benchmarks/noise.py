"""Posts that nobody would write: all scripts and planes, marks, markup, addresses, and claims in the middle of it.

Every post is made from a seed and its number alone, so that one which did harm is made again by those two.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from benchmarks.hostile import SCRIPTS, hostile_texts
from bot.cli.messages import ORDINARY
from bot.domain.post import Post

LONGEST = 4000
"""Characters of the longest message that Discord takes. Some posts here are ten times as long."""

_PLANES = (*range(0x0000, 0x3000, 0x100), 0x3000, 0x4E00, 0xAC00, 0xD800, 0xE000, 0xFB00, 0xFE00, 0xFF00)
_HIGHER_PLANES = (0x10000, 0x12000, 0x1D400, 0x1E900, 0x1F000, 0x1F300, 0x1F600, 0x20000, 0x2F800, 0xE0000, 0x10FF00)
_BIDI = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_JOINED = (
    "👩\u200d👩\u200d👧\u200d👦",
    "🏳\ufe0f\u200d🌈",
    "👨🏿\u200d🚀",
    "🇪🇪",
    "🏴\U000e0067\U000e0062\U000e007f",
    "1\ufe0f\u20e3",
    "\u200d",
)
_MARKUP = (
    *("*", "**", "***", "_", "__", "~~", "`", "``", "```", "```py\n", "||", "> ", ">>> ", "\n> ", "# ", "-# ", "- "),
    *("[", "](", ")", "<", ">", "\\", "\n", " ", "<@1>", "<@&2>", "<#3>", "<:a:4>", "<t:5:R>", "</a:6>", "@everyone"),
)
_BRACKETS = (('"', '"'), ("“", "”"), ("«", "»"), ("'", "'"), ("||", "||"), ("`", "`"), ("```", "```"), ("> ", "\n"))
_ADDRESSES = (
    *("https://", "http://", "HTTPS://", "<https://", "at://", "www.", "//"),
    *(
        "x.com/a/status/1",
        "youtu.be/x?t=1",
        "web.archive.org/web/2/",
        "google.com/url?q=",
        "пример.рф/",
        "a.b.c.d/",
        "[::1]:80/",
    ),
    *("%2F", "%", "%zz", "?a=b", "&utm_source=c", "#d", "/amp", "/../", ":99999", "@", "\u202e", "ß", " ", ".,;"),
)


@dataclass(frozen=True, slots=True)
class Noise:
    """A post, and what kind of post it is."""

    kind: str
    post: Post


def noise(seed: int, number: int, wordings: Sequence[str]) -> Noise:
    """Return the post of a number; ``wordings`` are of facts, for those that hold a claim."""
    chance = Random(f"{seed}:{number}")  # noqa: S311 -- the same on every run
    kind = chance.choices(KINDS, weights=_WEIGHTS)[0]
    text = _KINDS[kind][1](chance, _length(chance), wordings)
    shared: tuple[str, ...] = ()
    if chance.random() < 0.05:
        shared = tuple(_words(chance, _length(chance), wordings) for _ in range(chance.randint(1, 4)))
    return Noise(kind, Post(text, shared))


def _length(chance: Random) -> int:
    """Return a length: mostly that of a chat message, now and then the longest, and beyond it."""
    if chance.random() < 0.01:
        return LONGEST * chance.choice((1, 1, 1, 10))
    return int(2 ** chance.uniform(1, 9))


def _ordinary(chance: Random, _length: int, _wordings: Sequence[str]) -> str:
    return f"{chance.choice(ORDINARY)} {chance.randrange(10_000)}"


def _words(chance: Random, length: int, wordings: Sequence[str]) -> str:
    source = f"{chance.choice(ORDINARY)} {SCRIPTS} {chance.choice(wordings)}".split()
    return _of(chance, length, [f"{word} " for word in source])


def _scripts(chance: Random, length: int, _wordings: Sequence[str]) -> str:
    blocks = chance.choices((*_PLANES, *_HIGHER_PLANES), k=3)
    letters = [chr(min(block + chance.randrange(0x100), 0x10FFFF)) for block in blocks for _ in range(8)]
    return _of(chance, length, [*letters, " "])


def _marks(chance: Random, length: int, _wordings: Sequence[str]) -> str:
    return _of(chance, length, [chance.choice("aeounאا가"), *chance.choices(_combining(), k=6)])


def _hidden(chance: Random, length: int, wordings: Sequence[str]) -> str:
    return _of(chance, length, [*_BIDI, "\u200b", "\ufeff", "\x00", "\ufdfa", *chance.choice(wordings)[:40]])


def _emoji(chance: Random, length: int, _wordings: Sequence[str]) -> str:
    return _of(chance, length, [*_JOINED, " ", "ok "])


def _markup(chance: Random, length: int, wordings: Sequence[str]) -> str:
    return _of(chance, length, [*_MARKUP, *(f"{word} " for word in chance.choice(wordings).split())])


def _nested(chance: Random, length: int, wordings: Sequence[str]) -> str:
    text = chance.choice(wordings)
    while len(text) < length:
        before, after = chance.choice(_BRACKETS)
        text = f"{before}{text}{after if chance.random() < 0.9 else ''}"
    return text


def _addresses(chance: Random, length: int, _wordings: Sequence[str]) -> str:
    return _of(chance, length, _ADDRESSES)


def _long_words(chance: Random, length: int, _wordings: Sequence[str]) -> str:
    return _of(chance, length, [chance.choice(("a", "É", "-", "'", "ſ", "1", "你")) * 50, "'", "-1", "."])


def _numbers(chance: Random, length: int, _wordings: Sequence[str]) -> str:
    digits = [chr(code) for code in chance.choices(_digits(), k=12)]
    return _of(chance, length, [*digits, ",", ".", ":", " ", "½", "²", "Ⅷ", "一", "%"])


def _claim(chance: Random, length: int, wordings: Sequence[str]) -> str:
    """Return a wording of a fact, changed a little and put among other words."""
    text = chance.choice(wordings)
    for _ in range(chance.randint(0, 3)):
        at, other = chance.randrange(len(text)), chance.choice((*_BIDI, *_MARKUP, "e", "not ", "?", "\u0301"))
        text = text[:at] + other + text[at + chance.randint(0, 2) :]
    around = [make for make in (_ordinary, _markup, _hidden, _emoji) if chance.random() < 0.25]
    return "\n".join([*(make(chance, min(length, 60), wordings) for make in around), text])


def _pumped(chance: Random, length: int, wordings: Sequence[str]) -> str:
    return chance.choice(list(hostile_texts(chance.choice(wordings), length).values()))


def _of(chance: Random, length: int, parts: Sequence[str]) -> str:
    # A handful of parts, chosen anew for each post, makes both repetition and mixture likely.
    few = chance.choices(parts, k=chance.randint(1, min(len(parts), 12)))
    mean = max(sum(map(len, few)) // len(few), 1)
    return "".join(chance.choices(few, k=length // mean + 1))[:length]


@cache
def _combining() -> tuple[str, ...]:
    return tuple(chr(code) for code in range(0x20000) if unicodedata.category(chr(code)) in {"Mn", "Me", "Mc"})


@cache
def _digits() -> tuple[int, ...]:
    return tuple(code for code in range(0x20000) if unicodedata.category(chr(code)) in {"Nd", "Nl", "No"})


_KINDS: dict[str, tuple[int, Callable[[Random, int, Sequence[str]], str]]] = {
    "ordinary": (20, _ordinary),
    "mixed words": (8, _words),
    "all scripts": (14, _scripts),
    "combining marks": (8, _marks),
    "hidden characters": (8, _hidden),
    "emoji": (8, _emoji),
    "markup": (10, _markup),
    "nested": (5, _nested),
    "addresses": (8, _addresses),
    "long words": (5, _long_words),
    "numbers": (8, _numbers),
    "a claim, changed": (5, _claim),
    "pumped": (3, _pumped),
}
"""Kinds of posts, how often they come, and what makes them."""

KINDS = tuple(_KINDS)
_WEIGHTS = [weight for weight, _ in _KINDS.values()]
