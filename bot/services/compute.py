"""Keeps matching off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, Self, TypeVar

from bot.domain.fact import Fact
from bot.domain.match import MatchResult
from bot.domain.ports import Matcher
from bot.domain.post import Post

_Given = ParamSpec("_Given")
_Outcome = TypeVar("_Outcome")


class MatchingWorker:
    """Runs the matcher on one thread of its own, so that a burst of posts waits there and not in the event loop."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="matching")

    async def match(self, post: Post, *, guild_id: int | None = None) -> MatchResult:
        """Match one post, as a server sees the facts."""
        return await self.run(self.matcher.match, post, guild_id=guild_id)

    async def search(self, words: str, *, limit: int, guild_id: int | None = None) -> list[str]:
        """Return the slugs of the facts that a server sees nearest to some words, best first."""
        return await self.run(self.matcher.search, words, limit=limit, guild_id=guild_id)

    async def sync(self) -> list[str]:
        """Let the matcher take up what changed in the store; return the slugs of the facts that did.

        Posts that come meanwhile wait; those matched after it see the change.
        """
        return await self.run(self.matcher.sync)

    async def trial(self, facts: Sequence[Fact]) -> Matcher:
        """Return a matcher over these facts alone, for use with ``run``.

        It is built beside the matching thread: the vectors of many new wordings would keep live posts waiting.
        """
        return await asyncio.to_thread(self.matcher.trial, facts)

    async def run(self, function: Callable[_Given, _Outcome], *args: _Given.args, **kwargs: _Given.kwargs) -> _Outcome:
        """Run a function on the thread; what is long goes there in pieces, so that posts get their turn in between."""
        work = partial(function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)
