"""Fit the calibration that ships with Footnote, and print what it reaches.

    python training/fit_calibration.py tests/corpus/posts_dev.jsonl tests/corpus/near_miss_dev.jsonl \
        [--chat CHAT.txt.gz] [--cache DIR] [--write]

A logistic regression is fitted on the candidates of posts over the corpus's dev claims, which no model was trained on,
and of ordinary chat (lines of "source TAB text", not part of the repository). Figures on these come from ten folds in
which whole claims are held out. The labelled posts named on the command line, over the core pack's facts, are only
measured.
The threshold is the lowest at which replies reach the wanted precision on both. On the
labelled posts, which hold posts on no claim, too, a stretch and a shift of the log-odds are tuned; no weight is.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from calibration_report import Floats, best_per_post, free_of_doubt, label_counts, show
from calibration_rows import Row, cached, chat_posts, corpus_facts, corpus_posts, fingerprint, labelled_posts, rows_of
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.matchers import core_facts
from bot.domain.fact import Fact
from bot.matching.calibration import models_entry
from bot.matching.matcher import matcher_over
from bot.matching.model_set import ModelSet, load_models
from bot.matching.models import CALIBRATION, ENCODER, RELATION

VERSION = "relation-1"
WANTED_PRECISION = 0.97  # on posts about the shipped facts: a wrong correction does more harm than a missed one
WANTED_ELSEWHERE = 0.88  # on the corpus, where every claim has a near miss of each kind
UNUSED = ("post_repeats",)
"""What the other classes leave: with them the weights carry over less well from the corpus to other facts."""
MIX = {"repeat": 3.0, "deny": 1.0, "truth": 1.0, "ask": 1.0, "mention": 1.0, "near_miss": 1.0}
"""How often posts of each label are taken to come near a claim: what a confidence means depends on it. The corpus holds
more near misses than that, since they are what has to be learned."""
REGULARISATION = 0.3  # C of scikit-learn; 0.1 to 1 differ by less than the noise of the folds
FOLDS = 10


class Sets:
    """The rows of every set: fitted on ``corpus`` and the first half of ``chat``, measured on all."""

    def __init__(self, models: ModelSet, posts: list[Path], chat: Path | None, cache: Path | None) -> None:
        self._models = models
        self._cache = cache
        core, corpus = core_facts(), corpus_facts()
        messages = chat_posts(chat) if chat else []
        self.corpus_posts = corpus_posts("dev")
        self.corpus = self._rows("corpus", corpus, self.corpus_posts)
        self.core = self._rows("core", core, labelled_posts(*posts))
        half = len(messages) // 2
        self.chat = self._rows("chat", corpus, messages[:half]) + self._rows("chat-2", core, messages[:half])
        self.unseen_chat = self._rows("chat-3", core, messages[half:])
        self.unseen_messages = len(messages) - half
        self.models = models_entry(self._models.encoder.name, self._models.relation.name)

    def _rows(self, name: str, facts: list[Fact], posts: list[dict[str, object]]) -> list[Row]:
        def make() -> Iterable[Row]:
            return rows_of(matcher_over(facts, self._models), {fact.slug: fact for fact in facts}, posts)

        if self._cache is None:
            return list(make())
        key = fingerprint(self._models.encoder.name, self._models.relation.name, json.dumps(posts), str(len(facts)))
        return cached(self._cache / f"{name}-{key}.jsonl", make)


def matrix(rows: list[Row], names: list[str]) -> Floats:
    """Return the named features, shape (rows, names)."""
    return np.array([[row.features[name] for name in names] for row in rows], dtype=float).reshape(len(rows), -1)


def fit(features: Floats, targets: npt.NDArray[np.bool_], weights: Floats) -> Pipeline:
    """Fit standardisation and regression."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=REGULARISATION, max_iter=5000))
    return model.fit(features, targets, logisticregression__sample_weight=weights)


def fitted(rows: list[Row], names: list[str]) -> Pipeline:
    """Fit on the rows whose target is known, weighed so that the labels stand in the ratios of ``MIX``."""
    known = [row for row in rows if row.target is not None]
    posts = {label: len({row.post for row in known if row.label == label}) for label in MIX}
    share = {label: MIX[label] / posts[label] for label in MIX if posts[label]}
    largest = max(share.values())
    weights = np.array([share[row.label] / largest if row.label in share else 1.0 for row in known])
    return fit(matrix(known, names), np.array([bool(row.target) for row in known]), weights)


def held_out(rows: list[Row], extra: list[Row], names: list[str]) -> Floats:
    """Return each row's probability by weights that never saw its claim; ``extra`` rows join every fit."""
    probability = np.zeros(len(rows))
    groups = np.array([row.group for row in rows])
    for train, test in GroupKFold(FOLDS).split(rows, groups=groups):
        model = fitted([*(rows[i] for i in train), *extra], names)
        probability[test] = model.predict_proba(matrix([rows[i] for i in test], names))[:, 1]
    return probability


