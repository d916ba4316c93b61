"""ClaimReviews in a page's microdata, in the shape that JSON-LD has."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from lxml import etree

from bot.exchange.incoming import Rejected
from bot.exchange.json_stream import Entry

_MOST = 500
"""ClaimReviews of one page."""
_COPIES = 200_000
"""Elements that the extractor may copy: it copies what is in a property for each of them."""
_DEPTH = 20

_REVIEWS = etree.XPath("//*[@itemscope][contains(@itemtype, 'ClaimReview')]")
_PROPERTIES = etree.XPath(".//*[@itemprop]")
_REFERRING = etree.XPath("descendant-or-self::*[@itemref]")


def microdata_entries(page: etree._Element, base_url: str | None) -> Iterator[Entry | Rejected]:
    """Yield a page's items that are ClaimReviews."""
    left = _COPIES
    for number, review in enumerate(_outermost(page), start=1):
        place = f"microdata {number}"
        if number > _MOST or left <= 0:
            yield Rejected(place, "there is too much microdata in the page; the rest was left out.")
            return
        alone = _with_referred(page, review)
        left -= _copies(alone, left)
        if left <= 0:
            yield Rejected(place, "is too large.")
            continue
        try:
            yield from (Entry(place, _json(item, _DEPTH)) for item in _extracted(alone, base_url))
        except (RecursionError, ValueError, etree.LxmlError, AssertionError):
            yield Rejected(place, "is no sound microdata.")


def _outermost(page: etree._Element) -> Iterator[etree._Element]:
    inner: set[etree._Element] = set()
    for review in _REVIEWS(page):
        if review not in inner:
            inner.update(element for element in review.iter() if element is not review and element.get("itemtype"))
            yield review


def _with_referred(page: etree._Element, review: etree._Element) -> etree._Element:
    """Return a copy of an item by itself, with the elements of the page that it refers to."""
    alone = copy.deepcopy(review)
    alone.tail = None
    for element in _REFERRING(alone)[:_DEPTH]:
        for name in element.attrib.pop("itemref").split()[:_DEPTH]:
            for referred in page.xpath("//*[@id=$name][1]", name=name):
                element.append(copy.deepcopy(referred))
    return alone


def _copies(item: etree._Element, most: int) -> int:
    count = 0
    for element in _PROPERTIES(item):
        for _ in element.iter():
            count += 1
            if count >= most:
                return count
    return count


def _extracted(item: etree._Element, base_url: str | None) -> list[dict[str, Any]]:
    from extruct.w3cmicrodata import MicrodataExtractor  # noqa: PLC0415 -- slow: most pages have none

    found: list[dict[str, Any]] = MicrodataExtractor().extract_items(item, base_url or "")
    return found[:1]


def _json(item: Any, depth: int) -> Any:
    if isinstance(item, list):
        return [_json(value, depth) for value in item]
    if not isinstance(item, dict) or not depth:
        return item
    node = {"@type": item.get("type"), "@id": item.get("id"), **item.get("properties", {})}
    if "value" in item:
        node["name"] = item["value"]
    return {name: _json(value, depth - 1) for name, value in node.items() if value is not None}
