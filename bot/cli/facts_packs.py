"""``footnote facts packs | key``: the packs that were taken in, and keys to sign one's own."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path

from bot.cli.facts_import import add_owner
from bot.cli.output import print_json
from bot.cli.parser import Group, LoadSettings, add_command, add_json
from bot.console.screen import Screen
from bot.domain.errors import FootnoteError, UsageError


def add(commands: Group) -> None:
    """Add the commands."""
    parser = add_command(commands, "packs", packs, help_text="list the packs that were taken in")
    add_json(parser, "a pack per line as JSON")
    add_owner(parser)
    parser.add_argument("--forget", metavar="NAME", help="forget a pack: its facts stay, and are yours from then on")
    parser = add_command(commands, "key", key, help_text="make a key to sign packs with")
    parser.add_argument("file", type=Path, metavar="FILE", help="where to keep it; whoever has it can sign as you")


async def packs(args: Namespace, load: LoadSettings) -> int:
    """List packs, or forget one."""
    from bot.exchange.signing import fingerprint  # noqa: PLC0415 -- with the rest
    from bot.wiring import open_store  # noqa: PLC0415 -- loads the database's libraries

    async with open_store(load(), readonly=args.forget is None) as store:
        if args.forget is not None:
            async with store.transaction() as tx:
                if not await tx.imports.unsubscribe(args.server, args.forget):
                    raise FootnoteError(f"No pack {args.forget} was taken in; `footnote facts packs` lists them.")
            print(f"The pack {args.forget} is forgotten; its facts stay.")
            return 0
        async with store.reading() as tx:
            found = await tx.imports.subscriptions(args.server)
    if args.json:
        for one in found:
            values = {name: getattr(one.pack, name) for name in ("name", "title", "version", "licence", "provenance")}
            print_json({**values, "key": one.pack.key, "at": one.at.isoformat()})
        return 0
    rows = [
        (one.pack.name, one.pack.version, fingerprint(one.pack.key) if one.pack.key else "unsigned", one.pack.title)
        for one in found
    ]
    Screen(sys.stdout).table(("pack", "version", "signed by", "title"), rows)
    return 0


async def key(args: Namespace, _load: LoadSettings) -> int:
    """Make a key file that only its owner can read."""
    from bot.exchange.signing import fingerprint, make_key, public_key, read_key  # noqa: PLC0415 -- with the rest

    text = make_key()
    try:
        descriptor = os.open(args.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise UsageError(f"{args.file} is there already; choose another name.") from error
    except OSError as error:
        raise UsageError(f"{args.file} can't be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    public = public_key(read_key(text))
    print(f"{args.file} holds the key {fingerprint(public)}. Keep it to yourself. Its public half is {public}")
    return 0
