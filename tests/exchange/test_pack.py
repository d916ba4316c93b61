from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bot.domain.errors import PackError
from bot.domain.fact import Citation, Fact, NearMiss, Review, Source, Verdict
from bot.exchange.pack import parse_pack

PACK: dict[str, Any] = {
    "format": "footnote-pack/1",
    "name": "moon",
    "title": "The moon",
    "version": "1",
    "licence": "CC0-1.0",
    "provenance": "Made up.",
    "sources": {
        "atlas": {
            "publisher": "The Lunar Society",
            "title": "An Atlas",
            "url": "https://moon.example/atlas",
            "published": "2020-05-17",
        }
    },
    "facts": [
        {
            "slug": "moon-cheese",
            "claim": "The moon is made of cheese.",
            "verdict": "missing_context",
            "correction": "It is rock.",
            "true_statement": "The moon is rock.",
            "claim_date": "2024-08",
            "language": "en",
            "topics": ["moon"],
            "overlaps": [],
            "as_of": "2026-01-01",
            "review_by": "2027-01-01",
            "phrasings": ["The moon is a big cheese."],
            "near_misses": [{"text": "Mars is made of cheese.", "kind": "other object"}],
            "citations": [{"source": "atlas", "quote": "The moon consists of rock."}],
        }
    ],
}


