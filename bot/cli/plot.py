"""The reliability plot as an SVG: readable without colours, and read out by its title, description and labels. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from bot.cli.reliability import Bin, Reliability

_WIDTH, _HEIGHT = 480, 520
_LEFT, _TOP, _SIDE = 70, 70, 380
"""The square in which both axes run from 0 to 1."""
_TICKS = 5
_CAP = 4
_LOOK = 'role="img" aria-labelledby="title desc" font-family="sans-serif" font-size="12" fill="#111"'


def draw(found: Reliability, name: str) -> str:
    """Return the plot of a file's posts: for each bin the share that was right, with its interval, over confidence."""
    title = escape(f"Confidence and what was right: {name}")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" {_LOOK}>',
        f'<title id="title">{title}</title>',
        f'<desc id="desc">{escape(_description(found))}</desc>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        _text(_LEFT, 22, title, more=' font-size="14" font-weight="bold"'),
        _text(_LEFT, 42, _summary(found)),
        *_axes(),
        *(line for each in found.bins if each.right.of for line in _point(each)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _summary(found: Reliability) -> str:
    if found.error is None:
        return "No post got a match."
    return f"Expected calibration error {found.error:.3f}, {found.posts} posts that got a match"


def _description(found: Reliability) -> str:
    lines = [
        f"At a mean confidence of {each.confidence:.2f}, {each.right.hits} of {each.right.of} were right."
        for each in found.bins
        if each.confidence is not None
    ]
    return " ".join([f"{_summary(found).removesuffix('.')}.", *lines])


def _axes() -> Iterator[str]:
    yield f'<rect x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#111"/>'
    yield _line(_x(0), _y(0), _x(1), _y(1), ' stroke-dasharray="6 4"')
    yield _text(_x(0.98), _y(0.03), "dashed: confidence as it should be", more=' text-anchor="end"')
    yield _text(_x(0) - 8, _TOP - 6, "posts", more=' text-anchor="end" font-size="10"')
    for number in range(_TICKS + 1):
        value = number / _TICKS
        yield _line(_x(value), _y(0), _x(value), _y(0) + _CAP)
        yield _text(_x(value), _y(0) + 18, f"{value:.1f}", more=' text-anchor="middle"')
        yield _line(_x(0) - _CAP, _y(value), _x(0), _y(value))
        yield _text(_x(0) - 8, _y(value) + 4, f"{value:.1f}", more=' text-anchor="end"')
    yield _text(_x(0.5), _y(0) + 40, "confidence of the best match, mean of each bin", more=' text-anchor="middle"')
    turned = f' text-anchor="middle" transform="rotate(-90 20 {_y(0.5):.1f})"'
    yield _text(20, _y(0.5), "share that was right, with its 95% interval", more=turned)


def _point(each: Bin) -> Iterator[str]:
    if each.confidence is None or each.right.value is None:
        return
    x = _x(each.confidence)
    within = each.right.interval()
    yield _line(x, _y(within.low), x, _y(within.high))
    for end in (within.low, within.high):
        yield _line(x - _CAP, _y(end), x + _CAP, _y(end))
    yield f'<circle cx="{x:.1f}" cy="{_y(each.right.value):.1f}" r="4"/>'
    yield _text(x, _TOP - 6, str(each.right.of), more=' text-anchor="middle" font-size="10"')


def _x(value: float) -> float:
    return _LEFT + value * _SIDE


def _y(value: float) -> float:
    return _TOP + (1 - value) * _SIDE


def _line(x1: float, y1: float, x2: float, y2: float, more: str = "") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#111"{more}/>'


def _text(x: float, y: float, text: str, *, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}"{more}>{text}</text>'
