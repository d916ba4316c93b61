"""Measure automatic replies on the corpus of unrelated claims, far from the facts that ship with Footnote.

    python -m benchmarks.claims [--split dev] [--every N] [--json] [--wrong]

Every claim becomes a fact with its wordings and two of its near misses; the other posts of one split are decided as in
mode auto, at the shipped threshold, with all claims in the store.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.matchers import TODAY, matcher_over, verdicts
from bot.cli.metrics import Share
from bot.domain.decision import Action
from bot.domain.fact import Citation, Fact, NearMiss, Source, Verdict
from bot.domain.ports import Matcher

CORPUS = Path(__file__).resolve().parent / "corpus"
SOURCE = Source("corpus", "The corpus", "Claims and the posts that stand to them", "https://corpus.example")

Outcome = tuple[dict[str, str], Action, bool]
"""A post, what was decided, and whether it was about the post's own claim."""


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


def decided(claims: Iterable[dict[str, Any]], facts: Sequence[Fact], matcher: Matcher) -> Iterator[Outcome]:
    """Yield what is decided on every post of some claims."""
    verdict = verdicts(matcher, facts)
    for claim in claims:
        for post in posts_of(claim):
            decision = verdict(post["text"])
            yield post, decision.action, decision.match is not None and decision.match.slug == claim["id"]


def measures(outcomes: Sequence[Outcome]) -> dict[str, Share]:
    """Return precision and recall, recall with the queue, recall by kind, and wrong replies by label and kind."""
    replies = [(post, own) for post, action, own in outcomes if action is Action.REPLY]
    repeats = [(post, action, own) for post, action, own in outcomes if post["label"] == "repeat"]
    right = sum(post["label"] == "repeat" and own for post, own in replies)
    table = {
        "precision of automatic replies": Share(right, len(replies)),
        "recall of automatic replies": Share(right, len(repeats)),
        "recall of replies and queue": Share(
            sum(own and action is not Action.IGNORE for _, action, own in repeats), len(repeats)
        ),
    }
    for label, kind in sorted({(post["label"], post["kind"]) for post, _, _ in outcomes}):
        rows = [(action, own) for post, action, own in outcomes if (post["label"], post["kind"]) == (label, kind)]
        replied = [own for action, own in rows if action is Action.REPLY]
        if label == "repeat":
            table[f"right replies to {label} / {kind}"] = Share(sum(replied), len(rows))
        else:
            table[f"wrong replies to {label} / {kind}"] = Share(len(replied), len(rows))
    return table


def main() -> None:
    """Decide on every post of a split and print what came of each label and kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--split", choices=("train", "dev", "test"), default="dev")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take each Nth claim, for haste")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--wrong", action="store_true", help="print each wrong reply, too")
    arguments = parser.parse_args()
    claims = load()
    facts = [fact_of(claim) for claim in claims]
    chosen = [claim for claim in claims if split_of(claim["id"]) == arguments.split][:: arguments.every]
    outcomes = list(decided(chosen, facts, matcher_over(facts)))
    table = measures(outcomes)
    if arguments.json:
        print(json.dumps({name: share.to_json() for name, share in table.items()}))
        return
    for name, share in table.items():
        within = share.interval()
        print(f"{name:48s} {share.value or 0:.3f}  ({within.low:.3f} to {within.high:.3f}; {share.hits} of {share.of})")
    for post, action, own in outcomes if arguments.wrong else ():
        if action is Action.REPLY and not (own and post["label"] == "repeat"):
            print(f"{post['label']} / {post['kind']}: {' '.join(post['text'].split())}")


if __name__ == "__main__":
    main()
