"""The picture of a server's figures. Numbers and our own words alone: no font knows every script that a claim is in."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Literal

from bot.review.figures import Day, Figures, banded
from bot.review.summary import hours_in_words, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DPI = 150
_SIZE = (1200, 800)
"""Pixels, as all lengths here; Discord shows about half of it."""
_CARD, _GAP = (564, 364), 24
_PAGE, _FACE, _LINE, _MUTED, _INK = "#1e1f22", "#2b2d31", "#6d7078", "#b5bac1", "#f2f3f5"
"""Dark cards with light writing, which read alike on Discord's dark and light background."""
_BLUE = "#56b4e9"
_KINDS = {"replied": _BLUE, "queued": "#e69f00", "approved": "#2fbf8f", "wrong": "#e58bb8"}
"""What a day counts, each in a row of its own, with its name: the colour (after Okabe and Ito) only helps."""
_BARS = 62
_FONT = "DejaVu Sans"  # comes with matplotlib, so that the picture is the same everywhere
_ONE_AT_A_TIME = Lock()  # matplotlib doesn't promise that two threads can draw at once


def draw_stats(figures: Figures) -> bytes:
    """Return a PNG of 1200 by 800 pixels. It takes a second the first time: call it in a thread."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 -- takes a second to load
    from matplotlib.figure import Figure  # noqa: PLC0415 -- the same

    with _ONE_AT_A_TIME:
        figure = Figure((_SIZE[0] / _DPI, _SIZE[1] / _DPI), _DPI, facecolor=_PAGE)
        FigureCanvasAgg(figure)  # hangs itself on the figure
        _days(_card(figure, 0, 0), figures)
        _precision(_card(figure, 1, 0), figures)
        _bands(_card(figure, 0, 1), "Time to a ruling", figures.hours_to_ruling, _waits(figures))
        _bands(_card(figure, 1, 1), "Age of open items", figures.open_ages_hours, _oldest(figures))
        png = BytesIO()
        figure.savefig(png, format="png", dpi=_DPI, facecolor=_PAGE, metadata={"Software": None})
    return png.getvalue()


def _days(card: Axes, figures: Figures) -> None:
    step, bars = _binned(figures.per_day)
    each = {1: "day by day", 7: "week by week"}.get(step, f"by {step} days")
    _title(card, figures.period.capitalize() + (f", {each}" if figures.days > 1 else ""))
    left, width, high = 166, 294, 52
    peak = max(max(counts, default=0) for counts in bars.values())
    for number, (kind, colour) in enumerate(_KINDS.items()):
        base, counts = 122 + 62 * number, bars[kind]
        _write(card, 24, base - 12, kind, width=left - 34)
        _write(card, 540, base - 12, _count(sum(counts)), align="right", width=70, weight="bold")
        card.plot([left, left + width], [base, base], color=_LINE, linewidth=1)
        slot = width / max(len(counts), 7)
        heights = [-max(2.0, high * count / peak) if count else 0 for count in counts]
        places = [left + slot * (place + 0.1) for place in range(len(counts))]
        card.bar(places, heights, slot * 0.8, base, align="edge", color=colour)
    if figures.per_day:
        dates = [day.date for day in figures.per_day]
        _write(card, 24, 336, f"peak {_count(peak)}", size=9, width=left - 34)
        _write(card, left, 336, min(dates).isoformat(), size=9)
        if len(dates) > 1:
            _write(card, left + width, 336, max(dates).isoformat(), align="right", size=9)


def _binned(days: tuple[Day, ...]) -> tuple[int, Mapping[str, list[int]]]:
    """Return how many days a bar stands for, the last one whole, and as many bars a kind as there is room for."""
    ordinals = [day.date.toordinal() for day in days]
    last, span = (max(ordinals), max(ordinals) - min(ordinals) + 1) if ordinals else (0, 0)
    step = next((step for step in (1, 7) if span <= step * _BARS), -(-span // _BARS))
    bars = {kind: [0] * -(-span // step) for kind in _KINDS}
    for day, ordinal in zip(days, ordinals, strict=True):
        for kind, counts in bars.items():
            counts[-1 - (last - ordinal) // step] += int(getattr(day, kind))
    return step, bars


def _precision(card: Axes, figures: Figures) -> None:
    _title(card, "Automatic replies that were right")
    if figures.precision is None:
        _write(card, 282, 190, "none was judged yet", align="center", colour=_MUTED)
        return
    within, left, width = figures.precision_within, 44, 476
    _write(card, 282, 128, percent(figures.precision), align="center", size=30, weight="bold")
    judged = f"{figures.automatic_right:,} of {figures.automatic_judged:,} judged"
    _write(card, 282, 188, judged, align="center")
    card.plot([left, left + width], [250, 250], color=_LINE, linewidth=2)
    reach = (within.high - within.low) * width
    card.barh(250, max(2.0, reach), 20, left + within.low * width, color=_BLUE, zorder=2.5)
    card.plot([left + figures.precision * width], [250], "D", color=_INK, markersize=7, zorder=3)
    _write(card, left, 284, "0%", align="center", size=9)
    _write(card, left + width, 284, "100%", align="center", size=9)
    _write(card, 282, 326, f"95% interval {percent(within.low)} to {percent(within.high)}", align="center")


def _bands(card: Axes, title: str, hours: tuple[float, ...], note: str) -> None:
    _title(card, title)
    bands = banded(hours)
    most = max(count for _, count in bands) or 1
    for number, (name, count) in enumerate(bands):
        y = 82 + 40 * number
        _write(card, 196, y, name, align="right", width=172)
        long = max(2.0, 240 * count / most) if count else 0
        card.barh(y, long, 26, 208, color=_BLUE)
        _write(card, 218 + long, y, _count(count), width=540 - 218 - long, colour=_INK if count else _MUTED)
    card.plot([208, 208], [64, 300], color=_LINE, linewidth=1)
    _write(card, 24, 332, note)


def _waits(figures: Figures) -> str:
    if figures.median_hours is None or figures.slow_hours is None:
        return "no ruling"
    return f"median {hours_in_words(figures.median_hours)}, 90% within {hours_in_words(figures.slow_hours)}"


def _oldest(figures: Figures) -> str:
    ages = figures.open_ages_hours
    return f"{_count(len(ages))} open, the oldest for {hours_in_words(max(ages))}" if ages else "nothing waits"


def _count(count: int) -> str:
    return f"{count:,}" if count < 1_000_000 else f"{count / 1e6:,.1f}M"  # noqa: PLR2004 -- a million


def _card(figure: Figure, column: int, row: int) -> Axes:
    """Return a card whose coordinates are its pixels, from the upper left."""
    (width, height), (wide, high) = _CARD, _SIZE
    left, bottom = _GAP + column * (width + _GAP), high - (row + 1) * (height + _GAP)
    card = figure.add_axes(
        (left / wide, bottom / high, width / wide, height / high), facecolor=_FACE, xticks=[], yticks=[]
    )
    card.set(xlim=(0, width), ylim=(height, 0), autoscale_on=False)
    card.spines[:].set_visible(False)
    return card


def _title(card: Axes, title: str) -> None:
    _write(card, 24, 36, title, size=12, weight="bold")


def _write(
    card: Axes,
    x: float,
    y: float,
    text: str,
    *,
    align: Literal["left", "center", "right"] = "left",
    size: float = 11,
    weight: Literal["normal", "bold"] = "normal",
    colour: str = _INK,
    width: float = _CARD[0] - 48,
) -> None:
    """Write a line, smaller where it would be wider than there is room."""
    look = {"family": _FONT, "size": size, "weight": weight}
    written = card.text(x, y, text, look, ha=align, va="center", color=colour, parse_math=False)
    drawn = written.get_window_extent().width
    if drawn > width:
        written.set_fontsize(size * width / drawn)
