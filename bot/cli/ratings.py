"""``footnote ratings``: what the rules make of a table of ratings, for everybody to check."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from bot.cli.output import print_json
from bot.cli.parser import Group, LoadSettings, add_command, add_group, add_json
from bot.cli.rating_table import Table, in_order, read_table
from bot.console.screen import Screen

if TYPE_CHECKING:
    from bot.notes.ratings.score import Scores

EPILOG = """\
FILE is a CSV table with the columns note, rater and rating (1 helpful, 0.5
somewhat helpful, 0 not helpful), and optionally reasons (their codes, separated
by spaces or ";"): with that column a status needs two reasons that two raters
each gave. Of several rows of a note and a rater the last one counts. - reads
standard input. JSON says for each note by which arithmetic it got its status."""

_DIGITS = 6


def add(group: Group) -> None:
    """Add the commands."""
    commands = add_group(group, "ratings", help_text="what members' ratings make of notes")
    parser = add_command(commands, "score", score, help_text="score a table of ratings", epilog=EPILOG)
    add_json(parser, "the model and the status of each note as one JSON object")
    parser.add_argument(
        "--no-filter", action="store_true", help="fit every row, also of notes and raters with too few ratings"
    )
    parser.add_argument("file", metavar="FILE", help="the table, or - for standard input")


async def score(args: Namespace, _: LoadSettings) -> int:
    """Score a table of ratings."""
    from bot.notes.ratings.score import score as score_notes  # noqa: PLC0415 -- loads numpy

    table = read_table(args.file)
    scores = score_notes(table.ratings, {}, reasons_known=table.reasons_known, filtered=not args.no_filter)
    if args.json:
        print_json(_json(table, scores))
    else:
        _show(table, scores)
    return 0


def _json(table: Table, scores: Scores) -> dict[str, Any]:
    raters = scores.fit.raters if scores.fit else {}
    return {
        "mu": _round(scores.fit.mu if scores.fit else None),
        "notes": [
            {
                "note": name,
                "n": found.count,
                "intercept": _round(found.intercept),
                "factor": _round(found.factor),
                "status": found.status.value,
                "rule": found.rule,
                "why": list(found.why),
            }
            for name, found in ((name, scores.notes[place]) for place, name in enumerate(table.notes))
        ],
        "raters": [
            {
                "rater": rater,
                "intercept": _round(raters[rater].intercept if rater in raters else None),
                "factor": _round(raters[rater].factor if rater in raters else None),
            }
            for rater in in_order({rating.rater for rating in table.ratings})
        ],
    }


def _show(table: Table, scores: Scores) -> None:
    screen = Screen(sys.stdout)
    rows = [
        (
            name,
            str(found.count),
            f"{found.status}{' (provisional)' if found.provisional else ''}",
            _shown(found.intercept),
            _shown(found.factor),
            found.rule,
        )
        for name, found in ((name, scores.notes[place]) for place, name in enumerate(table.notes))
    ]
    screen.table(("note", "n", "status", "intercept", "factor", "rule"), rows, always_head=True)
    if scores.fit:
        held = f"{len(scores.fit.notes)} notes, {len(scores.fit.raters)} raters"
        screen.quiet(f"The model: mu {scores.fit.mu:.3f}, {held}. --json holds the arithmetic of each note.")
    else:
        screen.quiet("There is no model: too few ratings are left. --json holds the arithmetic of each note.")


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
