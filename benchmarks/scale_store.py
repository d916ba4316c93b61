"""A large store for ``benchmarks.scale``: a feed of ClaimReviews made from lines of claims, and second wordings."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from bot.matching.magnet import refusal
from bot.matching.normalise import normalise
from bot.matching.words import words

_PUBLISHERS = 60
_RATINGS = ("False", "Mostly false", "Misleading", "Missing context", "Altered", "True", "Pants on Fire", "Satire")
_FIRST_DAY = date(2015, 1, 1)


def texts(path: Path) -> Iterator[str]:
    """Return the texts of a gzip file of lines ``source TAB text``, each once."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from dict.fromkeys(line.rstrip("\n").partition("\t")[2] for line in file)


def write_feed(path: Path, claims: Path, count: int) -> int:
    """Write a data feed of up to so many reviews of claims that can be matched, and return how many there are."""
    told = (text for text in texts(claims) if refusal(words(normalise(text))) is None)
    written = 0
    with path.open("w", encoding="utf-8") as file:
        file.write('{"@context": "https://schema.org", "@type": "DataFeed", "dataFeedElement": [\n')
        for number, claim in enumerate(islice(told, count)):
            item = json.dumps({"@type": "DataFeedItem", "item": [_review(number, claim)]}, ensure_ascii=False)
            file.write(f"{',' if number else ''}{item}\n")
            written += 1
        file.write("]}\n")
    return written


def second_wordings(path: Path) -> None:
    """Give every fact of a database another wording, and its next version, so that indexes take them up."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("BEGIN")
        file.execute(
            "INSERT INTO phrasings (fact_id, position, text) SELECT id, 0, 'Apparently ' || claim FROM facts "
            "WHERE id NOT IN (SELECT fact_id FROM phrasings)"
        )
        file.execute("UPDATE facts SET version = version + 1")
        file.execute("COMMIT")


def wordings(path: Path) -> Iterator[str]:
    """Return every wording of a database's facts."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
        yield from (text for (text,) in file.execute("SELECT claim FROM facts UNION ALL SELECT text FROM phrasings"))


def remove(path: Path, slug: str) -> None:
    """Take a fact out of a database that is open elsewhere."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA foreign_keys=ON")
        file.execute("DELETE FROM facts WHERE slug = ?", (slug,))


def _review(number: int, claim: str) -> dict[str, Any]:
    publisher = number % _PUBLISHERS
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "claimReviewed": claim,
        "url": f"https://office{publisher}.example/checks/{number}",
        "author": {
            "@type": "Organization",
            "name": f"Fact Office {publisher}",
            "url": f"https://office{publisher}.example",
        },
        "datePublished": (_FIRST_DAY + timedelta(days=number % 3650)).isoformat(),
        "inLanguage": "en",
        "reviewRating": {
            "@type": "Rating",
            "alternateName": _RATINGS[number % len(_RATINGS)],
            "bestRating": 5,
            "worstRating": 1,
        },
        "itemReviewed": {"@type": "Claim", "author": {"@type": "Person", "name": f"Speaker {number % 997}"}},
    }
