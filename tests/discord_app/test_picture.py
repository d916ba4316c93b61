from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.discord_app.figures.picture import _binned, draw_stats
from bot.review.figures import Day, Figures
from tests.review.figures import ALL, FIRST, TYPICAL, some_figures


def size(png: bytes) -> tuple[int, int]:
    """The width and height that the header of a PNG tells."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert png[12:16] == b"IHDR"
    assert zlib.crc32(png[12:29]) == int.from_bytes(png[29:33])
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("figures", ALL.values(), ids=ALL)
def test_any_figures_are_drawn(figures: Figures) -> None:
    """Nothing at all, and more than any server has: a picture of one size, light enough to send."""
    png = draw_stats(figures)
    assert size(png) == (1200, 800)
    assert len(png) < 200_000


def test_a_shared_server_draws_in_threads() -> None:
    """Figures give one picture, also where several are drawn at once."""
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(draw_stats, [TYPICAL] * 4))) == 1


def test_words_of_others_leave_no_trace() -> None:
    """What is in the picture are numbers: the same, whatever was asked and noted."""
    assert draw_stats(some_figures(top_facts=(("𒀀$\\frac{", 3),), unanswered=(("長い", 1),))) == draw_stats(
        some_figures()
    )


@pytest.mark.parametrize(
    ("days", "step", "bars"), [(0, 1, 0), (1, 1, 1), (62, 1, 62), (63, 7, 9), (365, 7, 53), (999, 17, 59)]
)
def test_bars_are_as_many_as_there_is_room_for(days: int, step: int, bars: int) -> None:
    """Long periods come by the week, longer ones by more, and nothing is lost on the way."""
    found = _binned(tuple(Day(FIRST + timedelta(day), replied=1, wrong=2) for day in range(days)))
    assert (found[0], len(found[1]["replied"])) == (step, bars)
    assert (sum(found[1]["replied"]), sum(found[1]["queued"]), sum(found[1]["wrong"])) == (days, 0, 2 * days)


def test_days_that_are_missing_leave_a_gap() -> None:
    """A day without anything need not be told."""
    _, bars = _binned((Day(FIRST, queued=1), Day(FIRST + timedelta(3), queued=2)))
    assert bars["queued"] == [1, 0, 0, 2]


def test_the_last_bar_is_whole() -> None:
    """What happened of late isn't made small by a week that has just begun."""
    _, bars = _binned(tuple(Day(FIRST + timedelta(day), replied=1) for day in range(71)))
    assert bars["replied"] == [1] + [7] * 10


def test_the_library_is_loaded_when_it_is_needed() -> None:
    """A start doesn't wait for matplotlib, and its interface for windows is never loaded."""
    code = (
        "import sys, bot.discord_app.figures.picture as picture; early = 'matplotlib' in sys.modules; "
        "from tests.review.figures import EMPTY; picture.draw_stats(EMPTY); "
        "print(early, 'matplotlib' in sys.modules, 'matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "False"]
    assert not done.stderr
