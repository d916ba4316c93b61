"""Files read in tests: fixtures in the published formats, and a way to read bytes as the program does."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from bot.exchange.incoming import Rejected, ReviewedClaim
from bot.exchange.opening import sniff
from bot.exchange.reading import read_reviews

FIXTURES = Path(__file__).parent / "fixtures"
TODAY = date(2026, 3, 1)

REVIEW: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "claimReviewed": "The moon is made of cheese.",
    "url": "https://lunar.example/cheese",
    "author": {"@type": "Organization", "name": "The Lunar Society"},
    "datePublished": "2020-05-17",
    "reviewRating": {"@type": "Rating", "alternateName": "False", "ratingValue": 1, "bestRating": 5, "worstRating": 1},
    "itemReviewed": {"@type": "Claim", "author": {"@type": "Person", "name": "Bob"}, "datePublished": "2020-04"},
}


class _Made(io.RawIOBase):
    """A file that is made while it is read."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = self._left or next(self._parts, b"")
        self._left = data[len(buffer) :]
        data = data[: len(buffer)]
        buffer[: len(data)] = data
        return len(data)


def made(parts: Iterable[bytes]) -> BinaryIO:
    """Return a file of parts that are made when they are read."""
    return io.BufferedReader(_Made(iter(parts)))


def fixture(name: str) -> bytes:
    """Return a fixture's bytes."""
    return (FIXTURES / name).read_bytes()


def read(data: bytes | str, base_url: str | None = None) -> list[ReviewedClaim | Rejected]:
    """Read a file as the program does."""
    kind, stream = sniff(io.BytesIO(data.encode() if isinstance(data, str) else data))
    return list(read_reviews(stream, kind, today=TODAY, base_url=base_url))


def one(node: object, base_url: str | None = None) -> ReviewedClaim:
    """Read one ClaimReview that can go in."""
    (found,) = read(json.dumps(node), base_url)
    assert isinstance(found, ReviewedClaim), found
    return found


def why(node: object) -> str:
    """Return why one ClaimReview can't go in."""
    (found,) = read(json.dumps(node))
    assert isinstance(found, Rejected), found
    return found.why


def claims(found: Iterable[ReviewedClaim | Rejected]) -> list[str]:
    """Return the claims of what can go in."""
    return [item.review.claim for item in found if isinstance(item, ReviewedClaim)]


def reasons(found: Iterable[ReviewedClaim | Rejected]) -> list[tuple[str, str]]:
    """Return what can't go in: places and reasons."""
    return [(item.place, item.why) for item in found if isinstance(item, Rejected)]
