"""Where ClaimReviews are in JSON: alone, in graphs, feeds, articles and answers of Google's; always in one shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.exchange.json_stream import Entry

_VOCABULARY = (
    "schema:",
    "http://schema.org/",
    "https://schema.org/",
    "http://www.schema.org/",
    "https://www.schema.org/",
)
_DEPTH = 6
_KNOWN = 1000
_KNOWN_LENGTH = 4000
"""How many objects are remembered, and how many characters of one; more would fill the memory."""

_HOLDERS = (
    *("@graph", "item", "dataFeedElement", "itemListElement", "claims"),
    *("mainEntity", "mainEntityOfPage", "hasPart", "review", "reviews", "subjectOf", "about"),
)
"""What an object that is no ClaimReview may hold ones in."""

_REFERRING = ("author", "publisher", "sdPublisher", "itemReviewed", "reviewRating")
_ITEM_REFERRING = ("author", "appearance", "firstAppearance")


class Nodes:
    """The objects that others refer to by their ``@id``, as far as they were seen.

    A page is one document, a file may hold many: an ``@id`` such as "#author" is then another one's in each.
    """

    def __init__(self, *, page: bool = False) -> None:
        self._page = page
        self._known: dict[str, dict[str, Any]] = {}
        self._graph: list[Any] | None = None

    def see(self, entry: Entry) -> None:
        """Remember an entry, and those that stand in one small graph with it."""
        if not entry.siblings:
            for node in _graph(entry.value):
                self._add(node, anywhere=self._page or entry.key is not None)
        elif entry.siblings is not self._graph:
            self._graph = entry.siblings
            if not self._page:
                self._known = {}
            for node in entry.siblings:
                self._add(node, anywhere=True)

    def resolved(self, review: dict[str, Any]) -> dict[str, Any]:
        """Return a ClaimReview with the objects that it refers to in their places."""
        if not self._known:
            return review
        review = self._filled(review, _REFERRING)
        item = review.get("itemReviewed")
        return {**review, "itemReviewed": self._filled(item, _ITEM_REFERRING)} if isinstance(item, dict) else review

    def _add(self, node: object, *, anywhere: bool) -> None:
        if not isinstance(node, dict) or len(node) == 1 or len(self._known) >= _KNOWN:
            return
        name = node.get("@id")
        if not isinstance(name, str) or "ClaimReview" in types(node) or not (anywhere or name.startswith("http")):
            return
        if len(json.dumps(node)) <= _KNOWN_LENGTH:
            self._known.setdefault(name, named(node))

    def _filled(self, node: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
        found = {name: self._followed(node[name]) for name in names if isinstance(node.get(name), dict | list)}
        return {**node, **found} if found else node

    def _followed(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._followed(item) if isinstance(item, dict) else item for item in value]
        name = value.get("@id")
        return self._known.get(name, value) if len(value) == 1 and isinstance(name, str) else value


def claim_reviews(entry: Entry) -> Iterator[dict[str, Any]]:
    """Yield the ClaimReviews in an entry, with plain names."""
    if entry.key == "claimReview":
        yield from _found({**entry.envelope, "claimReview": [entry.value]}, _DEPTH)
    else:
        yield from _found(entry.value, _DEPTH)


def named(node: dict[str, Any]) -> dict[str, Any]:
    """Return an object with schema.org's names as they are without a prefix, also in the objects in it."""
    return {_local(name): _named(value) for name, value in node.items()}


def types(node: object) -> set[str]:
    """Return the names of an object's types, without prefixes."""
    value = node.get("@type", node.get("type")) if isinstance(node, dict) else None
    return {_local(name) for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)}


def _local(name: str) -> str:
    if ":" in name:
        for prefix in _VOCABULARY:
            if name.startswith(prefix):
                return name[len(prefix) :]
    return name


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return named(value)
    return [_named(item) for item in value] if isinstance(value, list) else value


def _graph(value: object) -> list[Any]:
    if not isinstance(value, dict):
        return []
    graph = value.get("@graph")
    return [value, *graph] if isinstance(graph, list) else [value]


def _found(value: object, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for item in value:
            yield from _found(item, depth)
    if not isinstance(value, dict) or not depth:
        return
    if "ClaimReview" in types(value) or any(_local(name) == "claimReviewed" for name in value):
        yield named(value)
    elif isinstance(value.get("claimReview"), list):
        yield from _of_answer(value)
    else:
        for name, held in value.items():
            if _local(name) in _HOLDERS:
                yield from _found(held, depth - 1)


def _of_answer(claim: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the ClaimReviews of a claim as Google's Fact Check Tools API answers it."""
    for review in claim["claimReview"]:
        if isinstance(review, dict) and ("ClaimReview" in types(review) or "claimReviewed" in review):
            yield named(review)
        elif isinstance(review, dict):
            yield _translated(claim, review)


def _translated(claim: dict[str, Any], review: dict[str, Any]) -> dict[str, Any]:
    publisher = review.get("publisher")
    if isinstance(publisher, dict):
        site = publisher.get("site")
        names = {"name": publisher.get("name") or site, "url": f"https://{site}" if isinstance(site, str) else None}
        publisher = _present({"@type": "Organization", **names})
    item = {"author": claim.get("claimant"), "datePublished": claim.get("claimDate")}
    if isinstance(item["author"], str):
        item["author"] = {"name": item["author"]}
    rating = review.get("textualRating")
    return _present(
        {
            "@type": "ClaimReview",
            "claimReviewed": claim.get("text"),
            "url": review.get("url"),
            "author": publisher,
            "headline": review.get("title"),
            "datePublished": review.get("reviewDate"),
            "reviewRating": None if rating is None else {"alternateName": rating},
            "inLanguage": review.get("languageCode"),
            "itemReviewed": {"@type": "Claim", **_present(item)} if _present(item) else None,
        }
    )


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
