from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.hostile import hostile_texts
from benchmarks.stream import mixed, resident, streamed
from bot.domain.fact import Fact

ROOT = Path(__file__).resolve().parents[2]
POSTS = 1500
SETTLED = 500
"""Posts after which every kind of text has come by, and what is loaded once is loaded."""
MIX = {"hostile_every": 15, "long_every": 2}
MAX_GROWTH = 16 * 1024
"""KiB that a thousand posts may add: 16 KiB a post. Keeping the long ones alone would be 400 KB each."""


def test_the_mix_is_the_same_every_time(sure: Fact) -> None:
    """Measures can be compared; every kind of text is in it, and long ones."""
    posts = list(mixed(sure.wordings(), POSTS, **MIX))
    assert posts == list(mixed(sure.wordings(), POSTS, **MIX))
    assert len(posts) == POSTS
    assert set(sure.wordings()) <= set(posts)
    for length in (4000, 400_000):
        assert set(hostile_texts(sure.claim, length).values()) <= set(posts[:SETTLED])
    assert max(map(len, posts)) == 400_000


@pytest.mark.parametrize("length", [1, 50, 4000])
def test_hostile_texts_have_the_length_that_was_asked_for(length: int) -> None:
    """They are compared with other text of the same length."""
    assert {len(text) for text in hostile_texts("NATO", length).values()} == {length}


def test_a_long_stream_is_answered_in_order_and_grows_no_memory(tmp_path: Path, sure: Fact) -> None:
    """One answer a line, each with its post's id; what a post took is given back."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    posts = mixed(sure.wordings(), POSTS, **MIX)
    ids, memory = [], {}
    with streamed(posts, cwd=tmp_path, env=environment) as (pid, answers):
        for answer in answers:
            ids.append(answer["id"])
            if len(ids) in (SETTLED, POSTS):
                memory[len(ids)] = resident(pid)
    assert ids == list(range(POSTS))
    before, after = memory[SETTLED], memory[POSTS]
    if before is not None and after is not None:
        assert after - before < MAX_GROWTH
    assert list(tmp_path.iterdir()) == []
