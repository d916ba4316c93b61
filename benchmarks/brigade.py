"""Measure the rules of ratings on simulated servers, and how many colluders it takes to turn them.

    python -m benchmarks.brigade [--quick]

Prints Markdown tables: which good and which partisan notes become Helpful under each rule, how many colluders make a
partisan note Helpful or take a good one its status, and how often one more rating flips a status.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean, median

from benchmarks.community import COVERS, World, collude, simulate
from bot.domain.rating import Helpfulness, NoteStatus, Rating
from bot.domain.wilson import wilson
from bot.notes.ratings.score import score
from bot.notes.ratings.tally import Tally, tally

Rule = Callable[[Sequence[Rating], Mapping[int, NoteStatus]], set[int]]
"""Returns the notes that are Helpful, given all ratings and what is shown now."""

SIZES = (6, 10, 15, 30, 60)
BRIGADED = (6, 10, 20, 30)
"""With six, it is the rule of a cold start that decides."""
MOST_COLLUDERS = 40
"""Where so many aren't enough, the table says never."""
X_INTERCEPT, X_FACTOR, X_RATINGS = 0.40, 0.5, 5
"""X's scorer: Helpful from this intercept on, with a factor no larger than this, from so many ratings on."""


def majority(ratings: Sequence[Rating], _: Mapping[int, NoteStatus]) -> set[int]:
    """Return the notes that come to more than half."""
    return {note for note, found in _tallies(ratings).items() if found.points > found.n / 2}


def careful(ratings: Sequence[Rating], _: Mapping[int, NoteStatus]) -> set[int]:
    """Return the notes whose 95 percent interval lies over one half."""
    return {note for note, found in _tallies(ratings).items() if wilson(found.points, found.n).low > 0.5}


def x_relaxed(ratings: Sequence[Rating], _: Mapping[int, NoteStatus]) -> set[int]:
    """Return the notes over X's thresholds, in a model that needs three ratings instead of X's ten."""
    scores, counts = score(ratings, {}, reasons_known=False), _tallies(ratings)
    places = scores.fit.notes if scores.fit else {}
    return {
        note
        for note, place in places.items()
        if place.intercept >= X_INTERCEPT and abs(place.factor) <= X_FACTOR and counts[note].n >= X_RATINGS
    }


def sides(ratings: Sequence[Rating], shown: Mapping[int, NoteStatus]) -> set[int]:
    """Return the notes that Footnote makes Helpful, those of a cold start included."""
    notes = score(ratings, shown, reasons_known=False).notes.values()
    return {found.note_id for found in notes if found.status is NoteStatus.HELPFUL}


RULES: Mapping[str, Rule] = {
    "majority": majority,
    "Wilson 95% > .5": careful,
    "X's thresholds, relaxed": x_relaxed,
    "**sides**": sides,
}


def quality(worlds: Mapping[str, float | None], seeds: int) -> list[str]:
    """Return the table of good notes found and of partisan notes taken for good."""
    rows = [_row("world", "rule", *(f"{size} raters" for size in SIZES)), _row(*["---"] * (2 + len(SIZES)))]
    for name, camp_a in worlds.items():
        for rule, helpful in RULES.items():
            cells = []
            for size in SIZES:
                made = [simulate(size, camp_a, seed) for seed in range(seeds)]
                found = [(world, helpful(world.ratings, {})) for world in made]
                good = fmean(_share(found_in, world.of_kind("good")) for world, found_in in found)
                partisan = fmean(_share(found_in, world.of_kind("partisan")) for world, found_in in found)
                cells.append(f"{good:.2f}/{partisan:.2f}")
            rows.append(_row(name, rule, *cells))
    return rows


def brigades(kind: str, word: Helpfulness, seeds: int, most: int) -> list[str]:
    """Return the table of the median number of colluders who turn a note of a kind by all saying the same."""
    rows = [_row("rule", "colluders", *(f"{size} raters" for size in BRIGADED)), _row(*["---"] * (2 + len(BRIGADED)))]
    for rule, helpful in RULES.items():
        # Those that look at one note alone don't see what colluders say of others.
        for cover in COVERS if helpful in {sides, x_relaxed} else ("any",):
            cells = []
            for size in BRIGADED:
                worlds = [simulate(size, 0.5, seed) for seed in range(seeds)]
                needed = [_needed(world, helpful, (kind, word), cover, most) for world in worlds]
                cells.append(_median([turned for turned in needed if turned is not None], most))
            rows.append(_row(rule, cover, *cells))
    return rows


