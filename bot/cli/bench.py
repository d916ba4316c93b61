"""``footnote bench``: matching beside its peers, on the facts and the machine at hand."""

from __future__ import annotations

from bot.cli import bench_speed
from bot.cli.parser import Group, add_group


def add(group: Group) -> None:
    """Add the commands."""
    bench = add_group(group, "bench", help_text="measure matching beside its peers")
    bench_speed.add_to(bench)