def predicted(rows: list[Row], model: Pipeline, names: list[str]) -> Floats:
    """Return each row's probability."""
    return model.predict_proba(matrix(rows, names))[:, 1] if rows else np.zeros(0)


def mixed(counts: dict[str, int]) -> dict[str, float]:
    """Return a weight for a post of each label, 1 for repeats, that brings a set into the ratios of ``MIX``."""
    unit = MIX["repeat"] / counts["repeat"]
    return {label: MIX[label] / counts[label] / unit for label in MIX if label in counts}


def scale_of(rows: list[Row], probability: Floats) -> tuple[float, float]:
    """Return slope and shift of the log-odds with which confidence means probability (Platt 1999)."""
    tops = [i for i in best_per_post(rows, probability) if rows[i].target is not None]
    platt = LogisticRegression(C=1e6).fit(log_odds(probability[tops])[:, None], [rows[i].right for i in tops])
    return float(platt.coef_[0, 0]), float(platt.intercept_[0])


def log_odds(probability: Floats) -> Floats:
    """Return the logarithms of the odds."""
    clipped = np.clip(probability, 1e-6, 1 - 1e-6)
    odds: Floats = np.log(clipped / (1 - clipped))
    return odds


def rescaled(probability: Floats, scale: tuple[float, float]) -> Floats:
    """Return probabilities with their log-odds stretched and shifted."""
    return 1 / (1 + np.exp(-(scale[0] * log_odds(probability) + scale[1])))


def threshold_for(rows: list[Row], probability: Floats, wanted: float, weight: dict[str, float]) -> float:
    """Return the lowest threshold at which the replies that no gate holds reach the wanted precision.

    Each reply counts with the weight of its label, so that the posts stand in the ratios of ``MIX``.
    """
    order = sorted(free_of_doubt(rows, probability), key=lambda i: -probability[i])
    weights = np.array([weight.get(rows[i].label, 1.0) for i in order])
    right = np.cumsum(weights * [rows[i].right for i in order])
    enough = np.flatnonzero(right / np.cumsum(weights) >= wanted)
    if not len(enough):
        return 1.0
    return math.ceil(100 * float(probability[order[enough[-1]]])) / 100  # people read it: two digits, rounded up


def main() -> None:
    """Fit, print, and write the calibration where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("posts", type=Path, nargs="+")
    parser.add_argument("--chat", type=Path)
    parser.add_argument("--cache", type=Path, help="keep the candidates' features here between runs")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--out", type=Path, default=CALIBRATION, help="where --write writes")
    parser.add_argument("--encoder", type=Path, default=ENCODER, help="the folder of another encoder")
    parser.add_argument("--relation", type=Path, default=RELATION, help="the folder of another relation model")
    arguments = parser.parse_args()
    models = load_models(arguments.encoder, arguments.relation)
    sets = Sets(models, arguments.posts, arguments.chat, arguments.cache)
    names = [name for name in sorted(sets.corpus[0].features) if name not in UNUSED]
    model = fitted([*sets.corpus, *sets.chat], names)
    corpus, core = held_out(sets.corpus, sets.chat, names), predicted(sets.core, model, names)
    scale = scale_of(sets.core, core)
    corpus, core = rescaled(corpus, scale), rescaled(core, scale)
    chat = rescaled(predicted(sets.unseen_chat, model, names), scale)
    counts = [label_counts(sets.corpus_posts), label_counts(labelled_posts(*arguments.posts))]
    threshold = max(
        threshold_for(sets.corpus, corpus, WANTED_ELSEWHERE, mixed(counts[0])),
        threshold_for(sets.core, core, WANTED_PRECISION, {}),
    )
    print(f"log-odds scaled by {scale[0]:.3f}, shifted by {scale[1]:+.3f}")
    show("corpus", sets.corpus, corpus, threshold=threshold, counts=counts[0])
    show("core", sets.core, core, threshold=threshold, counts=counts[1])
    loud = [i for i in free_of_doubt(sets.unseen_chat, chat) if chat[i] >= threshold]
    print(f"== unseen chat: {len(loud)} replies in {sets.unseen_messages} messages")
    for i in loud:
        print(f"   {chat[i]:.2f} {sets.unseen_chat[i].slug}: {sets.unseen_chat[i].text[:120]}")
    table = _table(model, names, scale[0])
    for name, row in sorted(table.items(), key=lambda item: -abs(item[1]["weight"])):
        print(f"{name:20s} {row['weight']:+.2f}")
    if arguments.write:
        data = {
            "version": VERSION,
            "models": sets.models,
            "threshold": threshold,
            "intercept": round(float(model[1].intercept_[0]) * scale[0] + scale[1], 4),
            "features": table,
        }
        arguments.out.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def _table(model: Pipeline, names: list[str], slope: float) -> dict[str, dict[str, float]]:
    scaler, regression = model[0], model[1]
    return {
        name: {"weight": round(float(w) * slope, 4), "mean": round(float(m), 4), "scale": round(float(s), 4)}
        for name, w, m, s in zip(names, regression.coef_[0], scaler.mean_, scaler.scale_, strict=True)
    }


if __name__ == "__main__":
    main()
