"""Take a post apart: the author's own words, and what stands in quotes, code, spoilers and other people's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.post import Post
from bot.matching.normalise import MAX_CHARACTERS, normalise

MAX_SHARED = 16_000
"""Characters of other people's words that are read of a post: a forwarded message, and the embeds of both posts, at
Discord's limits. With the author's own, no post has more than 20,000."""
MAX_SENTENCES = 24
_MIN_QUOTED_WORDS = 4

_FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_INLINE_CODE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_URL = re.compile(r"<?\bhttps?://[^\s<>|]+>?")
_SPOILER = re.compile(r"\|\|(.+?)\|\|", re.DOTALL)
_LINE_QUOTE = re.compile(r"^[ \t]*>[ \t>]*")
_REST_QUOTE = re.compile(r"^[ \t]*>>>[ \t]?")
_QUOTED = re.compile(r'"([^"\n]{12,600})"')
_RESHARE = re.compile(r"^\s*(?:RT|via|QT)\s+@?[\w.]+\s*:?\s*", re.IGNORECASE)
_EMPHASIS = re.compile(r"(\*{1,3}|__|~~)(?=\S)(.{1,400}?)(?<=\S)\1")  # bounded: every opener looks for its end
_SENTENCE_END = re.compile(r"(?<=[.!?…])(?<!\b[A-Z]\.)[\"')]*\s+|(?:(?<!\s)\s+)?[\n;]+\s*|(?<!\s)\s+[-–—|]{1,3}\s+")


class SpanKind(StrEnum):
    """Whose words a span holds."""

    OWN = "own words"
    SPOILER = "spoiler"
    QUOTE = "quoted words"
    SHARED = "shared words"


ASSERTED = (SpanKind.OWN, SpanKind.SPOILER)
"""What the author says; the other kinds are words that the post carries along."""
CARRIED = (SpanKind.QUOTE, SpanKind.SHARED)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that may hold a claim."""

    kind: SpanKind
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A post taken apart.

    ``urls`` are as written, without those behind a spoiler, then those that short ones lead to; ``reshared`` tells of a
    classic "RT @name:" in front.
    """

    spans: tuple[Span, ...]
    urls: tuple[str, ...]
    reshared: bool

    def text(self, *kinds: SpanKind) -> str:
        """Return the words of the given kinds, a line a span."""
        return "\n".join(span.text for span in self.spans if span.kind in kinds)


def read(post: Post) -> Reading:
    """Take a post apart. Code says nothing about the world and is dropped."""
    raw = post.text[:MAX_CHARACTERS]
    raw = _INLINE_CODE.sub(" ", _FENCE.sub(" ", raw))
    urls = tuple(match.strip("<>") for match in _URL.findall(_SPOILER.sub(" ", raw)))
    raw = _URL.sub(" ", raw)
    spoilers = [Span(SpanKind.SPOILER, normalise(text)) for text in _SPOILER.findall(raw)]
    own_lines, quote_lines = _split_quotes(_SPOILER.sub(" ", raw))
    own = _EMPHASIS.sub(r"\2", normalise("\n".join(own_lines)))
    reshared = _RESHARE.match(own) is not None
    own = _RESHARE.sub("", own)
    quotes = [normalise("\n".join(quote_lines))]
    if not reshared:
        quotes += [text for text in _QUOTED.findall(own) if len(text.split()) >= _MIN_QUOTED_WORDS]
        own = _QUOTED.sub(lambda m: " " if len(m[1].split()) >= _MIN_QUOTED_WORDS else m[0], own)
    spans = [Span(SpanKind.OWN, own), *spoilers]
    spans += [Span(SpanKind.QUOTE, text) for text in quotes]
    spans += [Span(SpanKind.SHARED, text) for text in _carried(post.shared)]
    return Reading(tuple(span for span in spans if span.text.strip()), (*urls, *post.resolved), reshared)


def sentences(text: str) -> list[str]:
    """Return the sentences of a normalised text, at most ``MAX_SENTENCES``."""
    found = (part.strip() for part in _SENTENCE_END.split(text))
    return [part for part in found if part][:MAX_SENTENCES]


def _carried(shared: Iterable[str]) -> Iterator[str]:
    """Yield the words that a post carries along, normalised, until there are ``MAX_SHARED`` characters of them."""
    left = MAX_SHARED
    for text in shared:
        cut = text[: min(left, MAX_CHARACTERS)]
        words = normalise(_URL.sub(" ", cut))[:left]
        left -= max(len(cut), len(words))
        yield words


def _split_quotes(text: str) -> tuple[list[str], list[str]]:
    """Return the lines outside and inside Discord's block quotes (``> `` a line, ``>>> `` to the end)."""
    own: list[str] = []
    quoted: list[str] = []
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if _REST_QUOTE.match(line):
            quoted += [_REST_QUOTE.sub("", line), *lines[number + 1 :]]
            break
        if _LINE_QUOTE.match(line):
            quoted.append(_LINE_QUOTE.sub("", line))
        else:
            own.append(line)
    return own, quoted
