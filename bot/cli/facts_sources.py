"""``footnote facts sources``: whether the sources of facts are still there."""

from __future__ import annotations

import sys
from argparse import Namespace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.cli.output import loading, print_json
from bot.cli.parser import Group, LoadSettings, add_command, add_json
from bot.console.screen import Screen
from bot.domain.fact import Source, SourceState

if TYPE_CHECKING:
    from bot.services.source_health import CheckedSources

EPILOG = """\
With --check, each source's own address is asked for it; with --archive the
Internet Archive is asked, too, for copies of what is gone. Nobody else is.
A fact whose source is gone without a copy can't reply by itself."""

_SHOWN = 200


def add(commands: Group) -> None:
    """Add the command."""
    parser = add_command(commands, "sources", run, help_text="list the sources that moved or are gone", epilog=EPILOG)
    add_json(parser, "a source per line as JSON")
    parser.add_argument("--check", action="store_true", help="look first at those that weren't looked at for a week")
    parser.add_argument("--archive", action="store_true", help="ask the Internet Archive for copies (with --check)")
    parser.add_argument(
        "--limit", type=int, default=_SHOWN, metavar="N", help=f"how many to look at (default: {_SHOWN})"
    )


async def run(args: Namespace, load: LoadSettings) -> int:
    """List sources, after looking at them where that is asked for."""
    from bot.wiring import now, open_store  # noqa: PLC0415 -- loads the database's libraries
    from bot.wiring_web import look_at_sources  # noqa: PLC0415 -- most runs ask nobody

    async with open_store(load(), readonly=not args.check) as store:
        if args.check:
            with loading("Looking at the sources"):
                week = now() - timedelta(days=7)
                done = await look_at_sources(store, now, archive=args.archive, limit=args.limit, before=week)
            print(_told(done), file=sys.stderr)
        async with store.reading() as tx:
            found = await tx.sources.troubled(limit=args.limit)
    if args.json:
        for one in found:
            check = one.check
            assert check is not None  # only what was looked at is in trouble
            told = {"moved_to": check.moved_to, "archive_url": one.copy_url, "since": check.since.isoformat()}
            print_json({"key": one.key, "url": one.url, "state": check.state.value, **told})
        return 0
    if not found:
        print("No source is known to have moved or to be gone.")
        return 0
    Screen(sys.stdout).table(("state", "publisher", "address", "now, or a copy"), [_row(one) for one in found])
    return 0


def _row(source: Source) -> tuple[str, str, str, str]:
    moved_to = source.check.moved_to if source.check else None
    return (
        source.check.state.value if source.check else "",
        source.publisher,
        source.url,
        source.copy_url or moved_to or "",
    )


def _told(done: CheckedSources) -> str:
    if done.offline:
        return "Hardly any source answers, so this machine seems to be offline. Nothing was recorded."
    counts = ", ".join(f"{done.count(state):,} {state.value}" for state in SourceState if done.count(state))
    return f"Looked at {len(done.checks):,} sources: {counts or 'none was due'}."
