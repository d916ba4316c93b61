"""``footnote bench speed``: how long a message takes, beside SQLite's full-text search on the same messages."""

from __future__ import annotations

import asyncio
import sys
import time
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.cli.messages import ORDINARY
from bot.cli.output import loading, print_json
from bot.cli.parser import Group, LoadSettings, add_command, add_facts, add_json
from bot.console.screen import Screen
from bot.domain.errors import UsageError
from bot.domain.fact import Fact
from bot.domain.ports import Matcher
from bot.domain.post import Post

EPILOG = """\
Each message goes through all of matching, and through SQLite FTS5 (any of its
content words, over all wordings, in memory), in turn, on one thread, in one
process. Ordinary messages are built in; claim-like ones are the facts' own
wordings. A ratio above 1 says that Footnote takes longer than its peer, which
finds candidates and decides nothing."""

_ROUNDS = 5
_WORDINGS = 200
_WARM = 20
_PERCENTILES = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Timing:
    """How long each message took, in seconds."""

    seconds: tuple[float, ...]

    def percentile(self, percent: int) -> float:
        """Return the time that so many percent of the messages don't exceed (nearest rank), in milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[max(0, -(-percent * len(ordered) // 100) - 1)]

    @property
    def per_second(self) -> float:
        """Return the messages in a second."""
        return len(self.seconds) / sum(self.seconds)

    def to_json(self) -> dict[str, float]:
        """Return the timing as scripts see it."""
        times = {f"p{percent}_ms": round(self.percentile(percent), 4) for percent in _PERCENTILES}
        return {**times, "per_second": round(self.per_second, 1)}


@dataclass(frozen=True, slots=True)
class Pair:
    """Footnote and its peer on the same messages."""

    messages: int
    footnote: Timing
    peer: Timing

    def ratios(self) -> dict[str, float]:
        """Return by percentile how many times as long as its peer Footnote takes, and so for all messages together."""
        ratios = {
            f"p{percent}": self.footnote.percentile(percent) / self.peer.percentile(percent) for percent in _PERCENTILES
        }
        return {**ratios, "total": self.peer.per_second / self.footnote.per_second}

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as scripts see it."""
        return {
            "messages": self.messages,
            "footnote": self.footnote.to_json(),
            "fts5": self.peer.to_json(),
            "ratios": {name: round(ratio, 2) for name, ratio in self.ratios().items()},
        }


def add_to(bench: Group) -> None:
    """Add the command."""
    parser = add_command(
        bench, "speed", run, help_text="measure how long a message takes, beside SQLite FTS5", epilog=EPILOG
    )
    add_json(parser, "the measures as one JSON object")
    add_facts(parser)
    parser.add_argument("--posts", type=Path, metavar="FILE", help="messages of your own, one a line")
    parser.add_argument(
        "--rounds",
        type=_rounds,
        default=_ROUNDS,
        metavar="N",
        help=f"how often each message is measured (default: {_ROUNDS})",
    )


async def run(args: Namespace, load: LoadSettings) -> int:
    """Measure and report."""
    from bot.wiring import open_app, with_facts  # noqa: PLC0415 -- loads the model's libraries

    settings = with_facts(load(), args.facts)
    own = None if args.posts is None else read_posts(args.posts)
    async with open_app(settings, readonly=True) as app:
        facts = [fact for fact in await app.services.facts.all() if not fact.retired]
        sets = {"posts": own} if own is not None else {"ordinary": ORDINARY, "claims": claims(facts)}
        with loading("Measuring"):
            pairs = await asyncio.to_thread(compare, app.matcher, facts, sets, args.rounds)
    wordings = sum(len(fact.wordings()) for fact in facts)
    if args.json:
        measured = {name: pair.to_json() for name, pair in pairs.items()}
        print_json({"facts": len(facts), "wordings": wordings, "rounds": args.rounds, **measured})
    else:
        _show(Screen(sys.stdout), pairs, f"{len(facts)} facts in {wordings} wordings, {args.rounds} rounds, one thread")
    return 0


def read_posts(path: Path) -> list[str]:
    """Read messages, one a line; blank lines are skipped.

    Raises:
        UsageError: The file can't be read, or holds no message.
    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}.") from error
    posts = [line for line in lines if line.strip()]
    if not posts:
        raise UsageError(f"{path} holds no message; give one a line.")
    return posts


def claims(facts: Sequence[Fact]) -> list[str]:
    """Return wordings of facts, no more than 200, spread evenly over all of them."""
    wordings = [wording for fact in facts for wording in fact.wordings()]
    step = -(-len(wordings) // _WORDINGS) or 1
    return wordings[::step]


def compare(matcher: Matcher, facts: Sequence[Fact], sets: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Pair]:
    """Measure sets of messages by name; empty ones are left out. Matcher and peer take turns on each message."""
    from bot.cli.peers import full_text  # noqa: PLC0415 -- loads what matching reads words with

    with full_text(facts) as peer:
        return {
            name: _pair(lambda text: matcher.match(Post(text)), peer.search, messages, rounds)
            for name, messages in sets.items()
            if messages
        }


def _pair(
    match: Callable[[str], object], search: Callable[[str], object], messages: Sequence[str], rounds: int
) -> Pair:
    for text in messages[:_WARM]:
        match(text)
        search(text)
    times = [(_seconds(match, text), _seconds(search, text)) for _ in range(rounds) for text in messages]
    return Pair(len(messages), Timing(tuple(own for own, _ in times)), Timing(tuple(other for _, other in times)))


def _seconds(work: Callable[[str], object], text: str) -> float:
    start = time.perf_counter_ns()
    work(text)
    return max(time.perf_counter_ns() - start, 1) / 1e9


def _show(screen: Screen, pairs: Mapping[str, Pair], over: str) -> None:
    screen.line(f"On {over}. Times are in milliseconds.")
    header = ("messages", "n", "", *(f"p{percent}" for percent in _PERCENTILES), "messages/s")
    rows = []
    for name, pair in pairs.items():
        for who, timing in (("Footnote", pair.footnote), ("SQLite FTS5", pair.peer)):
            times = (f"{timing.percentile(percent):.3f}" for percent in _PERCENTILES)
            rows.append((name, str(pair.messages), who, *times, f"{timing.per_second:.0f}"))
        ratios = pair.ratios()
        rows.append((name, str(pair.messages), "ratio", *(f"{ratio:.2f}" for ratio in ratios.values())))
    screen.table(header, rows, always_head=True)


def _rounds(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)