def _needed(world: World, helpful: Rule, aim: tuple[str, Helpfulness], cover: str, most: int) -> float | None:
    """Return how many colluders turn the first note that is as they don't want it, None where there is none."""
    kind, word = aim
    wanted = word is Helpfulness.HELPFUL
    before = helpful(world.ratings, {})
    target = next((note for note in world.of_kind(kind) if (note in before) is not wanted), None)
    if target is None:
        return None
    shown = dict.fromkeys(before, NoteStatus.HELPFUL)
    for colluders in range(1, most + 1):
        if (target in helpful(collude(world, target, word, cover, colluders), shown)) is wanted:
            return colluders
    return math.inf


def flips(seeds: int) -> list[str]:
    """Return the table of how often one rater who thinks the opposite changes a note's status, of status notes only."""
    counts = {"5 to 9": [0, 0, 0], "10 or more": [0, 0, 0]}
    for seed in range(seeds):
        world = simulate(15, 0.75, seed)
        before = {note: found.status for note, found in score(world.ratings, {}, reasons_known=False).notes.items()}
        for place, rating in enumerate(world.ratings[::5]):
            note = rating.note_id
            size = sum(other.note_id == note for other in world.ratings)
            if before[note] is NoteStatus.NEEDS_MORE or size < 5:
                continue
            turned = [*world.ratings[: 5 * place], _turned(rating), *world.ratings[5 * place + 1 :]]
            cell = counts["5 to 9" if size < 10 else "10 or more"]
            cell[0] += score(turned, {}, reasons_known=False).notes[note].status is not before[note]
            cell[1] += score(turned, before, reasons_known=False).notes[note].status is not before[note]
            cell[2] += 1
    rows = [_row("ratings", "status as new changes", "status that is shown changes"), _row("---", "---", "---")]
    for name, (new, kept, of) in counts.items():
        rows.append(_row(name, *(f"{number} of {of} ({number / max(of, 1):.0%})" for number in (new, kept))))
    return rows


def _turned(rating: Rating) -> Rating:
    helpful = rating.said is Helpfulness.NOT_HELPFUL
    return replace(rating, said=Helpfulness.HELPFUL if helpful else Helpfulness.NOT_HELPFUL)


def _tallies(ratings: Iterable[Rating]) -> dict[int, Tally]:
    by_note: dict[int, list[Rating]] = {}
    for rating in ratings:
        by_note.setdefault(rating.note_id, []).append(rating)
    return {note: tally(own) for note, own in by_note.items()}


def _share(found: set[int], notes: Sequence[int]) -> float:
    return sum(note in found for note in notes) / len(notes)


def _median(numbers: Sequence[float], most: int) -> str:
    if not numbers:
        return "-"
    middle = median(numbers)
    return f"never in {most}" if math.isinf(middle) else f"{middle:g}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def main(argv: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one world each, and four colluders at most")
    quick = parser.parse_args(argv).quick
    seeds, most = (1, 4) if quick else (20, MOST_COLLUDERS)
    print(f"Good notes found / partisan notes falsely Helpful, means of {seeds} worlds:\n")
    print("\n".join(quality({"camps 75/25": 0.75, "no camps": None}, seeds)))
    print(f"\nColluders who make a partisan note Helpful, medians of {seeds} worlds with even camps:\n")
    print("\n".join(brigades("partisan", Helpfulness.HELPFUL, seeds, most)))
    print("\nColluders who take a good note its Helpful, in the same worlds:\n")
    print("\n".join(brigades("good", Helpfulness.NOT_HELPFUL, seeds, most)))
    print("\nOne rater thinks the opposite (15 raters, camps 75/25, notes with a status):\n")
    print("\n".join(flips(seeds)))


if __name__ == "__main__":
    main()
