"""``footnote facts export``: give facts out as a pack, as ClaimReviews or as a sheet."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from bot.cli.facts_import import add_owner
from bot.cli.parser import Group, LoadSettings, add_command, add_facts
from bot.domain.errors import FootnoteError, UsageError
from bot.domain.pack import Pack

if TYPE_CHECKING:
    from bot.services.export import ExportFacts

EPILOG = """\
A pack holds facts with their tests, quotes, sources and licence; whoever takes
it in can update it later, and keeps what they changed. Without --name it needs
--pack: a pack that was taken in, given out again as it is here now.
`footnote facts key FILE` makes the key for --sign."""

_HEAD = ("name", "title", "version", "licence", "provenance")


def add(commands: Group) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "export",
        run,
        help_text="give facts out as a pack, as ClaimReviews (JSON-LD) or in CSV",
        epilog=EPILOG,
    )
    add_facts(parser)
    add_owner(parser)
    parser.add_argument(
        "--as", dest="form", choices=("pack", "claimreview", "csv"), default="claimreview", help="default: claimreview"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: standard output")
    parser.add_argument("--no-drafts", action="store_true", help="leave out facts that have no correction of their own")
    parser.add_argument("--pack", metavar="NAME", help="the facts of a pack that was taken in")
    for name in _HEAD:
        parser.add_argument(f"--{name}", metavar="TEXT", help=f"the {name} of the pack")
    parser.add_argument("--sign", type=Path, metavar="KEYFILE", help="sign the pack")


async def run(args: Namespace, load: LoadSettings) -> int:
    """Export."""
    from bot.services.export import ExportFacts  # noqa: PLC0415 -- with the rest
    from bot.services.giving_out import as_claim_reviews, as_csv  # noqa: PLC0415 -- with the rest
    from bot.wiring import open_store, with_facts  # noqa: PLC0415 -- loads the database's libraries

    async with open_store(with_facts(load(), args.facts), readonly=True) as store:
        export = ExportFacts(store=store)
        if args.form == "pack":
            text = await _pack(args, export)
            await _write(args.output, _once(text))
        else:
            facts = export.facts(args.server, drafts=not args.no_drafts)
            await _write(args.output, (as_csv if args.form == "csv" else as_claim_reviews)(facts))
    return 0


async def _pack(args: Namespace, export: ExportFacts) -> str:
    from bot.exchange.pack_out import write_pack  # noqa: PLC0415 -- with the rest
    from bot.exchange.signing import read_key  # noqa: PLC0415 -- with the rest

    key = None
    if args.sign is not None:
        try:
            key = read_key(args.sign.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{args.sign} can't be read; `footnote facts key FILE` makes a key.") from error
    given = {name: getattr(args, name) for name in _HEAD if getattr(args, name) is not None}
    if args.pack is not None:
        found = await export.pack(args.server, args.pack)
        if found is None:
            raise FootnoteError(f"No pack {args.pack} was taken in; `footnote facts packs` lists them.")
        pack, facts = replace(found[0], **given), found[1]
    elif missing := [name for name in _HEAD if name not in given]:
        raise UsageError(f"A pack needs {', '.join(f'--{name}' for name in missing)}.")
    else:
        pack = Pack(**given)
        facts = [fact async for fact in export.facts(args.server, drafts=not args.no_drafts)]
    return write_pack(pack, facts, key)


async def _once(text: str) -> AsyncIterator[str]:
    yield text


async def _write(path: Path | None, pieces: AsyncIterator[str]) -> None:
    """Write to a file, whole or not at all, or to standard output."""
    if path is None:
        async for piece in pieces:
            sys.stdout.write(piece)
        return
    beside = path.with_name(f"{path.name}.part")
    try:
        with _opened(beside) as file:
            async for piece in pieces:
                file.write(piece)
        beside.replace(path)
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}.") from error
    finally:
        beside.unlink(missing_ok=True)


def _opened(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")
