"""Lists of a fact as lines of a form, and back. What a line can't say in full stays as it was. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.discord_app.fields import TEXT_LIMIT
from bot.domain.fact import Citation, Fact, NearMiss, Source
from bot.domain.slugs import web_source

OTHER_KIND = "other"
"""The kind of a near miss where none is said."""

_BAR = " | "
_BARS = re.compile(r"(?:(?<!\s)\s+)?\|\s*")
_CITATION_PARTS = 4


def packed(lines: Iterable[str], most: int) -> list[str] | None:
    """Return texts of whole lines that each fit into a text field, or None where more than ``most`` are needed."""
    texts: list[str] = [""]
    for line in lines:
        longer = f"{texts[-1]}\n{line}" if texts[-1] else line
        if len(longer) <= TEXT_LIMIT:
            texts[-1] = longer
        else:
            texts.append(line)
    return texts if len(texts) <= most and all(len(text) <= TEXT_LIMIT for text in texts) else None


def phrasing_lines(fact: Fact) -> list[str]:
    """Return the phrasings, one a line."""
    return [_line(text) for text in fact.phrasings]


def read_phrasings(text: str, fact: Fact) -> tuple[str, ...]:
    """Return phrasings from lines."""
    known = dict(zip(phrasing_lines(fact), fact.phrasings, strict=True))
    return tuple(known.get(line, line) for line in _lines(text))


def near_miss_lines(fact: Fact) -> list[str]:
    """Return the near misses, one a line: "text | kind"."""
    return [f"{_line(miss.text)}{_BAR}{_line(miss.kind)}" for miss in fact.near_misses]


def read_near_misses(text: str, fact: Fact) -> tuple[NearMiss, ...]:
    """Return near misses from lines."""
    known = dict(zip(near_miss_lines(fact), fact.near_misses, strict=True))
    return tuple(known.get(line) or _near_miss(line) for line in _lines(text))


def citation_lines(fact: Fact) -> list[str]:
    """Return the citations, one a line: "url | publisher | title | quote"; what is lacking at the end is left out."""
    return [_BAR.join((*_parts(cited.source), _line(cited.quote))).rstrip(" |") for cited in fact.citations]


def read_citations(text: str, fact: Fact) -> tuple[Citation, ...]:
    """Return citations from lines, whole or not; one of a document that the fact cites already keeps its source."""
    known = dict(zip(citation_lines(fact), fact.citations, strict=True))
    sources = {_parts(source): source for source in fact.sources()}
    return tuple(known.get(line) or _citation(line, sources) for line in _lines(text))


def _citation(line: str, sources: dict[tuple[str, ...], Source]) -> Citation:
    parts = _BARS.split(line, maxsplit=_CITATION_PARTS - 1)
    url, publisher, title, quote = parts + [""] * (_CITATION_PARTS - len(parts))
    return Citation(sources.get((url, publisher, title)) or web_source(url, publisher, title), quote)


def _near_miss(line: str) -> NearMiss:
    text, bar, kind = line.rpartition("|")
    return NearMiss(text.strip(), kind.strip() or OTHER_KIND) if bar else NearMiss(line, OTHER_KIND)


def _parts(source: Source) -> tuple[str, ...]:
    return tuple(_line(part).replace("|", "/") for part in (source.url, source.publisher, source.title))


def _lines(text: str) -> Sequence[str]:
    return list(filter(None, map(_line, text.splitlines())))


def _line(text: str) -> str:
    return " ".join(text.split())
