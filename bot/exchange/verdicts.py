"""What publishers' ratings mean in our verdicts: a table (``data/ratings.toml``); numbers count at their ends alone."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from bot.domain.fact import Verdict

_LONGEST = 200
_QUOTES = str.maketrans("‘’´`", "''''")
_UNSEEN = str.maketrans("ı", "i", "\u0307\ufe0f")
_HYPHEN = re.compile(r"(?<=\w)[-_‐‑](?=\w)")
_SEPARATOR = re.compile(r":\s|\s?[|–—]\s?|\s-\s|\.\s")


@dataclass(frozen=True, slots=True)
class Ratings:
    """The table: labels of any publisher, those of single ones by its names, and the labels that more may follow."""

    common: Mapping[str, Verdict]
    own: Mapping[str, Mapping[str, Verdict]]
    heads: frozenset[str]


@cache
def ratings() -> Ratings:
    """Return the table that ships."""
    text = resources.files("bot.exchange").joinpath("data", "ratings.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    heads = frozenset(data.pop("heads"))
    common = _labels(data.pop("any"))
    own = {name: labels for part in data.values() for labels in (_labels(part),) for name in part["names"]}
    return Ratings(common, own, heads)


def verdict_of(
    label: str | None,
    *,
    publisher: str = "",
    host: str = "",
    value: float | None = None,
    best: float | None = None,
    worst: float | None = None,
) -> Verdict:
    """Return the verdict that a rating means; unrated where that isn't certain.

    Args:
        label: The rating in the publisher's words. Only where there are none, the number counts.
        publisher: The publisher's name.
        host: The host of its page.
        value: The rating as a number; only one of the ends of its scale means anything.
        best: The number that stands for true.
        worst: The number that stands for false, less than the best.
    """
    told = _by_number(value, best, worst)
    if label is None or not label.strip():
        return told
    named = _by_label(label[:_LONGEST], publisher, host)
    if (named is Verdict.TRUE and told is Verdict.FALSE) or (named.contradicts and told is Verdict.TRUE):
        return Verdict.UNRATED
    return named


@lru_cache(maxsize=4096)
def folded_label(text: str) -> str:
    """Fold a label or a name: letter case, spaces, hyphens, and whatever is around its words."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_UNSEEN).translate(_QUOTES)
    text = unicodedata.normalize("NFKC", _HYPHEN.sub(" ", text))
    first, last = 0, len(text)
    while first < last and unicodedata.category(text[first])[0] not in "LNM":
        first += 1
    while last > first and unicodedata.category(text[last - 1])[0] not in "LNM":
        last -= 1
    return " ".join(text[first:last].split())


def _labels(part: Mapping[str, list[str]]) -> dict[str, Verdict]:
    return {label: verdict for verdict in Verdict for label in part.get(verdict, ())}


@lru_cache(maxsize=4096)
def _by_label(label: str, publisher: str, host: str) -> Verdict:
    table = ratings()
    own = _own(table, publisher, host)
    whole = folded_label(label)
    for labels in (own, table.common):
        if whole in labels:
            return labels[whole]
    head = folded_label(_SEPARATOR.split(label, maxsplit=1)[0])
    if head in table.heads:
        return own.get(head, table.common.get(head, Verdict.UNRATED))
    return Verdict.UNRATED


def _own(table: Ratings, publisher: str, host: str) -> Mapping[str, Verdict]:
    labels = table.own.get(folded_label(publisher))
    host = host.casefold().rstrip(".")
    while labels is None and "." in host:
        labels = table.own.get(host)
        host = host.partition(".")[2]
    return labels or {}


def _by_number(value: float | None, best: float | None, worst: float | None) -> Verdict:
    if value is None or best is None or worst is None or worst >= best:
        return Verdict.UNRATED
    return {worst: Verdict.FALSE, best: Verdict.TRUE}.get(value, Verdict.UNRATED)
