"""Whatever happens to posts, notes and items, in whatever order: nothing is lost, doubled or left standing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from bot.domain.fact import Fact
from bot.domain.ports import Store
from bot.store.database import Database, open_database
from tests.fakes import FakeStore
from tests.services.conftest import FACTS
from tests.services.lives.machine import LifeCycles

EXAMPLES = int(os.environ.get("FOOTNOTE_FUZZ", "0"))
"""How many lives are led, where that is said; otherwise a few, the same on every run."""


def _settings(few: int) -> settings:
    return settings(
        max_examples=EXAMPLES or few,
        stateful_step_count=40,
        derandomize=not EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


class InMemory(LifeCycles):
    """On the store in memory."""

    def open_store(self) -> tuple[Store, Callable[[], list[Fact]]]:
        store = FakeStore(FACTS)
        return store, lambda: list(store.committed.facts.by_slug.values())


class OnDisk(LifeCycles):
    """On SQLite, as it is in earnest."""

    seed: Path

    def open_store(self) -> tuple[Store, Callable[[], list[Fact]]]:
        self.folder = Path(tempfile.mkdtemp(prefix="footnote-lives-"))
        database = self.loop.run_until_complete(open_database(self.folder / "facts.db", seed=self.seed))
        self.database: Database = database
        return database, lambda: database.reader.facts(list(database.reader.versions()))

    def close_store(self) -> None:
        self.do(self.database.close())
        shutil.rmtree(self.folder)


def test_lives_in_memory() -> None:
    """Every post and fact has one note at most, which is delivered once, and goes when it should."""
    run_state_machine_as_test(InMemory, settings=_settings(15))


def test_lives_on_disk(seed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same on a real database."""
    monkeypatch.setattr(OnDisk, "seed", seed, raising=False)
    run_state_machine_as_test(OnDisk, settings=_settings(30))
