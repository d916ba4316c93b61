from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.rating import Helpfulness, Rating
from bot.notes.ratings.patterns import LEAST_SHARED, Pattern, find_patterns
from tests.builders import NOW
from tests.notes.ratings.rows import a_rating

HELPFUL, NOT = Helpfulness.HELPFUL, Helpfulness.NOT_HELPFUL


def crowd(seed: int, raters: int = 20, notes: int = 20, *, camps: int = 1) -> list[Rating]:
    """Honest raters: notes are good, bad or for one camp, and each rater slips one time in ten."""
    by = random.Random(seed)
    rows = []
    for rater in range(raters):
        for note in range(notes):
            good = [True, False, camps == 1 or rater % 2 == 0, camps == 1 or rater % 2 == 1][note % 4]
            said = by.choice(list(Helpfulness)) if by.random() < 0.1 else HELPFUL if good else NOT
            if by.random() < 0.7:
                at = NOW + timedelta(days=note, minutes=by.uniform(0, 600))
                rows.append(replace(a_rating(note, f"honest {rater:02d}", said), at=at))
    return rows


def ring(size: int, notes: range, *, minutes: float = 2, seed: int = 1) -> list[Rating]:
    """Raters who all say the same of every note, at random, a few minutes one after the other."""
    by = random.Random(seed)
    return [
        replace(a_rating(note, f"ring {rater}", said), at=NOW + timedelta(days=note, minutes=minutes * rater))
        for note in notes
        for said in [by.choice(list(Helpfulness))]
        for rater in range(size)
    ]


def steady(camps: dict[Helpfulness, int], *, notes: int = 20) -> list[Rating]:
    """Camps that say the same of every note, each member at some time of the day."""
    by = random.Random(4)
    return [
        replace(a_rating(note, f"{said} {rater:02d}", said), at=NOW + timedelta(days=note, minutes=by.uniform(0, 600)))
        for said, raters in camps.items()
        for rater in range(raters)
        for note in range(notes)
    ]


@pytest.mark.parametrize("camps", [1, 2])
@pytest.mark.parametrize("seed", range(10))
def test_honest_raters_are_no_group(seed: int, camps: int) -> None:
    """Neither where all find the same notes good, nor where two camps each agree among themselves."""
    assert find_patterns(crowd(seed, camps=camps)) == ()


def test_those_who_never_differ_on_good_notes_are_no_group() -> None:
    """Twelve members who find every one of thirty notes helpful have a taste, and nothing else in common."""
    assert find_patterns(steady({HELPFUL: 12}, notes=30)) == ()


@pytest.mark.parametrize("ours", [4, 6, 9, 18])
def test_a_camp_that_never_slips_is_no_group(ours: int) -> None:
    """A fifth of the server or more that is always of one mind, and takes its time, is a camp."""
    assert find_patterns(steady({HELPFUL: ours, NOT: 18 - ours})) == ()


def test_half_a_server_that_votes_within_minutes_is_a_group() -> None:
    """What a camp wouldn't do."""
    camp = steady({HELPFUL: 9})
    [found] = find_patterns([*camp, *ring(9, range(20), minutes=0.5)])
    assert len(found.raters) == 9


@pytest.mark.parametrize("camps", [1, 2])
@pytest.mark.parametrize("size", [2, 3, 5])
def test_a_ring_is_found(size: int, camps: int) -> None:
    """Members who say the same of every note, whatever the others say, are one group."""
    [found] = find_patterns([*crowd(1, camps=camps), *ring(size, range(12))])
    assert found.raters == tuple(f"ring {rater}" for rater in range(size))
    assert found.notes == tuple(range(12))
    assert (found.agreement, found.minutes) == (1.0, 2 * (size + 1) // 3 if size != 3 else 2)
    assert found.expected < 0.6


def test_a_ring_that_slips_once_is_found() -> None:
    """One answer in forty that differs doesn't hide it."""
    rows = ring(2, range(40))
    slip = replace(rows[0], said=next(said for said in Helpfulness if said is not rows[0].said))
    [found] = find_patterns([*crowd(1, notes=40), slip, *rows[1:]])
    assert found.agreement == pytest.approx(39 / 40)
    assert "98% the same answers" in found.sentence


@pytest.mark.parametrize("notes", [LEAST_SHARED - 1, LEAST_SHARED])
def test_few_shared_notes_are_no_pattern(notes: int) -> None:
    """Four notes are too few, even of a ring of six who all say what nobody else says."""
    rows = steady({HELPFUL: 19})
    rows += [a_rating(note, f"ring {rater}", NOT) for rater in range(6) for note in range(notes)]
    assert len(find_patterns(rows)) == (notes == LEAST_SHARED)


def test_two_rings_are_two_groups() -> None:
    """The larger one comes first, and nobody is in both."""
    other = [replace(row, rater=f"other {row.rater}") for row in ring(3, range(8, 20), seed=5)]
    first, second = find_patterns([*crowd(1), *ring(4, range(12)), *other])
    assert (len(first.raters), len(second.raters)) == (4, 3)
    assert not set(first.raters) & set(second.raters)


def test_the_order_of_the_rows_changes_nothing() -> None:
    """The same ratings give the same groups."""
    rows = [*crowd(1), *ring(3, range(12))]
    assert find_patterns(random.Random(2).sample(rows, len(rows))) == find_patterns(rows)


def test_the_sentence_names_nobody() -> None:
    """It can be shown to moderators: how many, how often, how soon after each other, and what is usual."""
    [found] = find_patterns([*crowd(1), *ring(3, range(12))])
    assert "ring" not in found.sentence
    assert found.sentence.startswith(
        "3 members gave the same answers on all 12 notes that they share, 2 minutes apart (median); "
    )
    assert found.sentence.endswith(f"gave these answers {found.expected:.0%} of the time.")


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0.2, "at most 1 minute apart"), (45, "45 minutes apart"), (60, "1 hour apart"), (60 * 24 * 3, "3 days apart")],
)
def test_time_is_told_in_its_unit(minutes: float, words: str) -> None:
    """Nobody reads 4320 minutes."""
    found: tuple[Pattern, ...] = find_patterns([*crowd(1), *ring(2, range(12), minutes=minutes)])
    assert words in found[0].sentence


def test_no_ratings_make_no_pattern() -> None:
    """Nor does a single rater."""
    assert find_patterns([]) == ()
    assert find_patterns([a_rating(note, "alone", HELPFUL) for note in range(9)]) == ()
