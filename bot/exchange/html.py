"""ClaimReviews of a web page: its JSON-LD, block by block, and its microdata."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from bot.domain.errors import ImportRefused
from bot.exchange.incoming import Rejected
from bot.exchange.json_stream import Entry, entries
from bot.exchange.json_window import Window, encoding
from bot.exchange.text import web_address

if TYPE_CHECKING:
    from lxml.etree import _Element

PAGE = "the page"
"""The place of what is wrong with a page as a whole."""
MOST_BYTES = 20 << 20
MOST_TAGS = 300_000
MOST_ATTRIBUTES = 300
"""Of one tag: the parser compares each with all others."""

_DECLARED = re.compile(rb"""<meta[^<>]{0,200}charset\s*=\s*["']?\s*([a-zA-Z0-9_.:-]{1,40})""", re.IGNORECASE)
_DECLARED_WITHIN = 4096
_FALLBACK = "cp1252"
_ATTRIBUTE = r"""[\s/]*+[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]++))?"""
_OPENING = re.compile(r"<(?=[a-zA-Z])")
_TAG = re.compile(rf"<[^\s/>]*+(?:{_ATTRIBUTE}){{,{MOST_ATTRIBUTES}}}+(?P<more>{_ATTRIBUTE})?")
_READ_AGAIN = 20
"""How often all of a page may be looked at in search of crowded tags, where tags seem to stand within others."""
_WRAPPING = re.compile(
    r"^\s*+(?:<!--|/\*\s*+<!\[CDATA\[\s*+\*/|(?://\s*+)?<!\[CDATA\[)|"
    r"(?:-->|/\*\s*+\]\]>\s*+\*/|(?://\s*+)?\]\]>)\s*+(?:;\s*+)?$"
)


def page_entries(stream: BinaryIO, base_url: str | None) -> tuple[str | None, Iterator[Entry | Rejected]]:
    """Return a page's address, as it says itself or else as given, and an iterator of its entries.

    Args:
        stream: The page.
        base_url: The address that it was read from.
    """
    data = stream.read(MOST_BYTES + 1)
    text = page_text(data[:MOST_BYTES])
    if text.count("<") > MOST_TAGS:
        return base_url, iter([Rejected(PAGE, f"it has over {MOST_TAGS:,} tags.")])
    if _crowded(text):
        why = f"it has a tag with over {MOST_ATTRIBUTES:,} attributes, or tags in tags."
        return base_url, iter([Rejected(PAGE, why)])
    page, whole = _parsed(text)
    if page is None:
        return base_url, iter(())
    address = _address(page, base_url)
    faults = []
    if not whole:
        why = "it is nested too deeply, or a text in it is too long; the rest was left out."
        faults.append(Rejected(PAGE, why))
    if len(data) > MOST_BYTES:
        faults.append(Rejected(PAGE, f"it is over {MOST_BYTES >> 20} MB; the rest was left out."))
    return address, chain(_entries(page, address), faults)


def page_text(data: bytes) -> str:
    """Return a page's text in its encoding: as marked, as it proves to be, or as declared."""
    name, mark = encoding(data[:4])
    try:
        return data[mark:].decode(name)
    except UnicodeDecodeError:
        if name != "utf-8" or mark:
            return data[mark:].decode(name, "replace")
    declared = _DECLARED.search(data, 0, _DECLARED_WITHIN)
    name = declared[1].decode("ascii") if declared else _FALLBACK
    try:
        # What isn't UTF-8, but says so, is most often Windows' old encoding.
        name = _FALLBACK if codecs.lookup(name).name == "utf-8" else name
        return data.decode(name, "replace")
    except (LookupError, UnicodeError):
        return data.decode(_FALLBACK, "replace")


def _crowded(text: str) -> bool:
    """Tell whether a tag has too many attributes, or telling that would take too long."""
    left = _READ_AGAIN * len(text)
    for opening in _OPENING.finditer(text):
        tag = _TAG.match(text, opening.start())
        assert tag is not None  # it begins as one
        left -= tag.end() - tag.start()
        if tag["more"] is not None or left < 0:
            return True
    return False


def _parsed(text: str) -> tuple[_Element | None, bool]:
    """Return a page, and whether the parser took all of it."""
    from lxml import etree, html  # noqa: PLC0415 -- slow: files of JSON do without

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        page: _Element | None = html.document_fromstring(
            text.replace("\0", " ").encode("utf-8", "replace"), parser=parser
        )
    except (etree.LxmlError, ValueError, AssertionError):
        return None, True
    return page, not parser.error_log.filter_from_fatals()


def _address(page: _Element, base_url: str | None) -> str | None:
    told = page.xpath(
        "//link[contains(concat(' ', @rel, ' '), ' canonical ')]/@href | //meta[@property='og:url']/@content"
    )
    found = (web_address(str(value), base_url) for value in told)
    return next((url for url in found if url is not None), base_url)


def _entries(page: _Element, base_url: str | None) -> Iterator[Entry | Rejected]:
    from bot.exchange.microdata import microdata_entries  # noqa: PLC0415 -- slow, as above

    number = 0
    for script in page.iter("script"):
        if "ld+json" in (script.get("type") or "").casefold():
            number += 1
            yield from _block(f"block {number}", script.text or "")
    yield from microdata_entries(page, base_url)


def _block(place: str, text: str) -> Iterator[Entry | Rejected]:
    text = _WRAPPING.sub("", _WRAPPING.sub("", text))
    if not text.strip():
        return
    try:
        yield from entries(Window(iter([text])), lambda _number, _line: place)
    except ImportRefused:
        yield Rejected(place, "is not sound JSON.")
