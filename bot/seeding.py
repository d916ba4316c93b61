"""The building and checking of the shipped database, ``facts.db.seed``, from a fact pack. Blocking, and slow."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from bot.domain.errors import StoreError
from bot.domain.fact import Fact
from bot.exchange.pack import read_whole_pack
from bot.matching.matcher import build_matcher
from bot.matching.vectors import missing
from bot.services.facts import run_tests
from bot.settings import Settings
from bot.store import paths, seed
from bot.store.database import open_database
from bot.wiring import models_of


def build_seed(settings: Settings, pack: Path) -> Path:
    """Build the shipped database from a fact pack, and return its path.

    Raises:
        PackError: The pack is malformed.
        StoreError: The seed can't be written.
    """
    head, read = read_whole_pack(pack)
    facts, name, vectors = _tested(read, settings)
    seed.build_seed(facts, {name: vectors}, paths.seed(), pack=head)
    return paths.seed()


def check_seed(settings: Settings, pack: Path) -> Path:
    """Check that the shipped database is what a fact pack says, and return its path.

    Raises:
        StoreError: It isn't, or can't be read.
    """
    path = paths.seed()
    head, read = read_whole_pack(pack)
    facts, name, vectors = _tested(read, settings)
    if not path.is_file() or seed.describe(path) != seed.describe_facts(facts, pack=head):
        raise StoreError(f"{path} is not what {pack.name} says; run `footnote facts seed` and commit it.")
    if asyncio.run(_vectors(path, name)).keys() != vectors.keys():
        raise StoreError(f"{path} lacks vectors of {name}; run `footnote facts seed` and commit it.")
    return path


def _tested(facts: list[Fact], settings: Settings) -> tuple[list[Fact], str, dict[str, bytes]]:
    """Return the facts with what fails of their tests, and the encoder's name and vectors, as a seed holds them."""
    models = models_of(settings, fetch=True)
    vectors = missing(facts, {}, models.encoder)
    matcher = build_matcher(facts, vectors, models)
    tested = [replace(fact, failed_tests=run_tests(fact, matcher).failures) for fact in facts]
    return tested, models.encoder.name, vectors


async def _vectors(path: Path, model: str) -> dict[str, bytes]:
    async with await open_database(path, readonly=True) as store, store.transaction() as tx:
        return await tx.facts.vectors(model)
