"""A search for facts keeps off the event loop: it embeds the words, and may read a whole store."""

from __future__ import annotations

import threading

from bot.services.compute import MatchingWorker
from tests.builders import a_fact
from tests.fakes import FakeMatcher


class Watched(FakeMatcher):
    """A matcher that remembers on which thread it was searched."""

    thread = ""

    def search(self, words: str, *, limit: int, guild_id: int | None = None) -> list[str]:
        self.thread = threading.current_thread().name
        return super().search(words, limit=limit, guild_id=guild_id)


async def test_a_search_runs_where_matching_does() -> None:
    """On the thread of its own, and with what the matcher finds."""
    matcher = Watched([a_fact()])
    async with MatchingWorker(matcher) as worker:
        assert await worker.search("moon", limit=3) == ["moon-cheese"]
    assert matcher.thread.startswith("matching")
