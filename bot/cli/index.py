"""``footnote facts index``: bring the index up to date, and compute the vectors that are missing."""

from __future__ import annotations

import asyncio
from argparse import Namespace

from bot.cli.output import loading, progress
from bot.cli.parser import Group, LoadSettings, add_command

EPILOG = """\
A start does the same for a few new facts. After importing many, this saves
the bot from computing vectors while posts wait. It can be stopped and
started again at any time, also while the bot runs."""


def add(group: Group) -> None:
    """Add the command."""
    add_command(
        group,
        "index",
        run,
        help_text="index the facts of FOOTNOTE_DB, and compute and store the vectors that they lack",
        epilog=EPILOG,
    )


async def run(_args: Namespace, load: LoadSettings) -> int:
    """Index the facts."""
    from bot.services.vectors import add_vectors  # noqa: PLC0415 -- with the rest
    from bot.wiring import models_of, open_store, open_store_matcher  # noqa: PLC0415 -- loads the model's libraries

    settings = load()
    async with open_store(settings) as store:
        with loading("Indexing the facts"):
            models = await asyncio.to_thread(models_of, settings, fetch=True)
            matcher, _ = await open_store_matcher(store, models, writable=True)
        slugs = sorted(store.reader.versions())
        with progress() as bar:
            task = bar.add_task("Computing vectors", total=len(slugs))
            async for done in add_vectors(store, matcher, slugs):
                bar.update(task, completed=done)
    print(f"{len(slugs)} facts are indexed, and have their vectors.")
    return 0
