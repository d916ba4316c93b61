"""``footnote facts seed``: rebuild the shipped database from the fact pack, or check that it is what the pack says."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from pathlib import Path

from bot.cli.parser import Group, LoadSettings, add_command

PACK = Path(__file__).resolve().parent.parent / "packs" / "core.json"

EPILOG = """\
Takes a while: vectors are computed and every fact is tested. Where a fact
fails, the seed says so, and the fact can't reply by itself."""


def add(group: Group) -> None:
    """Add the command."""
    parser = add_command(
        group, "seed", run, help_text="rebuild facts.db.seed from bot/packs/core.json (for developers)", epilog=EPILOG
    )
    parser.add_argument("--check", action="store_true", help="change nothing; fail where the seed is out of date")


async def run(args: Namespace, load: LoadSettings) -> int:
    """Rebuild or check the seed."""
    from bot import seeding  # noqa: PLC0415 -- loads the model's libraries

    path = await asyncio.to_thread(seeding.check_seed if args.check else seeding.build_seed, load(), PACK)
    print(f"{path} is up to date." if args.check else f"{path} was built.")
    return 0
