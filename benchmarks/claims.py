"""Measure automatic replies on the corpus of unrelated claims, far from the facts that ship with Footnote.

    python -m benchmarks.claims [--split dev]

Every claim becomes a fact with its wordings and two of its near misses; the other posts of one split are decided as in
mode auto, at the shipped threshold, with all claims in the store.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.matchers import matcher_over
from bot.cli.metrics import Share
from bot.domain.decision import Action
from bot.domain.fact import Citation, Fact, NearMiss, Source, Verdict
from bot.domain.policy import Mode, Policy
from bot.domain.post import Post
from bot.matching.decide import decide

CORPUS = Path(__file__).resolve().parent / "corpus"
SOURCE = Source("corpus", "The corpus", "Claims and the posts that stand to them", "https://corpus.example")
TODAY = date(2026, 1, 1)


def split_of(claim_id: str) -> str:
    """Return the split that a claim belongs to, by the hash of its id (see the corpus's README)."""
    byte = hashlib.sha256(claim_id.encode()).digest()[0]
    return "train" if byte < 154 else "dev" if byte < 205 else "test"


def load() -> list[dict[str, Any]]:
    """Return all claims of the corpus, as its README describes them."""
    lines = (line for file in sorted(CORPUS.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines())
    return [json.loads(line) for line in lines]


def fact_of(claim: dict[str, Any]) -> Fact:
    """Return a claim as a fact, as a moderator would have written it."""
    return Fact(
        slug=claim["id"],
        claim=claim["claim"],
        verdict=Verdict.FALSE,
        correction=claim["truth"],
        true_statement=claim["truth"],
        citations=(Citation(SOURCE, claim["truth"]),),
        phrasings=tuple(claim["phrasings"]),
        near_misses=tuple(NearMiss(post["text"], post["kind"]) for post in _known(claim)),
        as_of=TODAY,
        review_by=TODAY,
    )


def posts_of(claim: dict[str, Any]) -> list[dict[str, str]]:
    """Return the posts of a claim that its fact doesn't know."""
    return [post for post in claim["posts"] if post not in _known(claim)]


def _known(claim: dict[str, Any]) -> list[dict[str, str]]:
    """Return two near misses of a claim, picked by the hash of their text."""
    near = [post for post in claim["posts"] if post["label"] == "near_miss"]
    return sorted(near, key=lambda post: hashlib.sha256(post["text"].encode()).digest())[:2]


def main() -> None:
    """Decide on every post of a split and print what came of each label and kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--split", choices=("train", "dev", "test"), default="dev")
    split = parser.parse_args().split
    claims = load()
    facts = {claim["id"]: fact_of(claim) for claim in claims}
    matcher = matcher_over(list(facts.values()))
    seen: Counter[tuple[str, str]] = Counter()
    replied: Counter[tuple[str, str]] = Counter()
    queued: Counter[tuple[str, str]] = Counter()
    right = 0
    for claim in claims:
        for post in posts_of(claim) if split_of(claim["id"]) == split else ():
            result = matcher.match(Post(post["text"]))
            decision = decide(
                result,
                facts,
                policy=Policy(1, mode=Mode.AUTO),
                today=TODAY,
                default_threshold=matcher.default_threshold,
            )
            row = (post["label"], post["kind"])
            seen[row] += 1
            replied[row] += decision.action is Action.REPLY
            queued[row] += decision.action is Action.QUEUE
            slug = decision.match.slug if decision.match else None
            right += decision.action is Action.REPLY and post["label"] == "repeat" and slug == claim["id"]
    for row in sorted(seen):
        print(f"{' / '.join(row):28s} {seen[row]:5d} posts  {replied[row]:4d} replied  {queued[row]:4d} queued")
    replies = sum(replied.values())
    repeats = sum(count for (label, _), count in seen.items() if label == "repeat")
    for name, count, of in (("precision", right, replies), ("recall", right, repeats)):
        low, high = Share(count, of).interval()
        print(f"{name} of automatic replies {count / max(of, 1):.3f} ({low:.3f} to {high:.3f}; {count} of {of})")


if __name__ == "__main__":
    main()
