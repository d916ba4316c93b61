from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.cli.bench_soak import keeps_up
from bot.cli.soak.stream import arrivals
from bot.cli.soak.tally import STAGES, Tally, milliseconds
from bot.domain.fact import Fact
from bot.store import paths
from tests.cli.conftest import Footnote


def _adds_up(step: dict[str, Any]) -> None:
    stages = step["stages"]
    assert stages["arrived"] == stages["admitted"] + step["dropped"]
    assert stages["admitted"] == stages["looked at"] > 0
    assert stages["looked at"] >= stages["near a fact"] >= stages["repeats"]
    assert stages["near a fact"] >= stages["reply"] + stages["queue"] >= stages["stored"]
    assert step["failed"] == 0
    assert step["notes"].get("pending", 0) == step["notes"].get("sending", 0) == 0
    assert sum(step["notes"].values()) >= stages["delivered"] >= step["notes"].get("posted", 0)


def test_the_accounts_of_a_soak_add_up(footnote: Footnote, tmp_path: Path) -> None:
    """What arrives is admitted or dropped, what is stored was decided, what is delivered was stored; nothing is left.

    The database that was named is copied and stays as it was.
    """
    shutil.copy(paths.seed(), tmp_path / "my.db")
    before = (tmp_path / "my.db").read_bytes()
    ran = footnote("bench", "soak", "--json", "--seconds", "1", "--rate", "80", "--guilds", "1", "--facts", "my.db")
    assert (ran.status, ran.err) == (0, "")
    [measured] = ran.answers
    [step] = measured["steps"]
    assert list(step["stages"]) == list(STAGES)
    assert step["stages"]["arrived"] + step["deletions"] == 80
    _adds_up(step)
    assert step["stages"]["delivered"] > 0
    assert step["arrival_to_decision_ms"]["p50"] <= step["arrival_to_decision_ms"]["max"]
    assert step["decision_to_delivery_ms"]["p50"] >= 3000  # an automatic note waits that long for its author
    assert step["memory"] in {"flat", "not flat", "too short to tell"}
    assert measured["ratio_to_fts5"] > 0
    assert (tmp_path / "my.db").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["my.db"]


def test_a_soak_is_told_in_words(footnote: Footnote) -> None:
    """Each stage with its share, what the processor does, and how long it took."""
    ran = footnote("bench", "soak", "--seconds", "1", "--rate", "10", "--guilds", "2")
    assert (ran.status, ran.err) == (0, "")
    told = ran.out.splitlines()
    assert [line.split("\t")[0] for line in told[2 : 2 + len(STAGES)]] == list(STAGES)
    assert any(line.startswith("arrival to decision, ms: p50") for line in told)
    assert "a second of one core" in ran.out
    assert "SQLite FTS5 alone" in told[-1]


@pytest.mark.parametrize("wrong", ["0", "-1", "1.5", "many"])
def test_a_number_that_makes_no_sense_is_refused(footnote: Footnote, wrong: str) -> None:
    """In one sentence."""
    ran = footnote("bench", "soak", "--rate", wrong)
    assert (ran.status, ran.out) == (2, "")
    assert "whole number above 0" in ran.err


def test_a_stream_is_the_same_on_every_run_and_comes_evenly(fact: Fact) -> None:
    """What is edited or deleted was posted before, and what is deleted is deleted once."""
    stream = list(arrivals([fact], guilds=5, per_second=100, seconds=20, seed=1))
    assert stream == list(arrivals([fact], guilds=5, per_second=100, seconds=20, seed=1))
    assert len(stream) == 2000
    assert all(after.at - before.at == pytest.approx(0.01) for before, after in pairwise(stream))
    posted: set[int] = set()
    for arrival in stream:
        number = arrival.place.message_id
        assert (number in posted) is (arrival.what != "post")
        posted.add(number)
        posted -= {number} if arrival.what == "delete" else set()
    other = {one.place.message_id for one in arrivals([fact], guilds=5, per_second=100, seconds=20, seed=2)}
    assert not other & {one.place.message_id for one in stream}


def test_memory_is_flat_where_it_stops_growing() -> None:
    """What caches fill at the start doesn't count; of a few samples nothing is told."""
    filling = Tally(memory=[(float(at), 300.0 + min(at, 30)) for at in range(120)])
    growing = Tally(memory=[(float(at), 300.0 + at / 10) for at in range(120)])
    assert (filling.verdict(), growing.verdict()) == ("flat", "not flat")
    assert growing.slope() == pytest.approx(6)
    assert Tally(memory=[(0.0, 1.0), (1.0, 2.0)]).verdict() == "too short to tell"


def test_a_program_keeps_up_that_drops_nothing_and_decides_in_time() -> None:
    """99 of 100 within a second."""
    assert keeps_up(Tally(to_decision=[0.1] * 99 + [9.0]))
    assert not keeps_up(Tally(to_decision=[0.1] * 98 + [9.0] * 2))
    assert not keeps_up(Tally(to_decision=[0.1], dropped=1))


def test_percentiles_are_times_that_were_measured() -> None:
    """By nearest rank."""
    assert milliseconds([number / 1000 for number in range(1, 101)]) == {"p50": 50, "p99": 99, "max": 100}
    assert milliseconds([]) is None
