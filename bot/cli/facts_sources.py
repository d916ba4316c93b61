"""``footnote facts sources``: whether the sources of facts are still there."""

from __future__ import annotations

import sys
from argparse import Namespace
from datetime import timedelta

from bot.cli.output import loading, print_json
from bot.cli.parser import Group, LoadSettings, add_command, add_json
from bot.console.screen import Screen

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
    from bot.wiring import looked_at, now, open_store  # noqa: PLC0415 -- loads the database's libraries

    async with open_store(load(), readonly=not args.check) as store:
        if args.check:
            with loading("Looking at the sources"):
                week = now() - timedelta(days=7)
                done = await looked_at(store, archive=args.archive, limit=args.limit, before=week)
            print(done, file=sys.stderr)
        async with store.reading() as tx:
            found = await tx.sources.troubled(limit=args.limit)
    if args.json:
        for one in found:
            check = one.check
            assert check is not None  # only what was looked at is in trouble
            told = {"moved_to": check.moved_to, "archive_url": one.copy_url, "since": check.since.isoformat()}
            print_json({"key": one.key, "url": one.url, "state": check.state.value, **told})
        return 0
    rows = [
        (
            one.check.state.value if one.check else "",
            one.publisher,
            one.url,
            one.copy_url or (one.check and one.check.moved_to) or "",
        )
        for one in found
    ]
    Screen(sys.stdout).table(("state", "publisher", "address", "now, or a copy"), rows)
    return 0
