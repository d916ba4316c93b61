"""The benchmark corpus keeps the form that its README describes."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks" / "corpus"
FILES = sorted(FOLDER.glob("*.jsonl"))
EARLIER = {"consumer", "culture", "health", "history", "places", "politics", "science"}
"""The files with sixteen posts a claim; later ones have twenty-four."""
KINDS = {
    "repeat": ["embedded", "oblique", "pasted", "plain", "reworded"],
    "deny": ["plain", "quoting", "sarcastic"],
    "truth": ["plain"],
    "ask": ["question"],
    "mention": ["mention"],
}
MORE = {
    "repeat": ["embedded", "oblique", "pasted", "plain", "plain", "reworded", "reworded"],
    "deny": ["plain", "plain", "quoting", "sarcastic"],
    "truth": ["plain", "plain"],
    "ask": ["question", "question"],
    "mention": ["mention", "mention"],
}
NEAR_MISSES = {
    *("role swap", "other person", "other number", "other place", "other time", "other scope", "other topic"),
    "at least or only",
}


def claims(file: Path) -> list[dict[str, Any]]:
    """The claims of a file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_claim_has_its_posts(file: Path) -> None:
    """Labels and kinds are those of the README, for every claim."""
    wanted, near_misses = (KINDS, 5) if file.stem in EARLIER else (MORE, 7)
    for claim in claims(file):
        assert set(claim) == {"id", "domain", "claim", "truth", "phrasings", "posts"}, claim["id"]
        assert len(claim["phrasings"]) == 3, claim["id"]
        for label, kinds in wanted.items():
            assert sorted(post["kind"] for post in claim["posts"] if post["label"] == label) == kinds, claim["id"]
        near = [post["kind"] for post in claim["posts"] if post["label"] == "near_miss"]
        assert len(set(near)) == len(near) == near_misses, claim["id"]
        assert set(near) <= NEAR_MISSES, claim["id"]
        assert len(claim["posts"]) == sum(map(len, wanted.values())) + near_misses, claim["id"]


def test_nothing_stands_there_twice() -> None:
    """Ids and texts are unique over all files, whatever their case and punctuation."""
    every = [claim for file in FILES for claim in claims(file)]
    assert len({claim["id"] for claim in every}) == len(every)
    texts = [text for claim in every for text in (*claim["phrasings"], *(post["text"] for post in claim["posts"]))]
    seen = Counter(re.sub(r"\W+", " ", text.lower()).strip() for text in texts)
    assert [text for text, times in seen.items() if times > 1] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_posts_are_no_template(file: Path) -> None:
    """No word opens more than one post in ten, and no address is a real one."""
    posts = [post["text"] for claim in claims(file) for post in claim["posts"]]
    openings = Counter(re.findall(r"\w+", text.lower())[0] for text in posts)
    word, times = openings.most_common(1)[0]
    assert times / len(posts) <= 0.1, word
    hosts = {host for text in posts for host in re.findall(r"https?://([^/\s)>]+)", text)}
    assert [host for host in hosts if not host.endswith(".example")] == []
