"""What every room's tests need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.domain.fact import Fact
from bot.services.compute import MatchingWorker
from tests.builders import a_fact
from tests.fakes import FakeMatcher, FakeStore


@pytest.fixture
def fact() -> Fact:
    """A fact that has every part."""
    return a_fact()


@pytest.fixture
def store(fact: Fact) -> FakeStore:
    """A store in memory that holds the fact."""
    return FakeStore([fact])


@pytest.fixture
def matcher(fact: Fact) -> FakeMatcher:
    """A matcher that knows the fact's wordings."""
    return FakeMatcher([fact])


@pytest.fixture
def worker(matcher: FakeMatcher) -> Iterator[MatchingWorker]:
    """The matcher on its thread."""
    worker = MatchingWorker(matcher)
    yield worker
    worker._executor.shutdown(wait=True)
