"""Sample ratings."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from bot.domain.rating import Helpfulness, Rating, Reason
from tests.builders import NOW

VECTORS = Path(__file__).parent / "vectors"
WORDS = {"1": Helpfulness.HELPFUL, "s": Helpfulness.SOMEWHAT, "0": Helpfulness.NOT_HELPFUL}


def a_rating(note: int, rater: str, said: Helpfulness, reasons: Iterable[Reason] = ()) -> Rating:
    """Return a rating of now."""
    return Rating(note, 1, rater, said, frozenset(reasons), NOW)


def rated(note: int, said: str, reasons: Iterable[Reason] = (), *, prefix: str = "r") -> list[Rating]:
    """Return a rating for each letter: 1 helpful, s somewhat, 0 not helpful, - nothing said."""
    return [
        a_rating(note, f"{prefix}{place:02d}", WORDS[letter], reasons)
        for place, letter in enumerate(said)
        if letter != "-"
    ]


def grid(*notes: str) -> list[Rating]:
    """Return the ratings of some notes, one a word; the same place is the same rater."""
    return [rating for note, said in enumerate(notes) for rating in rated(note, said)]


def vector(name: str) -> dict[tuple[int, int], float]:
    """Return the ratings of a set of vectors by note and rater, unfiltered."""
    with (VECTORS / name / "ratings.csv").open(encoding="utf-8", newline="") as file:
        return {
            (int(row["noteId"]), int(row["raterParticipantId"])): float(row["helpfulNum"])
            for row in csv.DictReader(file)
        }
