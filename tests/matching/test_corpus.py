"""The floor under what Footnote does by itself: labelled posts, in a server that answers at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.matching.conftest import Bench

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
MIN_PRECISION = 0.95
MIN_RECALL = 0.40


def _posts() -> Iterator[dict[str, str | None]]:
    for name in ("posts_dev.jsonl", "near_miss_dev.jsonl"):
        for line in (CORPUS / name).read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def test_automatic_replies_stay_above_the_floor(bench: Bench) -> None:
    """A reply is right only to a repeat, and only with the labelled fact or one that it says it overlaps."""
    right, wrong, repeats, chatter = 0, [], 0, []
    for post in _posts():
        text, fact = str(post["text"]), post["fact"]
        repeats += post["label"] == "repeat"
        slug = bench.reply(text)
        if slug is None:
            continue
        if post["label"] == "repeat" and fact and slug in (fact, *bench.facts[fact].overlaps):
            right += 1
        else:
            wrong.append(f"{slug} to {post['label']} {fact}: {text[:80]}")
        if post["label"] == "none":
            chatter.append(text)
    assert repeats >= 190
    assert chatter == []
    assert right / (right + len(wrong)) >= MIN_PRECISION, wrong
    assert right / repeats >= MIN_RECALL
