"""``footnote eval``: labelled posts to precision and recall."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.cli.metrics import LABELS, Evaluation, Labelled, Outcome, Share, evaluate
from bot.cli.output import print_json, progress, whole
from bot.cli.parser import Group, LoadSettings, add_command, add_facts, add_json
from bot.console.screen import Screen
from bot.domain.errors import FootnoteError, UsageError
from bot.domain.post import Post
from bot.notes.sanitise import plain, shorten

EPILOG = f"""\
Each line of FILE is a JSON object: "text", "fact" (the slug that the post is
about) and "label", one of {", ".join(LABELS)}.
An automatic reply is right only where the label is "repeat" and the fact is the
labelled one, or one that it says it overlaps. Intervals are Wilson's, at 95
percent."""

_SHOWN = 20
_EXCERPT = 160


def add(group: Group) -> None:
    """Add the command."""
    parser = add_command(group, "eval", run, help_text="measure decisions on a file of labelled posts", epilog=EPILOG)
    add_json(parser, "the measures as one JSON object")
    add_facts(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="labelled posts, one JSON object a line")


async def run(args: Namespace, load: LoadSettings) -> int:
    """Decide on every post of a file and sum up."""
    from bot.wiring import open_app, with_facts  # noqa: PLC0415 -- loads the model's libraries

    settings = with_facts(load(), args.facts)
    posts = list(read_labelled(args.file))
    outcomes = []
    async with open_app(settings, readonly=True) as app:
        facts = await app.services.facts.all()
        with progress() as bar:
            for post in bar.track(posts, description="Checking posts"):
                checked = await app.services.checks.check(Post(post.text))
                match = checked.decision.match
                slug = checked.fact.slug if checked.fact else None
                outcomes.append(Outcome(post, checked.decision.action, slug, match.confidence if match else 0.0))
        threshold = app.matcher.default_threshold
    evaluation = evaluate(outcomes, {fact.slug: fact.overlaps for fact in facts})
    if args.json:
        print_json(evaluation_json(evaluation, threshold))
    else:
        _show(Screen(sys.stdout), evaluation)
    return 0


def read_labelled(path: Path) -> Iterator[Labelled]:
    """Read labelled posts; blank lines are skipped.

    Raises:
        UsageError: The file can't be read.
        FootnoteError: A line is not a labelled post.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _labelled(path, number, line)
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}.") from error


def evaluation_json(evaluation: Evaluation, threshold: float) -> dict[str, Any]:
    """Return the measures as scripts see them."""
    return {
        "posts": evaluation.posts,
        "threshold": round(threshold, 4),
        "precision": evaluation.precision.to_json(),
        "recall": evaluation.recall.to_json(),
        "recall_with_queue": evaluation.recall_with_queue.to_json(),
        "overlapping_replies": evaluation.overlapping,
        "labels": {label: asdict(count) for label, count in evaluation.labels.items()},
        "wrong_replies": [_wrong_json(outcome) for outcome in evaluation.wrong],
        "unknown_facts": list(evaluation.unknown_facts),
    }


def _labelled(path: Path, number: int, line: bytes) -> Labelled:
    def refuse(what: str) -> FootnoteError:
        return FootnoteError(f"{path}, line {number}: {what}; nothing was measured.")

    try:
        data = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise refuse("not a JSON object") from error
    if not isinstance(data, dict):
        raise refuse("not a JSON object")
    text, label, fact = data.get("text"), data.get("label"), data.get("fact")
    if not isinstance(text, str):
        raise refuse('"text" must be a string')
    if label not in LABELS:
        raise refuse(f'"label" must be one of {", ".join(LABELS)}')
    if not (isinstance(fact, str) or (fact is None and label != "repeat")):
        raise refuse('"fact" must be the slug of a fact')
    return Labelled(number, whole(text), label, fact)


def _wrong_json(outcome: Outcome) -> dict[str, Any]:
    post = outcome.post
    return {
        "line": post.line,
        "text": post.text,
        "label": post.label,
        "fact": post.fact,
        "reply": outcome.slug,
        "confidence": round(outcome.confidence, 4),
    }


def _show(screen: Screen, evaluation: Evaluation) -> None:
    rows = [
        ("precision of automatic replies", *_cells(evaluation.precision)),
        ("recall of automatic replies", *_cells(evaluation.recall)),
        ("recall of replies and queue", *_cells(evaluation.recall_with_queue)),
    ]
    screen.table(("measure", "value", "95% interval", "counts"), rows, always_head=True)
    counts = [
        (label, str(count.n), str(count.replied), str(count.queued), str(count.wrong))
        for label, count in evaluation.labels.items()
        if count.n
    ]
    screen.table(("label", "n", "replied", "queued", "wrong replies"), counts, always_head=True)
    if evaluation.overlapping:
        screen.line(f"{evaluation.overlapping} of the right replies are of a fact that the labelled one overlaps.")
    if evaluation.unknown_facts:
        screen.line(f"Not in the store: {', '.join(evaluation.unknown_facts)}.", "yellow")
    if evaluation.wrong:
        screen.line("Wrong replies", "bold")
        screen.items(_wrong(outcome) for outcome in evaluation.wrong[:_SHOWN])
    if len(evaluation.wrong) > _SHOWN:
        screen.quiet(f"  ... and {len(evaluation.wrong) - _SHOWN} more; --json lists all.")


def _cells(share: Share) -> tuple[str, str, str]:
    low, high = share.interval()
    value = "none" if share.value is None else f"{share.value:.3f}"
    return value, f"{low:.3f} to {high:.3f}", f"{share.hits} of {share.of}"


def _wrong(outcome: Outcome) -> str:
    post = outcome.post
    text = shorten(" ".join(plain(post.text).split()), _EXCERPT)
    about = f" {post.fact}" if post.fact else ""
    return f"line {post.line} ({post.label}{about}) got {outcome.slug}, {outcome.confidence:.2f}: “{text}”"
