from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.ports import Store
from bot.services.compute import MatchingWorker
from bot.store.database import Database, open_database
from bot.store.seed import build_seed
from tests.fakes import FakeMatcher, FakeStore
from tests.services.imports.incoming import Importer


@pytest.fixture(scope="session")
def empty_seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seed without facts."""
    target = tmp_path_factory.mktemp("imports") / "facts.db.seed"
    build_seed([], {}, target)
    return target


@pytest.fixture
async def database(tmp_path: Path, empty_seed: Path) -> AsyncIterator[Database]:
    """The real store, without facts."""
    async with await open_database(tmp_path / "facts.db", seed=empty_seed) as database:
        yield database


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest) -> Store:
    """Every store, without facts."""
    if request.param == "memory":
        return FakeStore()
    real: Store = request.getfixturevalue("database")
    return real


@pytest.fixture
def matcher() -> FakeMatcher:
    """A matcher that knows nothing."""
    return FakeMatcher([])


@pytest.fixture
def importer(store: Store, worker: MatchingWorker) -> Importer:
    """An importer on every store."""
    return Importer(store, worker)
