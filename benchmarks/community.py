"""Simulated servers: raters with tastes, notes with merits, and colluders among them.

A rating is the note's quality, plus what the rater's taste makes of the note's leaning, plus the rater's kindness, plus
noise: Helpful over 0.2, Not helpful under -0.2, Somewhat between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from bot.domain.rating import Helpfulness, Rating

NOTES = 25
DENSITY = 0.6
"""The share of notes that a rater rates."""
KINDS = ("good",) * 10 + ("bad",) * 6 + ("partisan A", "partisan B") * 4 + ("partisan A",)

COVERS = ("fresh accounts", "random cover", "both camps")
"""How colluders look like other raters (see ``collude``)."""

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_NOISE, _KINDNESS, _CUT = 0.5, 0.25, 0.2


@dataclass(frozen=True, slots=True)
class World:
    """A server's ratings. ``kinds`` holds what each note is, ``camps`` the camp of each honest rater: -1, 1 or 0."""

    ratings: tuple[Rating, ...]
    kinds: tuple[str, ...]
    camps: Mapping[str, int]

    def of_kind(self, start: str) -> list[int]:
        """Return the notes of a kind."""
        return [note for note, kind in enumerate(self.kinds) if kind.startswith(start)]


def simulate(raters: int, camp_a: float | None, seed: int) -> World:
    """Return a world without colluders.

    Args:
        raters: How many members rate.
        camp_a: The share of raters in camp A, None for a server without camps.
        seed: Of the random numbers.
    """
    random = np.random.default_rng([seed, raters, round(100 * (camp_a or 0))])
    quality, leaning = _notes(random)
    first = 0 if camp_a is None else round(camp_a * raters)
    camps = [0 if camp_a is None else 1 if rater < first else -1 for rater in range(raters)]
    ratings = []
    for rater, camp in enumerate(camps):
        taste = camp * max(0.3, random.normal(1, 0.25)) if camp else random.normal(0, 0.25)
        kindness = random.normal(0, _KINDNESS)
        for note in np.flatnonzero(random.random(NOTES) < DENSITY):
            liking = quality[note] + taste * leaning[note] + kindness + random.normal(0, _NOISE)
            ratings.append(_rating(int(note), f"honest {rater:03d}", _word(float(liking))))
    return World(tuple(ratings), KINDS, {f"honest {rater:03d}": camp for rater, camp in enumerate(camps)})


def _notes(random: np.random.Generator) -> tuple[list[float], list[float]]:
    means = {
        "good": (1.0, 0.3, 0.0),
        "bad": (-1.0, 0.4, 0.0),
        "partisan A": (0, 0.2, 1.0),
        "partisan B": (0, 0.2, -1.0),
    }
    quality = [float(random.normal(means[kind][0], means[kind][1])) for kind in KINDS]
    leaning = [float(random.normal(means[kind][2], 0.15)) for kind in KINDS]
    return quality, leaning


def collude(world: World, target: int, word: Helpfulness, cover: str, colluders: int) -> tuple[Rating, ...]:
    """Return the ratings with those of colluders, who all say the same of one note.

    Args:
        world: The honest server.
        target: The note that they are after.
        word: What they say of it.
        cover: What they say of other notes: "fresh accounts" nothing, "random cover" anything, "both camps" what one
            camp would say, half of them each camp.
        colluders: How many they are.
    """
    added = []
    for colluder in range(colluders):
        random = np.random.default_rng([target, colluder])
        name = f"colluder {colluder:03d}"
        added.append(_rating(target, name, word))
        if cover == "fresh accounts":
            continue
        camp = 1 if colluder % 2 else -1
        for note in np.flatnonzero(random.random(NOTES) < DENSITY):
            said = list(Helpfulness)[random.integers(3)]
            if cover == "both camps":
                said = _typical(world.kinds[note], camp)
            if note != target:
                added.append(_rating(int(note), name, said))
    return (*world.ratings, *added)


def _typical(kind: str, camp: int) -> Helpfulness:
    own = "partisan A" if camp > 0 else "partisan B"
    return Helpfulness.HELPFUL if kind in {"good", own} else Helpfulness.NOT_HELPFUL


def _word(liking: float) -> Helpfulness:
    if liking > _CUT:
        return Helpfulness.HELPFUL
    return Helpfulness.NOT_HELPFUL if liking < -_CUT else Helpfulness.SOMEWHAT


def _rating(note: int, rater: str, said: Helpfulness) -> Rating:
    return Rating(note, 1, rater, said, frozenset(), _NOW)
