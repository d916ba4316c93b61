"""``footnote stats``: the figures of a server, for whoever runs the program."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError, Namespace
from dataclasses import asdict
from typing import Any

from bot.cli.output import print_json
from bot.cli.parser import Group, LoadSettings, add_command, add_json, add_server
from bot.console.screen import Screen
from bot.notes.why import Section
from bot.review.figures import Figures
from bot.review.summary import in_words
from bot.services.stats import LONGEST_DAYS

_DAYS = 30


def add(group: Group) -> None:
    """Add the command."""
    parser = add_command(group, "stats", show, help_text="show what happened in a server (in FOOTNOTE_DB)")
    add_json(parser, "the figures as one JSON object")
    add_server(parser)
    parser.add_argument(
        "--days", type=_days, default=_DAYS, metavar="N", help=f"the last N days, today included (default: {_DAYS})"
    )


async def show(args: Namespace, load: LoadSettings) -> int:
    """Show the figures."""
    from bot.wiring import open_stats, open_store  # noqa: PLC0415 -- loads the database's libraries

    async with open_store(load(), readonly=True) as store:
        figures = await open_stats(store).figures(args.server, days=args.days)
    if args.json:
        print_json({"server": args.server, **figures_json(figures)})
        return 0
    Screen(sys.stdout).sections(Section(heading, tuple(lines)) for heading, lines in in_words(figures))
    return 0


def figures_json(figures: Figures) -> dict[str, Any]:
    """Return the figures as scripts see them: what was counted, and what follows from it."""
    within = figures.precision_within
    return {
        **asdict(figures),
        "top_facts": [{"claim": claim, "notes": count} for claim, count in figures.top_facts],
        "unanswered": [{"text": text, "asked": count} for text, count in figures.unanswered],
        "precision": figures.precision,
        "precision_low": within.low,
        "precision_high": within.high,
        "median_hours": figures.median_hours,
        "slow_hours": figures.slow_hours,
    }


def _days(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= LONGEST_DAYS):
        raise ArgumentTypeError(f"{text!r} is no number of days; give 1 to {LONGEST_DAYS}")
    return int(text)
