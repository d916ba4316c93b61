"""Fit the calibration that ships with Footnote, and print what each gate earns.

    python training/fit_calibration.py tests/corpus/posts_dev.jsonl tests/corpus/near_miss_dev.jsonl \
        [--chat CHAT.txt.gz] [--write]

The posts are labelled (``text``, ``label``, ``fact``); the facts are those of the core pack. Ordinary chat (lines of
"source TAB text", not part of the repository) adds messages that make no claim. A logistic regression is fitted on all
candidates of all posts; the printed figures come from ten folds in which whole facts are held out, so that no fact is
measured by weights that saw it. The threshold is the lowest at which replies reach the wanted precision there.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from bot.domain.post import Post
from bot.matching.encoder import OnnxEncoder
from bot.matching.gates import judge
from bot.matching.listed import index_of
from bot.matching.models import CALIBRATION, ENCODER
from bot.matching.retrieve import Retriever
from bot.matching.spans import ASSERTED, read
from bot.matching.vectors import missing
from bot.store.pack import read_pack

PACK = Path(__file__).resolve().parents[1] / "bot" / "packs" / "core.json"
WANTED_PRECISION = 0.97  # a wrong correction does more harm than a missed one; a little above the 0.95 we promise
REGULARISATION = 0.1  # sklearn's C; 0.05 to 0.3 differ by less than the noise of the folds
FOLDS = 10
CHAT_SAMPLE = 25_000
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One candidate of one post. ``target`` is None where the post repeats a fact that overlaps this one."""

    text: str
    label: str
    right: bool
    target: bool | None
    group: str
    features: dict[str, float]
    held: frozenset[str]


def rows_of(
    retriever: Retriever, overlaps: dict[str, tuple[str, ...]], posts: Iterable[dict[str, str | None]]
) -> Iterator[Row]:
    """Yield a row for every candidate of every post."""
    for number, post in enumerate(posts):
        text, label, fact = str(post["text"]), str(post["label"]), post.get("fact")
        reading = read(Post(text))
        own = reading.text(*ASSERTED)
        for one in retriever.scored(reading):
            slug = one.indexed.fact.slug
            overlapping = label == "repeat" and slug in overlaps.get(fact or "", ())
            hit = label == "repeat" and slug == fact
            gates = judge(one, own_text=own, foreign_language=False, cites_source=False).gates
            held = frozenset(gate.name for gate in gates if not gate.passed)
            target = None if overlapping else hit
            group = fact or f"none-{number % 50}"
            yield Row(text, label, hit or overlapping, target, group, one.features, held)


def fit(features: Floats, targets: Floats) -> Pipeline:
    """Fit standardisation and regression."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=REGULARISATION, max_iter=5000))
    return model.fit(features, targets)


def held_out(rows: list[Row], features: Floats) -> Floats:
    """Return each row's probability by weights that never saw its fact."""
    known = np.array([row.target is not None for row in rows])
    targets = np.array([bool(row.target) for row in rows])
    groups = np.array([row.group for row in rows])
    probability = np.zeros(len(rows))
    for train, test in GroupKFold(FOLDS).split(features, targets, groups):
        seen = train[known[train]]
        probability[test] = fit(features[seen], targets[seen]).predict_proba(features[test])[:, 1]
    return probability


def best_per_post(rows: list[Row], probability: Floats) -> list[int]:
    """Return the index of the most probable candidate of every post."""
    best: dict[str, int] = {}
    for i, row in enumerate(rows):
        if row.text not in best or probability[i] > probability[best[row.text]]:
            best[row.text] = i
    return list(best.values())


def threshold_for(rows: list[Row], probability: Floats, tops: list[int], wanted: float) -> float:
    """Return the lowest threshold at which the replies that no gate holds reach the wanted precision."""
    order = sorted((i for i in tops if not rows[i].held), key=lambda i: -probability[i])
    right = np.cumsum([rows[i].right for i in order])
    enough = np.flatnonzero(right / np.arange(1, len(order) + 1) >= wanted)
    return math.ceil(100 * float(probability[order[enough[-1]]])) / 100  # people read it: two digits, rounded up


