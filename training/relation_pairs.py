"""Pairs of a post and a claim, labelled with how the post stands to the claim, for training the relation model.

From the corpus of unrelated claims (``benchmarks/corpus``, its train split only) and, where given, from a file of
public research sets: JSON lines of ``post``, ``claim``, ``relation`` (repeats, contradicts, neutral) and ``source``.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.matching.normalise import normalise
from bot.matching.relation import CLASSES
from bot.matching.words import words

PER_SOURCE = 1600
REAL_TWEETS = 4500
LONGEST = 50
"""Words. Longer posts cost most of the time and are cut to a window at run time anyway."""

_CORPUS = {
    "repeat": "repeats",
    "deny": "denies",
    "ask": "asks",
    "truth": "truth",
    "mention": "other",
    "near_miss": "other",
}
_ASKING = frozenset({"syn_ask", "pf_title_q", "snopes_title_q"})
_DENYING = frozenset({"syn_den", "syn_neg", "pf_title_deny", "snopes_title_no", "checkthat_neg", "negnli", "syn_rep"})
_NAME = re.compile(r"\b[A-Z][\w'’-]+(?: (?:of |de |van |von )?[A-Z][\w'’-]+)*")
_NO_NAMES = frozenset(
    {"The", "In", "No", "All", "Most", "It", "At", "On", "Every", "Only", "You", "When", "People", "If"}
)
_NOISE = frozenset({"dnc_factuality", "snopes_sub"})
"""Looked at and left out: labels that do not hold for how people post."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A post and a claim. ``allowed`` holds the classes it may be: research sets don't tell denials from truths."""

    post: str
    claim: str
    allowed: tuple[int, ...]


def _classes(*names: str) -> tuple[int, ...]:
    return tuple(CLASSES.index(name) for name in names)


def public_pairs(path: Path, seed: int, *, share: float = 1.0, unseen: frozenset[str] = frozenset()) -> list[Pair]:
    """Return a sample of each research set: ``share`` of at most ``PER_SOURCE`` pairs, more of real tweets.

    Pairs that hold a text of ``unseen`` (by ``same``) are left out: what is to be measured must not be trained on.
    """
    by_source: dict[str, list[Pair]] = defaultdict(list)
    for row in rows(path):
        short = max(len(row["post"].split()), len(row["claim"].split())) <= LONGEST
        if short and row["source"] not in _NOISE and unseen.isdisjoint((same(row["post"]), same(row["claim"]))):
            by_source[row["source"]].append(Pair(row["post"], row["claim"], _public(row)))
    draw = random.Random(seed)  # noqa: S311 - a sample, not a secret
    sample = []
    for source, pairs in sorted(by_source.items()):
        wanted = REAL_TWEETS if source.startswith("checkthat") else PER_SOURCE
        sample += draw.sample(pairs, int(share * min(wanted, len(pairs))))
    return sample


def same(text: str) -> str:
    """Return what two copies of a text have in common: the first letters and digits, without links and names."""
    return re.sub(r"\W+", "", re.sub(r"https?://\S+|@\w+", "", text.lower()))[:40]


def held_out(folder: Path) -> frozenset[str]:
    """Return the posts of a retrieval benchmark's dev split, and the claims that they repeat."""
    claims = {row["id"]: row["vclaim"] for row in rows(folder / "claims.jsonl.gz")}
    judged = (line.split() for line in (folder / "qrels_dev.tsv").read_text(encoding="utf-8").splitlines())
    gold = [claims[name] for _, name in judged if name in claims]
    return frozenset(same(text) for text in (*gold, *(row["text"] for row in rows(folder / "posts_dev.jsonl.gz"))))


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a gzipped file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def _public(row: dict[str, Any]) -> tuple[int, ...]:
    if row["relation"] == "repeats":
        return _classes("repeats")
    if row["relation"] == "contradicts":
        # Inference sets call another place or number a contradiction, too; there it is merely another claim.
        return _classes("denies") if row["source"] in _DENYING else _classes("denies", "truth", "other")
    return _classes("asks") if row["source"] in _ASKING else _classes("other")


