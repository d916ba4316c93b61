"""Show what each part of matching brings: fit the calibration with and without it, and measure on the same posts.

    python training/ablation.py tests/corpus/posts_dev.jsonl tests/corpus/near_miss_dev.jsonl --cache DIR [--chat CHAT]

Recall is that of replies at the lowest threshold with a precision of 0.97 and of 0.90, chosen on the very posts that
are measured, so that variants can be compared, with all gates but in the last row.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from calibration_report import Floats, best_per_post, calibration_error, free_of_doubt, label_counts
from calibration_rows import Row, corpus_posts, labelled_posts
from fit_calibration import UNUSED, WANTED_PRECISION, Sets, fitted, held_out, predicted

from bot.matching.model_set import load_models

GROUPS = {
    "words": ("covered", "shared", "informed", "claim_only", "truth_only", "length"),
    "words that are rare in the store": ("rare_explained", "rare_best"),
    "names and numbers": ("names_extra", "order_swapped", "number_of_truth", "number_replaced"),
    "meaning": ("cosine", "truth_margin", "truth_margin_post", "near_margin", "rival_margin"),
    "cues": (
        *("negation_added", "negation_scoped", "negation_lost", "asks", "asks_share", "debunks", "opens_with_denial"),
    ),
    "relation": tuple(f"post_{name}" for name in ("denies", "asks", "truth", "other")),
}
STEPS = tuple(GROUPS)
NO_GATES = "without gates"


def recall(rows: list[Row], probability: Floats, repeats: int, *, wanted: float, gated: bool) -> float:
    """Return the recall at the lowest threshold that reaches the wanted precision."""
    open_to = free_of_doubt if gated else best_per_post
    order = sorted(open_to(rows, probability), key=lambda i: -probability[i])
    right = np.cumsum([rows[i].right for i in order])
    enough = np.flatnonzero(right / np.arange(1, len(order) + 1) >= wanted)
    return float(right[enough[-1]]) / repeats if len(enough) else 0.0


def main() -> None:
    """Print a row for each variant."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("posts", type=Path, nargs="+")
    parser.add_argument("--chat", type=Path)
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    sets = Sets(load_models(), arguments.posts, arguments.chat, arguments.cache)
    repeats = [label_counts(posts)["repeat"] for posts in (corpus_posts("dev"), labelled_posts(*arguments.posts))]
    everything = [name for group in GROUPS.values() for name in group]
    assert sorted(everything) == sorted(name for name in sets.corpus[0].features if name not in UNUSED), (
        "a feature is in no group"
    )
    variants = {f"+ {step}": [n for s in STEPS[: k + 1] for n in GROUPS[s]] for k, step in enumerate(STEPS)}
    variants |= {f"without {name}": [n for n in everything if n not in group] for name, group in GROUPS.items()}
    variants[NO_GATES] = everything
    for title, names in variants.items():
        corpus = held_out(sets.corpus, sets.chat, names)
        core = predicted(sets.core, fitted([*sets.corpus, *sets.chat], names), names)
        gated = title != NO_GATES
        own = [
            recall(rows, found, count, wanted=wanted, gated=gated)
            for rows, found, count in ((sets.core, core, repeats[1]), (sets.corpus, corpus, repeats[0]))
            for wanted in (WANTED_PRECISION, 0.90)
        ]
        errors = [
            calibration_error(rows, found, best_per_post(rows, found))
            for rows, found in ((sets.core, core), (sets.corpus, corpus))
        ]
        print(f"| {title} | {len(names)} |", *(f"{value:.3f} |" for value in (*own, *errors)), flush=True)


if __name__ == "__main__":
    main()