def show(rows: list[Row], probability: Floats, tops: list[int], *, threshold: float, repeats: int, chat: int) -> None:
    """Print precision and recall around the threshold, what each gate earns, and the calibration."""
    replies = [i for i in tops if probability[i] >= threshold]

    def count(found: Iterable[int]) -> tuple[int, int]:
        right = [rows[i].right for i in found]
        return sum(right), len(right) - sum(right)

    right, wrong = count([i for i in replies if not rows[i].held])
    ungated = count(replies)
    print(
        f"threshold {threshold:.3f}: {right} right, {wrong} wrong replies: precision {right / (right + wrong):.3f}, "
        f"recall {right / repeats:.3f} of {repeats}; without gates {ungated[0]} right, {ungated[1]} wrong"
    )
    noise = [i for i in replies if rows[i].label == "chat" and not rows[i].held]
    print(f"ordinary chat: {len(noise)} replies in {chat} messages")
    at_half = [i for i in tops if probability[i] >= 0.5]
    for name in sorted({name for row in rows for name in row.held}):
        lines = [count([i for i in some if name in rows[i].held]) for some in (replies, at_half)]
        print(
            f"gate {name:12s} holds at the threshold: {lines[0][0]} right, {lines[0][1]} wrong; "
            f"at 0.5: {lines[1][0]} right, {lines[1][1]} wrong"
        )
    print("reliability (confidence, share right, posts), and expected calibration error over labelled posts:")
    own = [i for i in tops if rows[i].label != "chat" and rows[i].target is not None]
    bins = np.minimum((probability[own] * 10).astype(int), 9)
    error = 0.0
    for k in range(10):
        members = np.array(own)[bins == k]
        if len(members):
            mean, share = probability[members].mean(), np.mean([rows[i].right for i in members])
            error += len(members) / len(own) * abs(mean - share)
            print(f"  {mean:.2f}  {share:.2f}  {len(members)}")
    print(f"expected calibration error {error:.3f}")


def chat_posts(path: Path) -> list[dict[str, str | None]]:
    """Return a seeded sample of ordinary messages."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        texts = sorted({line.rstrip("\n").split("\t", 1)[1] for line in file})
    sample = random.Random(0).sample(texts, min(CHAT_SAMPLE, len(texts)))  # noqa: S311 - a sample, not a secret
    return [{"text": text, "label": "chat", "fact": None} for text in sample]


def main() -> None:
    """Fit, print, and write the calibration where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("posts", type=Path, nargs="+")
    parser.add_argument("--chat", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    facts = read_pack(PACK)
    encoder = OnnxEncoder(ENCODER)
    retriever = Retriever(index_of(facts, missing(facts, {}, encoder), encoder), encoder)
    posts = [json.loads(line) for path in arguments.posts for line in path.read_text(encoding="utf-8").splitlines()]
    repeats = sum(post["label"] == "repeat" for post in posts)
    chat = chat_posts(arguments.chat) if arguments.chat else []
    overlaps = {fact.slug: fact.overlaps for fact in facts}
    rows = list(rows_of(retriever, overlaps, [*posts, *chat]))
    names = sorted(rows[0].features)
    features = np.array([[row.features[name] for name in names] for row in rows])
    probability = held_out(rows, features)
    tops = best_per_post(rows, probability)
    threshold = threshold_for(rows, probability, tops, WANTED_PRECISION)
    show(rows, probability, tops, threshold=threshold, repeats=repeats, chat=len(chat))
    known = np.array([row.target is not None for row in rows])
    model = fit(features[known], np.array([bool(row.target) for row in rows])[known])
    scaler, regression = model[0], model[1]
    table = {
        name: {"weight": round(float(w), 4), "mean": round(float(m), 4), "scale": round(float(s), 4)}
        for name, w, m, s in zip(names, regression.coef_[0], scaler.mean_, scaler.scale_, strict=True)
    }
    for name, row in sorted(table.items(), key=lambda item: -abs(item[1]["weight"])):
        print(f"{name:20s} {row['weight']:+.2f}")
    if arguments.write:
        data = {
            "version": "hybrid-1",
            "threshold": threshold,
            "intercept": round(float(regression.intercept_[0]), 4),
            "features": table,
        }
        CALIBRATION.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
