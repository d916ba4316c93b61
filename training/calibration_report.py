"""What a fitted calibration decides on rows of candidates, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
from calibration_rows import Row

from bot.matching.decide import QUEUE_FLOOR
from bot.matching.gates import rival_gate

Floats = npt.NDArray[np.float64]


def best_per_post(rows: list[Row], probability: Floats) -> list[int]:
    """Return the index of the most probable candidate of every post."""
    best: dict[int, int] = {}
    for i, row in enumerate(rows):
        if row.post not in best or probability[i] > probability[best[row.post]]:
            best[row.post] = i
    return list(best.values())


def free_of_doubt(rows: list[Row], probability: Floats) -> list[int]:
    """Return the index of the most probable candidate of every post, where no gate holds it."""
    posts: dict[int, list[int]] = {}
    for i, row in enumerate(rows):
        posts.setdefault(row.post, []).append(i)

    def rivals(i: int) -> Iterator[float]:
        others = (j for j in posts[rows[i].post] if rows[j].slug not in (rows[i].slug, *rows[i].overlaps))
        return (float(probability[j]) for j in others)

    best = (i for i in best_per_post(rows, probability) if not rows[i].held)
    return [i for i in best if rival_gate(float(probability[i]), rivals(i)).passed]


def show(name: str, rows: list[Row], probability: Floats, *, threshold: float, counts: dict[str, int]) -> None:
    """Print precision and recall at a threshold, wrong replies by label, what each gate earns, and the reliability."""
    tops = best_per_post(rows, probability)
    replies = [i for i in free_of_doubt(rows, probability) if probability[i] >= threshold]
    right = sum(rows[i].right for i in replies)
    queued = [i for i in tops if probability[i] >= QUEUE_FLOOR and rows[i].relation == "repeats" and rows[i].right]
    precision = f"{right / max(1, len(replies)):.3f} ({right} of {len(replies)})"
    print(
        f"== {name}, threshold {threshold:.2f}: precision {precision}, "
        f"recall {right / counts['repeat']:.3f}, with queue {len(queued) / counts['repeat']:.3f} of {counts['repeat']}"
    )
    for label in sorted(counts):
        wrong = sum(not rows[i].right for i in replies if rows[i].label == label)
        print(f"   {label:10s} {counts[label]:5d} posts, {wrong:3d} wrong replies ({wrong / counts[label]:.3f})")
    styles = sorted({row.style for row in rows if row.label == "repeat"})
    for style in styles if len(styles) > 1 else ():
        own = {row.post for row in rows if row.label == "repeat" and row.style == style}
        hit = sum(rows[i].right for i in replies if rows[i].post in own)
        print(f"   repeat, {style:10s} {hit / len(own):.3f} of {len(own)} that have candidates")
    gates(rows, probability, tops, threshold)
    print(f"   expected calibration error {calibration_error(rows, probability, tops):.3f}")


def gates(rows: list[Row], probability: Floats, tops: list[int], threshold: float) -> None:
    """Print what each gate holds back, at the threshold and at one half."""

    def count(found: list[int]) -> str:
        right = sum(rows[i].right for i in found)
        return f"{right:3d} right {len(found) - right:3d} wrong"

    for name in sorted({name for row in rows for name in row.held}):
        held = [[i for i in tops if probability[i] >= at and name in rows[i].held] for at in (threshold, 0.5)]
        only = [i for i in held[0] if len(rows[i].held) == 1]
        print(f"   gate {name:10s} at the threshold {count(held[0])}, alone {count(only)}; at 0.5 {count(held[1])}")


def calibration_error(rows: list[Row], probability: Floats, tops: list[int]) -> float:
    """Return the expected calibration error over ten equal bins; overlapping facts are left out."""
    own = np.array([i for i in tops if rows[i].target is not None])
    right = np.array([rows[i].right for i in own])
    bins = np.minimum((probability[own] * 10).astype(int), 9)
    shares = ((bins == k) for k in range(10))
    return float(
        sum(
            members.sum() * abs(probability[own][members].mean() - right[members].mean())
            for members in shares
            if members.any()
        )
        / len(own)
    )


def label_counts(posts: Iterable[dict[str, object]]) -> dict[str, int]:
    """Return how many posts carry each label."""
    counts: dict[str, int] = {}
    for post in posts:
        counts[str(post["label"])] = counts.get(str(post["label"]), 0) + 1
    return counts
