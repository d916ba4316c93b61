"""What happens to a claim on its way into a chat: case, punctuation, quotation, decoration, typing errors. Seeded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType

_LONG_WORD = re.compile(r"[^\W\d_]{5,}")
_LINE = 6
"""Words, where a claim is broken into lines."""

_CHAT = (
    "my train is late again.",
    "ok I'm back, dinner was great.",
    "gg everyone, that was close.",
    "happy friday all 🎉",
    "the new keyboard finally arrived.",
    "I've had four coffees already.",
    "rain all week here.",
    "anyway, see you at eight.",
)


def treat(name: str, text: str) -> str:
    """Return a text after the named treatment; the same text gives the same result on every run."""
    return TREATMENTS[name](text, Random(f"{name}/{text}"))  # noqa: S311 -- nothing secret


def _unpunctuated(text: str, _random: Random) -> str:
    kept = "".join(" " if unicodedata.category(char).startswith("P") and char != "'" else char for char in text)
    return " ".join(kept.replace("'", "").split())


def _curly(text: str, _random: Random) -> str:
    opened = re.sub(r"(?<!\w)'(?=\w)", "‘", re.sub(r'(?<!\w)"(?=\w)', "“", text))
    return opened.replace("'", "’").replace('"', "”")


def _lines(text: str, _random: Random) -> str:
    found = text.split()
    return "\n".join(" ".join(found[start : start + _LINE]) for start in range(0, len(found), _LINE))


def _typos(text: str, random: Random, count: int) -> str:
    found = list(_LONG_WORD.finditer(text))
    # From the end, so that what stands before keeps its place.
    for word in sorted(random.sample(found, min(count, len(found))), key=lambda word: -word.start()):
        text = text[: word.start()] + _mistyped(word.group(), random) + text[word.end() :]
    return text


def _mistyped(word: str, random: Random) -> str:
    at = random.randrange(1, len(word) - 1)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    dropped, doubled = word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]
    return random.choice([wrong for wrong in (swapped, dropped, doubled) if wrong != word])


def _pick(*templates: str) -> Callable[[str, Random], str]:
    """Return a treatment that puts the text into one of some templates."""
    return lambda text, random: random.choice(templates).replace("{}", text)


TREATMENTS: Mapping[str, Callable[[str, Random], str]] = MappingProxyType(
    {
        "as it is": lambda text, _: text,
        "upper case": lambda text, _: text.upper(),
        "lower case": lambda text, _: text.lower(),
        "without punctuation": _unpunctuated,
        "RT": _pick("RT @dogefan420: {}", "RT @news_4_u: {}", "RT @kev: {}"),
        "quoted line": lambda text, _: "\n".join(f"> {line}" for line in text.split("\n")),
        "quotation marks": lambda text, _: f'"{text}"',
        "emoji and hashtags": _pick("{} 😳🔥 #wakeup", "🚨 {} #news #truth", "{} 💯💯 #facts", "👀 {} 🤔 #justsaying"),
        "link after it": _pick("{} https://news.example/a/81723", "{} https://video.example/watch?v=a1b2"),
        "leading comment": _pick("lol {}", "this. {}", "This. {}", "wow {}", "100% {}", "THIS\n{}"),
        "one typo": lambda text, random: _typos(text, random, 1),
        "two typos": lambda text, random: _typos(text, random, 2),
        "curly quotes": _curly,
        "line breaks": _lines,
        "chat before": _pick(*(f"{chat} {{}}" for chat in _CHAT)),
        "chat after": _pick(*(f"{{}} {chat}" for chat in _CHAT)),
    }
)
"""By name, from a text and a source of chance to the treated text."""
