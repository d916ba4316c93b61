"""Keeps matching off the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Self

from bot.domain.match import MatchResult
from bot.domain.ports import Matcher
from bot.domain.post import Post


class MatchingWorker:
    """Runs the matcher on one thread of its own, so that a burst of posts waits there and not in the event loop."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="matching")

    async def match(self, post: Post) -> MatchResult:
        """Match one post."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, self.matcher.match, post)

    async def search(self, words: str, *, limit: int) -> list[str]:
        """Return the slugs of the facts nearest to some words, best first."""
        work = partial(self.matcher.search, words, limit=limit)
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    async def sync(self) -> list[str]:
        """Let the matcher take up what changed in the store; return the slugs of the facts that did.

        Posts that come meanwhile wait; those matched after it see the change.
        """
        return await asyncio.get_running_loop().run_in_executor(self._executor, self.matcher.sync)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)
