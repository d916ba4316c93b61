"""Groups of raters who always answer alike, more than liking the same notes explains.

Members of one mind agree often, and on a good note everybody does. So a group is only reported where those who
otherwise answer most like it would hardly ever have given the same answers by themselves. Imports the domain and numpy.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from statistics import median

from bot.domain.rating import Helpfulness, Rating
from bot.notes.ratings.alike import Answers, agreement, chance_of_answers

LEAST_SHARED = 5
"""Notes that all of a group must have rated: with fewer, answering alike is common."""
LEAST_AGREEMENT = 0.95
"""Share of answers in common, over all pairs of a group."""
RARE = 1e-3
"""How probable it may be at most that any such group of raters agrees by chance (Bonferroni, over all groups of the
size)."""
LARGE = 0.2
"""Share of the raters with ``LEAST_SHARED`` ratings from which on a group may just be a camp of the server, whose
members are never to be accused for their taste."""
QUICK_MINUTES = 10.0
"""Only if its members rate within so many minutes of each other (median) is a large group reported."""

_MINUTE = timedelta(minutes=1)
_UNITS = ((24 * 60.0, "day"), (60.0, "hour"))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A group of raters who answer alike.

    Attributes:
        raters: Who they are, as pseudonyms, sorted: for acting on it, never to be shown.
        notes: The notes that all of them rated, sorted.
        agreement: The share of their answers on these that are the same, over all pairs (0..1).
        expected: How often those who answer most like them gave the group's answer on these notes (0..1).
        minutes: The median time between two of their ratings of one note.
        sentence: What was found, without names.
    """

    raters: tuple[str, ...]
    notes: tuple[int, ...]
    agreement: float
    expected: float
    minutes: float
    sentence: str


def find_patterns(ratings: Iterable[Rating]) -> tuple[Pattern, ...]:
    """Return the groups, largest first; a rater is in one at most.

    Args:
        ratings: The ratings of one server, one at most by each rater on each note.
    """
    answers, times = _read(ratings)
    found = (_pattern(group, answers, times) for group in _groups(answers))
    return tuple(sorted((p for p in found if p), key=lambda p: (-len(p.raters), -len(p.notes), p.raters)))


Times = dict[str, dict[int, datetime]]


def _read(ratings: Iterable[Rating]) -> tuple[Answers, Times]:
    said: dict[str, dict[int, Helpfulness]] = {}
    times: Times = {}
    for rating in ratings:
        said.setdefault(rating.rater, {})[rating.note_id] = rating.said
        times.setdefault(rating.rater, {})[rating.note_id] = rating.at
    return {rater: said[rater] for rater in sorted(said)}, times


def _groups(answers: Answers) -> list[tuple[str, ...]]:
    """Return groups of which all pairs agree, built from the pair that shares most, greedily."""
    alike = agreement(answers)
    pairs = [(one, two) for one, two in alike if _alike(alike[one, two])]
    groups: list[tuple[str, ...]] = []
    taken: set[str] = set()
    for one, two in sorted(pairs, key=lambda pair: (-alike[pair][1], pair)):
        if taken & {one, two}:
            continue
        group = _grown((one, two), answers, set(pairs), taken)
        taken.update(group)
        groups.append(group)
    return groups


def _alike(found: tuple[int, int]) -> bool:
    same, shared = found
    return shared >= LEAST_SHARED and same >= LEAST_AGREEMENT * shared


def _grown(group: tuple[str, ...], answers: Answers, pairs: set[tuple[str, str]], taken: set[str]) -> tuple[str, ...]:
    shared = set.intersection(*(set(answers[rater]) for rater in group))
    for rater in answers:
        if rater in taken or rater in group:
            continue
        fits = all((min(rater, other), max(rater, other)) in pairs for other in group)
        if fits and len(shared & answers[rater].keys()) >= LEAST_SHARED:
            group, shared = (*group, rater), shared & answers[rater].keys()
    return tuple(sorted(group))


def _pattern(group: tuple[str, ...], answers: Answers, times: Times) -> Pattern | None:
    notes = tuple(sorted(set.intersection(*(set(answers[rater]) for rater in group))))
    chances = chance_of_answers(group, notes, answers)
    log_chance = (len(group) - 1) * sum(math.log(chance) for chance in chances)
    if log_chance + math.log(math.comb(len(answers), len(group))) > math.log(RARE):
        return None
    minutes = _apart(group, notes, times)
    active = sum(len(own) >= LEAST_SHARED for own in answers.values())
    if len(group) >= LARGE * active and minutes > QUICK_MINUTES:
        return None
    share, expected = _share(group, notes, answers), sum(chances) / len(chances)
    if share < LEAST_AGREEMENT:
        return None
    sentence = (
        f"{len(group)} members gave {'the same answers' if share == 1 else f'{share:.0%} the same answers'} on all "
        f"{len(notes)} notes that they share, {_in_words(minutes)} apart (median); "
        f"others who answer most like them gave these answers {expected:.0%} of the time."
    )
    return Pattern(group, notes, share, expected, minutes, sentence)


def _apart(group: Sequence[str], notes: Sequence[int], times: Times) -> float:
    """Return the median time between two ratings of one note, in minutes."""
    pairs = list(combinations(group, 2))
    return median(abs((times[one][note] - times[two][note]) / _MINUTE) for one, two in pairs for note in notes)


def _share(group: Sequence[str], notes: Sequence[int], answers: Answers) -> float:
    """Return how many of the answers of all pairs are the same."""
    pairs = list(combinations(group, 2))
    return sum(answers[one][note] == answers[two][note] for one, two in pairs for note in notes) / (
        len(pairs) * len(notes)
    )


def _in_words(minutes: float) -> str:
    size, unit = next(((size, unit) for size, unit in _UNITS if minutes >= size), (1.0, "minute"))
    count = max(1, round(minutes / size))
    about = "at most " if minutes < 1 else ""
    return f"{about}{count} {unit}{'' if count == 1 else 's'}"
