"""The double, and a Footnote that is connected to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.loopback.double import Double, pings
from tests.loopback.process import Footnote, prepare


@pytest.fixture
async def double(tmp_path: Path, socket_enabled: None) -> AsyncIterator[Double]:
    """Discord on this machine."""
    double = Double()
    await double.start(tmp_path)
    yield double
    await double.stop()
    assert double.tunnel.refused == [], "Footnote asked for a host that isn't Discord's"
    assert double.strange == [], "Footnote asked for a route that the double doesn't know"
    assert [one["asked"] for one in double.created if pings(one["asked"])] == [], "a message would have pinged somebody"


@pytest.fixture
async def footnote(double: Double, tmp_path: Path) -> AsyncIterator[Footnote]:
    """Footnote, not started yet, on a database whose server answers by itself."""
    footnote = Footnote(double, tmp_path)
    await prepare(footnote.database)
    yield footnote
    await footnote.close()
