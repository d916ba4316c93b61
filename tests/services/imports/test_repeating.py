"""However an import goes, cut off and begun again or made twice: what is stored in the end is the same."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.fact import Fact, FactVersion, Verdict
from bot.domain.ports import Store
from bot.exchange.incoming import ReviewedClaim
from bot.services.compute import MatchingWorker
from bot.services.imports import reviews
from bot.services.imports.report import Outcome as Said
from bot.store.database import open_database
from tests.builders import a_fact
from tests.fakes import FakeMatcher, FakeStore
from tests.services.dying import DyingStore, Killed
from tests.services.imports.incoming import GUILD, WHALES, ZEPPELIN, Importer, an_entry

MINE = "I crossed Patagonia in a zeppelin every week."
CLAIMS = [ZEPPELIN, ZEPPELIN.upper(), f"The {ZEPPELIN}", WHALES, MINE, "Only zeppelins crossed Patagonia.", "No."]
WRITTEN = [
    a_fact(claim=WHALES),
    a_fact(slug="retired", claim="Only zeppelins crossed Patagonia.", retired=True),
    a_fact(slug="own", claim=ZEPPELIN, guild_id=GUILD),
]
ENTRIES = st.builds(
    an_entry,
    st.integers(1, 9),
    st.sampled_from(CLAIMS),
    publisher=st.sampled_from(["Fact Office", "Truth Desk"]),
    label=st.sampled_from(["False", "Half true", None]),
    verdict=st.sampled_from([Verdict.FALSE, Verdict.MISLEADING, Verdict.TRUE, Verdict.UNRATED]),
    title=st.sampled_from(["Check", "Corrected check"]),
    published=st.none() | st.just(date(2025, 5, 1)),
    speaker=st.sampled_from([None, "Ada", "Bob"]),
    claim_date=st.sampled_from([None, "2024"]),
    language=st.sampled_from(["en", "en", "de", None]),
    appearances=st.sampled_from([(), ("https://x.example/1",)]),
)
FEEDS = st.lists(ENTRIES, max_size=12)


@dataclass(frozen=True)
class Outcome:
    """All that an import leaves behind but its entries in the log: those of a cut-off run tell of what was in by then.

    Rows of sources that nothing cites any more aren't looked at either.
    """

    facts: list[Fact]
    kept: list[FactVersion]


async def _outcome(importer: Importer) -> Outcome:
    return Outcome(await importer.facts(), await importer.histories())


@asynccontextmanager
async def _in_memory() -> AsyncIterator[Store]:
    yield FakeStore()


@asynccontextmanager
async def _on_disk(seed: Path) -> AsyncIterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        async with await open_database(Path(folder) / "facts.db", seed=seed) as database:
            yield database


Opened = Callable[[], AbstractAsyncContextManager[Store]]
Edit = tuple[int, dict[str, Any]]
EDITS = st.none() | st.tuples(
    st.integers(0, 9),
    st.sampled_from(
        [
            {"verdict": Verdict.DISPUTED},
            {"correction": "Nobody ever did.", "true_statement": "Nobody did.", "citations": a_fact().citations},
            {"claim": "Zeppelins once crossed Patagonia and Peru."},
            {"retired": True},
        ]
    ),
)


@dataclass(frozen=True)
class Plot:
    """What happens: a first feed, an edit, and a feed for all servers or one, cut off somewhere."""

    first: list[ReviewedClaim]
    edit: Edit | None
    feed: list[ReviewedClaim]
    guild: int | None
    size: int
    cut: tuple[int, str]


PLOTS = st.builds(
    Plot,
    FEEDS,
    EDITS,
    FEEDS,
    st.sampled_from([None, GUILD]),
    st.integers(1, 4),
    st.tuples(st.integers(1, 9), st.sampled_from(["before", "inside", "after"])),
)


@asynccontextmanager
async def _prepared(opened: Opened, plot: Plot) -> AsyncIterator[Importer]:
    """Open a store in which people wrote facts, a feed was taken in, and a moderator changed something."""
    async with opened() as store, MatchingWorker(FakeMatcher([])) as worker:
        importer = Importer(store, worker)
        await importer.put(*WRITTEN)
        await importer.reviews(*plot.first)
        if plot.edit is not None:
            found = await importer.facts()
            await importer.edit(found[plot.edit[0] % len(found)].slug, **plot.edit[1])
        yield importer


async def _play(opened: Opened, plot: Plot) -> None:
    async with _prepared(opened, plot) as importer:
        before = await _outcome(importer)
        foretold = await importer.reviews(*plot.feed, guild_id=plot.guild, dry=True)
        assert await _outcome(importer) == before
        done = await importer.reviews(*plot.feed, guild_id=plot.guild)
        assert (foretold.counts, foretold.lines) == (done.counts, done.lines)
        outcome = await _outcome(importer)
        again = await importer.reviews(*plot.feed, guild_id=plot.guild)
        assert await _outcome(importer) == outcome
        assert again.counts.keys() <= {Said.SAME, Said.KNOWN, Said.REJECTED}
    async with _prepared(opened, plot) as importer:
        with suppress(Killed):
            dying = Importer(DyingStore(importer.store, *plot.cut), importer.worker)
            await dying.reviews(*plot.feed, guild_id=plot.guild)
        await importer.reviews(*plot.feed, guild_id=plot.guild)
        assert await _outcome(importer) == outcome


@settings(deadline=None, max_examples=60)
@given(PLOTS)
def test_an_import_ends_in_the_same_however_it_goes(plot: Plot) -> None:
    """In one go; cut off at any transaction and begun again; and twice. A dry run foretold it, and changed nothing."""
    with patch.object(reviews, "BATCH", plot.size):
        asyncio.run(_play(_in_memory, plot))


@settings(deadline=None, max_examples=12)
@given(PLOTS)
def test_so_it_does_on_a_real_database(empty_seed: Path, plot: Plot) -> None:
    """The same, in SQLite."""
    with patch.object(reviews, "BATCH", plot.size):
        asyncio.run(_play(lambda: _on_disk(empty_seed), plot))
