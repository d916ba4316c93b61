from __future__ import annotations

import pytest

from benchmarks.fuzz import Found, fuzz, report
from benchmarks.noise import KINDS, noise
from bot.domain.post import Post

WORDINGS = ["The moon is made of cheese.", "The sun is cold."]


def test_a_post_is_made_again_by_its_seed_and_number() -> None:
    """So what did harm can be looked at; every kind comes, and some are longer than any message."""
    made = [noise(3, number, WORDINGS) for number in range(2000)]
    assert made == [noise(3, number, WORDINGS) for number in range(2000)]
    assert {one.kind for one in made} == set(KINDS)
    assert max(len(one.post.text) for one in made) > 4000
    assert noise(4, 0, WORDINGS) != made[0]


def test_what_raises_is_counted_and_named_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    """The others go on; the number says which it was."""

    def go(post: Post) -> None:
        if "moon" in post.text:
            raise ValueError(post.text)

    found = fuzz(go, 1, WORDINGS, posts=300, until=lambda found: False)
    report(found, 1)
    told = capsys.readouterr().out
    assert found.done == 300
    assert 0 < found.raised.total() < 300
    assert "ValueError" in told
    assert "cheese" not in told
    assert f"300 posts, seed 1; raised: {found.raised.total()}" in told


def test_it_stops_when_it_is_told_to() -> None:
    """And its result is what was done by then."""
    found = fuzz(lambda post: None, 1, WORDINGS, posts=300, until=lambda found: found.done == 10)
    assert found.done == 10
    assert sum(map(len, found.milliseconds.values())) == 10


def test_the_slowest_posts_are_kept() -> None:
    """By time for their length, and no more than a few."""
    found = Found()
    for number in range(100):
        found.took(number, noise(1, number, WORDINGS), number / 1000)
    assert len(found.slow) == 8
    assert max(found.slow)[0] >= 50