def _set(name: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda pack: pack["facts"][0].__setitem__(name, value)


def _drop(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda pack: pack["facts"][0].__delitem__(name)


def _source(name: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda pack: pack["sources"]["atlas"].__setitem__(name, value)


def _top(name: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda pack: pack.__setitem__(name, value)


def _again(pack: dict[str, Any]) -> None:
    pack["facts"].append(pack["facts"][0])


def _miss(text: str) -> Callable[[dict[str, Any]], None]:
    return _set("near_misses", [{"text": text, "kind": "asks"}])


def _review(**over: object) -> dict[str, object]:
    return {"source": "atlas", "claim": "Cheese!", "verdict": "false", **over}


FACT = "facts[0] (moon-cheese): "
FAULTS: list[tuple[Callable[[dict[str, Any]], None], str]] = [
    (_top("format", "footnote-pack/2"), 'pack: format must be "footnote-pack/1"'),
    (_top("licence", None), "pack: licence is missing"),
    (_top("name", "The moon"), "pack: name must be lower-case words"),
    (_top("version", "1" * 41), "pack: version is 41 characters; 40 at most"),
    (_top("authors", "me"), 'pack: there is no field "authors"'),
    (_top("sources", []), "sources must be an object, not a list"),
    (_top("facts", {}), "facts must be a list, not an object"),
    (_top("facts", ["x"]), "facts[0] must be an object, not a text"),
    (_source("url", "ftp://x"), 'sources[atlas]: url is "ftp://x"'),
    (_source("url", "https://bank.example@evil.example/"), 'sources[atlas]: url is "https://bank.example@evil'),
    (_source("url", "https://[evil/"), 'sources[atlas]: url is "https://[evil/"'),
    (_source("note", "a\0b"), "sources[atlas]: note holds a NUL character"),
    (_source("published", "May 2020"), 'sources[atlas]: published is "May 2020"; a date looks like'),
    (_source("pages", 3), 'sources[atlas]: there is no field "pages"'),
    (_again, "facts[1] (moon-cheese): another fact has this slug"),
    (_set("slug", 5), "facts[0]: slug must be a text, not a number"),
    (_set("slug", "Moon Cheese"), "facts[0] (Moon Cheese): the slug must be lower-case"),
    (_drop("claim"), FACT + "claim is missing"),
    (_set("claim", "  "), FACT + "claim is blank"),
    (_set("verdict", "wrong"), FACT + 'the verdict "wrong" is unknown; known are false, misleading'),
    (_set("verdict", False), FACT + "verdict must be a text, not true or false"),
    (_set("correction", " "), FACT + "correction is blank"),
    (_drop("true_statement"), FACT + "true_statement is blank"),
    (_set("correction", "x" * 290), FACT + "correction is 290 characters; 280 at most"),
    (_set("claim_date", "2024-13"), FACT + 'claim_date is "2024-13"'),
    (_set("as_of", "2026-02-30"), FACT + 'as_of is "2026-02-30"'),
    (_set("as_of", "2028-01-01"), FACT + "review_by is before as_of"),
    (_set("topics", "moon"), FACT + "topics must be a list, not a text"),
    (_set("topics", [1]), FACT + "topics[0] must be a text, not a number"),
    (_set("topics", ["a", "a"]), FACT + "topics holds a text twice"),
    (_set("phrasing", ["x"]), FACT + 'there is no field "phrasing"'),
    (_set("phrasings", []), FACT + "a fact needs a phrasing"),
    (_set("phrasings", ["the moon is made of  CHEESE!"]), FACT + '"the moon is made of CHEESE!" says the same as'),
    (_set("near_misses", [{"text": "x"}]), FACT + "near_misses[0]: kind is missing"),
    (_miss("“The moon is a big cheese”"), FACT + '"“The moon is a big cheese”" says the same as'),
    (_set("citations", []), FACT + "a fact needs a citation"),
    (_drop("citations"), FACT + "citations is missing"),
    (
        _set("citations", [{"source": "map", "quote": "x"}]),
        FACT + 'citations[0]: the source "map" is not among the sources',
    ),
    (_set("citations", [{"source": "atlas"}]), FACT + "citations[0]: quote is missing"),
    (_set("reviews", [{"source": "atlas", "verdict": "false"}]), FACT + "reviews[0]: claim is missing"),
    (_set("reviews", [_review(source="map")]), FACT + 'reviews[0]: the source "map" is not among the sources'),
    (_set("reviews", [_review(rest=[])]), FACT + "reviews[0]: rest must be an object, not a list"),
    (_set("reviews", [_review(stars=5)]), FACT + 'reviews[0]: there is no field "stars"'),
    (_set("appearances", [None]), FACT + "appearances[0] must be a text, not null"),
]


def test_a_pack_becomes_facts() -> None:
    """What is optional may be left out."""
    source = Source("atlas", "The Lunar Society", "An Atlas", "https://moon.example/atlas", published=date(2020, 5, 17))
    assert parse_pack(PACK) == [
        Fact(
            slug="moon-cheese",
            claim="The moon is made of cheese.",
            verdict=Verdict.MISSING_CONTEXT,
            correction="It is rock.",
            true_statement="The moon is rock.",
            claim_date="2024-08",
            topics=("moon",),
            as_of=date(2026, 1, 1),
            review_by=date(2027, 1, 1),
            phrasings=("The moon is a big cheese.",),
            near_misses=(NearMiss("Mars is made of cheese.", "other object"),),
            citations=(Citation(source, "The moon consists of rock."),),
        )
    ]


@pytest.mark.parametrize(("fault", "message"), FAULTS, ids=[message[:60] for _, message in FAULTS])
def test_a_malformed_pack_is_refused_at_its_place(fault: Callable[[dict[str, Any]], None], message: str) -> None:
    """The message says where and how."""
    pack = copy.deepcopy(PACK)
    fault(pack)
    with pytest.raises(PackError) as caught:
        parse_pack(pack)
    assert str(caught.value).startswith(message)
    assert str(caught.value).endswith(".")


def test_reviews_are_read_with_what_else_they_say() -> None:
    """The rest of a ClaimReview is kept in one form; who tells reviews apart fills in the identity."""
    pack = copy.deepcopy(PACK)
    _set("reviews", [_review(label="Pants on fire", rest={"b": 1.0, "a": ["é"]}), _review(verdict="unrated")])(pack)
    (fact,) = parse_pack(pack)
    source = fact.citations[0].source
    assert fact.reviews == (
        Review("", source, "Cheese!", Verdict.FALSE, "Pants on fire", '{"a":["é"],"b":1.0}'),
        Review("", source, "Cheese!", Verdict.UNRATED),
    )


def test_a_question_is_a_fair_near_miss() -> None:
    """A question mark makes another sentence, so it is not the same text."""
    pack = copy.deepcopy(PACK)
    _miss("The moon is a big cheese?")(pack)
    assert len(parse_pack(pack)) == 1
