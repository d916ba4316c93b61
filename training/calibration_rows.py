"""Candidates of labelled posts with all their features, for fitting and measuring the calibration."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.chat import messages
from benchmarks.claims import fact_of, load, posts_of, split_of
from bot.domain.fact import Fact, NearMiss
from bot.domain.post import Post
from bot.matching.gates import judge
from bot.matching.matcher import HybridMatcher
from bot.matching.spans import ASSERTED, read

CHAT_SAMPLE = 25_000


@dataclass(frozen=True)
class Row:
    """One candidate of one post.

    ``post`` numbers the post within its set; ``target`` is None where the post repeats a fact that overlaps this one.
    ``held`` names the gates that hold the candidate back, but for those that look at other candidates or the models.
    """

    post: int
    text: str
    label: str
    style: str
    right: bool
    target: bool | None
    group: str
    slug: str
    overlaps: tuple[str, ...]
    features: dict[str, float]
    held: tuple[str, ...]
    relation: str


def rows_of(matcher: HybridMatcher, facts: dict[str, Fact], posts: Iterable[dict[str, Any]]) -> Iterator[Row]:
    """Yield a row for every candidate of every post."""
    for number, post in enumerate(posts):
        text, label, fact = str(post["text"]), str(post["label"]), post.get("fact")
        reading = read(Post(text))
        own = reading.text(*ASSERTED)
        for one in matcher.scored(reading):
            slug = one.indexed.fact.slug
            overlapping = label == "repeat" and fact in facts and slug in facts[fact].overlaps
            hit = label == "repeat" and slug == fact
            judged = judge(one, own_text=own, foreign_language=False, cites_source=False)
            yield Row(
                post=number,
                text=text,
                label=label,
                style=str(post.get("style", "")),
                right=hit or overlapping,
                target=None if overlapping else hit,
                group=fact or f"none-{number % 50}",
                slug=slug,
                overlaps=one.indexed.fact.overlaps,
                features=one.features,
                held=tuple(gate.name for gate in judged.gates if not gate.passed),
                relation=judged.relation.value,
            )


def corpus_posts(split: str) -> list[dict[str, Any]]:
    """Return the posts of the corpus's claims in a split that their facts don't know."""
    return [
        {"text": post["text"], "label": post["label"], "style": post["kind"], "fact": claim["id"]}
        for claim in load()
        if split_of(claim["id"]) == split
        for post in posts_of(claim)
        if post["text"] not in _told(claim)
    ]


def corpus_facts() -> list[Fact]:
    """Return every claim of the corpus as a fact; every other one knows some of its posts as wordings, too.

    Some facts are written with ten wordings and some with three: confidence must mean the same for both.
    """
    facts = []
    for claim in load():
        fact, told = fact_of(claim), _told(claim)
        near = [NearMiss(post["text"], post["kind"]) for post in claim["posts"] if post["label"] == "near_miss"]
        known = tuple(miss for miss in near if miss.text in told and miss not in fact.near_misses)
        more = tuple(post["text"] for post in claim["posts"] if post["label"] == "repeat" and post["text"] in told)
        rich = replace(fact, phrasings=(*fact.phrasings, *more), near_misses=(*fact.near_misses, *known))
        facts.append(rich if told else fact)
    return facts


def _told(claim: dict[str, Any]) -> frozenset[str]:
    """Return the posts of every other claim that its fact shall know: three repeats and two more near misses."""
    if hashlib.sha256(claim["id"].encode()).digest()[1] % 2:
        return frozenset()
    ranked = sorted(posts_of(claim), key=lambda post: hashlib.sha256(post["text"].encode()).digest())
    wanted = (("repeat", 3), ("near_miss", 2))
    return frozenset(text for label, n in wanted for text in [p["text"] for p in ranked if p["label"] == label][:n])


def labelled_posts(*paths: Path) -> list[dict[str, Any]]:
    """Return the posts of labelled files."""
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def chat_posts(path: Path) -> list[dict[str, Any]]:
    """Return a seeded sample of ordinary messages, none of which is expected to repeat anything."""
    return [{"text": text, "label": "chat", "fact": None} for text in messages(path, CHAT_SAMPLE, seed=0)]


def cached(path: Path, make: Callable[[], Iterable[Row]]) -> list[Row]:
    """Return the rows of a file, or make them and write it: the models take minutes over a set."""
    if not path.is_file():
        rows = [json.dumps(asdict(row)) for row in make()]
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Row(**json.loads(line)) for line in lines if line]


def fingerprint(*parts: str) -> str:
    """Return a short name for what rows were made from."""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]
