"""``footnote facts import``: take in reviews, packs and sheets."""

from __future__ import annotations

import sys
import tempfile
from argparse import Namespace
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from bot.cli.import_bar import ImportBar
from bot.cli.output import loading, print_json
from bot.cli.parser import Group, LoadSettings, Parser, add_command, add_json, whole_id
from bot.console.screen import Screen
from bot.domain.errors import UsageError

if TYPE_CHECKING:
    from bot.services.imports.report import Report

EPILOG = """\
SOURCE is a file, - for standard input, or a web address (which is then asked
for it). It may hold ClaimReviews (JSON-LD: objects, lists, graphs, data feeds,
lines; pages with JSON-LD or microdata), a Footnote pack, or a sheet in CSV;
gzip or plain. What is in already is recognised, so it is safe to repeat, and
to go on after it was cut off. What was edited here stays as it is.

A fact that comes from reviews alone is a draft: it never replies by itself."""

LARGEST = 2_000_000_000
"""Bytes of what is fetched from a web address."""
_SHOWN = 20


def add(commands: Group) -> None:
    """Add the command."""
    parser = add_command(
        commands, "import", run, help_text="take in fact-checks from a file, a pipe or a web address", epilog=EPILOG
    )
    add_json(parser, "the sums and the first lines of each kind as one JSON object")
    parser.add_argument("source", metavar="SOURCE", help="a file, - for standard input, or a web address")
    parser.add_argument(
        "--dry-run", action="store_true", help="change nothing; say what would be new, changed, rejected"
    )
    add_owner(parser)
    parser.add_argument(
        "--theirs", action="store_true", help="where a fact was changed here and in the pack, take the pack's"
    )
    parser.add_argument(
        "--accept-key", action="store_true", help="take a pack that is signed by another key than before, or by none"
    )


def add_owner(parser: Parser) -> None:
    """Add ``--server`` to a command whose facts are those for all servers where it isn't given."""
    parser.add_argument(
        "--server", type=whole_id, metavar="ID", help="a Discord server's own facts (default: those for all servers)"
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """What is to be imported: ``size`` in bytes where it is known, ``url`` where it came from the web."""

    stream: BinaryIO
    name: str
    size: int | None = None
    url: str | None = None


async def run(args: Namespace, load: LoadSettings) -> int:
    """Import."""
    from bot.exchange.opening import CountingReader  # noqa: PLC0415 -- with the rest
    from bot.services.imports.stream import Incoming, import_stream  # noqa: PLC0415 -- with the rest
    from bot.wiring import open_app  # noqa: PLC0415 -- loads the model's libraries

    settings = load()
    async with opened(args.source) as source, open_app(settings) as app:
        counted = CountingReader(source.stream)
        incoming = Incoming(
            stream=cast("BinaryIO", counted),
            name=source.name,
            url=source.url,
            today=app.services.clock().date(),
            guild_id=args.server,
            dry=args.dry_run,
            theirs=args.theirs,
            accept_key=args.accept_key,
        )
        with ImportBar(source.size, lambda: counted.consumed) as bar:
            report = await import_stream(app.services.take_in, incoming, progress=bar.told)
    if args.json:
        print_json(report.to_json())
    else:
        show(Screen(sys.stdout), report)
    return 0


@asynccontextmanager
async def opened(source: str) -> AsyncIterator[Opened]:
    """Open what is to be imported.

    Raises:
        UsageError: There is no such file.
        FetchError: The web address can't be read.
    """
    if source == "-":
        yield Opened(sys.stdin.buffer, "standard input")
    elif source.startswith(("https://", "http://")):
        async with _fetched(source) as found:
            yield found
    else:
        with _file(Path(source)) as found:
            yield found


@contextmanager
def _file(path: Path) -> Iterator[Opened]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}.") from error
    with file:
        size = path.stat().st_size
        yield Opened(file, path.name, size or None)  # a pipe has none


@asynccontextmanager
async def _fetched(url: str) -> AsyncIterator[Opened]:
    from bot.web.fetch import Fetcher  # noqa: PLC0415 -- most runs ask nobody

    with tempfile.TemporaryFile() as file:
        async with Fetcher() as fetcher:
            with loading(f"Fetching {url}"):
                await fetcher.save(url, file, limit=LARGEST)
        size = file.tell()
        file.seek(0)
        yield Opened(file, url, size, url)


def show(screen: Screen, report: Report) -> None:
    """Show the lines of each kind, as many as a person reads, and the sums."""
    from bot.services.imports.report import TOLD, Outcome  # noqa: PLC0415 -- with the rest

    for outcome in (one for one in Outcome if one in TOLD):
        lines = [f"{line.place}: {line.text}" for line in report.lines if line.outcome is outcome]
        if lines:
            more = report.counts[outcome] - len(lines[:_SHOWN])
            screen.line(outcome.value.capitalize(), "bold")
            screen.items([*lines[:_SHOWN], *([f"… and {more:,} more"] if more else [])])
    screen.line(report.in_words(), "bold")
    if report.failing:
        held = "is" if report.failing == 1 else "are"
        screen.line(f"{report.failing:,} of the facts {held} held back from replying, for their own tests fail.")
