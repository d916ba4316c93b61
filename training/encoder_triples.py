"""Triples for training the sentence encoder: a claim, a post that repeats it, and one that only looks as if it did."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relation_pairs import LONGEST, rows, same

PER_SOURCE = 1000
_REAL = frozenset({"checkthat_pos", "pf_title_says", "syn_rep", "fnc", "multiclaim_pos", "fever", "msrp", "emergent"})
"""The sets whose pairs read like posts and the claims that they repeat."""
_LOOKALIKES = frozenset({"checkthat_hardneg", "syn_related", "syn_role", "syn_ent", "syn_num"})


@dataclass(frozen=True, slots=True)
class Triple:
    """``query`` and ``right`` belong together; ``wrong`` is near to them and does not."""

    query: str
    right: str
    wrong: str


def public_triples(path: Path, seed: int, *, unseen: frozenset[str]) -> list[Triple]:
    """Return posts with the claim that they repeat, and a claim that they were found not to repeat, or a stranger's."""
    draw = random.Random(seed)  # noqa: S311 - a sample, not a secret
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    lookalikes: dict[str, list[str]] = defaultdict(list)
    for row in rows(path):
        post, claim = row["post"], row["claim"]
        if max(len(post.split()), len(claim.split())) > LONGEST or not unseen.isdisjoint((same(post), same(claim))):
            continue
        if row["relation"] == "repeats" and row["source"] in _REAL:
            found[row["source"]].append((post, claim))
        elif row["source"] in _LOOKALIKES:
            lookalikes[post].append(claim)
            lookalikes[claim].append(post)
    triples = []
    for source, pairs in sorted(found.items()):
        few = (
            len(pairs)
            if source.startswith("checkthat")
            else min(len(pairs), 3 * PER_SOURCE if source == "syn_rep" else PER_SOURCE)
        )
        for post, claim in draw.sample(pairs, few):
            near = lookalikes.get(post) or lookalikes.get(claim) or [draw.choice(pairs)[1]]
            triples.append(Triple(post, claim, draw.choice(near)))
    return triples


def corpus_triples(claims: list[dict[str, Any]], seed: int) -> list[Triple]:
    """Return each post that repeats a claim, with a wording of it and another post about it that repeats nothing."""
    draw = random.Random(seed)  # noqa: S311 - a sample, not a secret
    triples = []
    for claim in claims:
        wordings = [claim["claim"], *claim["phrasings"]]
        others = [post["text"] for post in claim["posts"] if post["label"] != "repeat"]
        near = [post["text"] for post in claim["posts"] if post["label"] == "near_miss"]
        for post in claim["posts"]:
            if post["label"] == "repeat":
                triples.append(Triple(post["text"], draw.choice(wordings), draw.choice(near)))
                triples.append(
                    Triple(draw.choice(wordings), post["text"], draw.choice([*near, *others, claim["truth"]]))
                )
        first, second = draw.sample(wordings, 2)
        triples.append(Triple(first, second, draw.choice(near)))
    return triples
