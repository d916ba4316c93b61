from __future__ import annotations

import pytest

from benchmarks.brigade import main
from benchmarks.community import COVERS, KINDS, collude, simulate
from bot.domain.rating import Helpfulness


def test_it_prints_its_tables(capsys: pytest.CaptureFixture[str]) -> None:
    """The quick run fills every table."""
    main(["--quick"])
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("| camps 75/25 |") for line in lines) == 4
    assert sum(line.startswith("| **sides** | fresh accounts | ") for line in lines) == 2
    assert sum(line.startswith("| 10 or more | ") for line in lines) == 1


def test_a_world_is_the_same_every_time() -> None:
    """Numbers can be compared from run to run, and another seed is another world."""
    assert simulate(10, 0.75, 3) == simulate(10, 0.75, 3)
    assert simulate(10, 0.75, 3) != simulate(10, 0.75, 4)


def test_a_camp_has_its_share() -> None:
    """Three in four raters are in the larger camp; without camps nobody is."""
    assert sorted(simulate(12, 0.75, 1).camps.values()) == [-1] * 3 + [1] * 9
    assert set(simulate(12, None, 1).camps.values()) == {0}


@pytest.mark.parametrize("cover", COVERS)
def test_colluders_all_say_the_same(cover: str) -> None:
    """Each of them rates the target once; only fresh accounts rate nothing else."""
    world = simulate(10, 0.5, 1)
    target = world.of_kind("partisan")[0]
    added = collude(world, target, Helpfulness.HELPFUL, cover, 6)[len(world.ratings) :]
    assert KINDS[target].startswith("partisan")
    assert [rating.said for rating in added if rating.note_id == target] == [Helpfulness.HELPFUL] * 6
    assert (len(added) == 6) is (cover == "fresh accounts")
    assert len({(rating.note_id, rating.rater) for rating in added}) == len(added)
