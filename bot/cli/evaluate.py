"""``footnote eval``: labelled posts to precision, recall, calibration and the worst errors."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError, Namespace
from pathlib import Path

from bot.cli.labelled import read_labelled
from bot.cli.metrics import LABELS, Outcome, evaluate
from bot.cli.misses import misses
from bot.cli.output import print_json, progress
from bot.cli.parser import Group, LoadSettings, add_command, add_facts, add_json
from bot.cli.plot import draw
from bot.cli.reliability import reliability
from bot.cli.report import Report
from bot.console.screen import Screen
from bot.domain.errors import FootnoteError, UsageError
from bot.domain.post import Post
from bot.settings import Settings

EPILOG = f"""\
Each line of FILE is a JSON object: "text", "fact" (the slug that the post is
about), "label", one of {", ".join(LABELS)},
and optionally "style" (or "kind"), by which each label is counted, too.
An automatic reply is right only where the label is "repeat" and the fact is the
labelled one, or one that it says it overlaps. Intervals are Wilson's, at 95
percent. The calibration error holds the confidence of the best match of each
post against whether it is right, in ten bins."""

_WORST = 20


def add(group: Group) -> None:
    """Add the command."""
    parser = add_command(group, "eval", run, help_text="measure decisions on a file of labelled posts", epilog=EPILOG)
    add_json(parser, "the measures as one JSON object")
    add_facts(parser)
    parser.add_argument(
        "--worst",
        type=_number,
        default=_WORST,
        metavar="N",
        help=f"how many errors of each sort to print (default: {_WORST}; JSON holds all)",
    )
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw confidence against what was right")
    parser.add_argument("file", type=Path, metavar="FILE", help="labelled posts, one JSON object a line")


async def run(args: Namespace, load: LoadSettings) -> int:
    """Decide on every post of a file and sum up."""
    from bot.wiring import with_facts  # noqa: PLC0415 -- loads the model's libraries

    settings = with_facts(load(), args.facts)
    if args.plot is not None and not args.plot.absolute().parent.is_dir():
        raise UsageError(f"There is no folder {args.plot.parent} to put {args.plot.name} in.")
    report = await _measure(args.file, settings)
    if args.plot is not None:
        _save(args.plot, draw(report.reliability, args.file.name))
    if args.json:
        print_json(report.to_json())
    else:
        report.show(Screen(sys.stdout), worst=args.worst)
    return 0


async def _measure(file: Path, settings: Settings) -> Report:
    from bot.wiring import open_app  # noqa: PLC0415 -- loads the model's libraries

    posts = list(read_labelled(file))
    outcomes = []
    async with open_app(settings, readonly=True) as app:
        overlaps = {fact.slug: fact.overlaps for fact in await app.services.facts.all()}
        with progress() as bar:
            for post in bar.track(posts, description="Checking posts"):
                checked = await app.services.checks.check(Post(post.text))
                decision = checked.decision
                outcomes.append(
                    Outcome(
                        post,
                        decision.action,
                        checked.fact.slug if checked.fact else None,
                        decision.match.confidence if decision.match else 0.0,
                        decision.candidates,
                        decision.reasons[0] if decision.reasons else "",
                    )
                )
        threshold = app.matcher.default_threshold
    evaluation = evaluate(outcomes, overlaps)
    return Report(
        evaluation=evaluation,
        threshold=threshold,
        reliability=reliability(outcomes, overlaps),
        misses=misses(evaluation, outcomes, overlaps),
    )


def _save(path: Path, drawing: str) -> None:
    try:
        path.write_text(drawing, encoding="utf-8")
    except OSError as error:
        raise FootnoteError(f"{path} can't be written: {error.strerror}.") from error


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)