class CorpusPairs:
    """Draws epochs of pairs from claims of the corpus."""

    def __init__(self, claims: list[dict[str, Any]]) -> None:
        self._claims = claims
        self._wordings = [[claim["claim"], *claim["phrasings"]] for claim in claims]
        vocabularies = [frozenset().union(*map(_stems, texts)) for texts in self._wordings]
        posts = [(number, post["text"]) for number, claim in enumerate(claims) for post in claim["posts"]]
        self._neighbours = {text: _nearest(_stems(text), vocabularies, number) for number, text in posts}
        self._asides = [post["text"] for claim in claims for post in claim["posts"] if post["label"] == "mention"]

    def epoch(self, seed: int) -> list[Pair]:
        """Return each post with a wording drawn at random, wordings with each other, truths, and strangers."""
        draw = random.Random(seed)  # noqa: S311 - a sample, not a secret
        pairs: list[Pair] = []
        for number, claim in enumerate(self._claims):
            pairs += self._posts(number, claim, draw)
            pairs += self._wording_pairs(number, claim, draw)
            pairs += _truth_pairs(claim, draw)
        return pairs

    def _posts(self, number: int, claim: dict[str, Any], draw: random.Random) -> list[Pair]:
        pairs = []
        for post in claim["posts"]:
            text = self._roughened(post["text"], draw)
            pairs.append(Pair(text, draw.choice(self._wordings[number]), _classes(_CORPUS[post["label"]])))
            if draw.random() < 0.25:
                stranger = draw.choice(self._neighbours[post["text"]])
                pairs.append(Pair(text, draw.choice(self._wordings[stranger]), _classes("other")))
        return pairs

    def _wording_pairs(self, number: int, claim: dict[str, Any], draw: random.Random) -> list[Pair]:
        first, second = draw.sample(self._wordings[number], 2)
        swapped = swap_names(first)
        near = [post["text"] for post in claim["posts"] if post["label"] == "near_miss"]
        repeats = [post["text"] for post in claim["posts"] if post["label"] == "repeat"]
        one, other = draw.sample(near, 2)
        return [
            Pair(self._roughened(first, draw), second, _classes("repeats")),
            Pair(self._roughened(one, draw), one, _classes("repeats")),
            Pair(draw.choice(repeats), one, _classes("other")),
            Pair(other, one, _classes("other")),
            *([Pair(swapped, draw.choice((first, second)), _classes("other"))] if swapped else []),
        ]

    def _roughened(self, text: str, draw: random.Random) -> str:
        """Sometimes put a stranger's sentence around a text, and slips of the finger into it."""
        if draw.random() < 0.12:
            aside = draw.choice(self._asides)
            text = f"{aside} {text}" if draw.random() < 0.5 else f"{text} {aside}"
        if draw.random() < 0.15:
            letters = list(text)
            for _ in range(draw.randint(1, 1 + len(letters) // 50)):
                at = draw.randrange(len(letters))
                letters[at : at + 2] = letters[at : at + 2][::-1] if draw.random() < 0.5 else letters[at + 1 : at + 2]
                if not letters:
                    return text
            text = "".join(letters)
        return text


def swap_names(text: str) -> str | None:
    """Return a text with its first two names exchanged ("A beat B" to "B beat A"), or None where it has no two."""
    names = [match for match in _NAME.finditer(text) if match.group() not in _NO_NAMES]
    if len(names) < 2 or names[0].group() == names[1].group():
        return None
    first, second = names[:2]
    between = text[first.end() : second.start()]
    return text[: first.start()] + second.group() + between + first.group() + text[second.end() :]


def _truth_pairs(claim: dict[str, Any], draw: random.Random) -> list[Pair]:
    """Return pairs against the true statement: a truth repeats it, a repeat of the claim contradicts it."""
    truths = [post["text"] for post in claim["posts"] if post["label"] == "truth"]
    repeats = [post["text"] for post in claim["posts"] if post["label"] == "repeat"]
    wordings = [claim["claim"], *claim["phrasings"]]
    return [
        Pair(claim["truth"], draw.choice(wordings), _classes("truth", "denies")),
        Pair(draw.choice(truths), claim["truth"], _classes("repeats")),
        Pair(draw.choice(repeats), claim["truth"], _classes("denies", "truth")),
    ]


def _nearest(stems: frozenset[str], vocabularies: list[frozenset[str]], own: int) -> list[int]:
    """Return the numbers of the three claims other than its own that share the most words with a text."""
    others = sorted(((len(stems & known), i) for i, known in enumerate(vocabularies) if i != own), reverse=True)
    return [i for _, i in others[:3]]


def _stems(text: str) -> frozenset[str]:
    return words(normalise(text)).content
