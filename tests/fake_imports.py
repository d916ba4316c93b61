"""The sources of the store in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.fact import Fact, Source, SourceCheck, SourceState
from tests.fake_repositories import FakeFacts

_TROUBLED = {SourceState.MOVED, SourceState.GONE}


@dataclass
class FakeSources:
    facts: FakeFacts
    checks: dict[str, SourceCheck] = field(default_factory=dict)

    async def due(self, *, before: datetime, limit: int) -> list[Source]:
        drafts = dict.fromkeys(self._all(), True)
        drafts |= {source.key: False for fact in self._used() if not fact.draft for source in fact.sources()}
        found = [one for one in self._all().values() if one.check is None or one.check.at < before]
        found.sort(key=lambda one: (drafts[one.key], one.check is not None, one.check and one.check.at, one.key))
        return found[:limit]

    async def record(self, checks: Mapping[str, SourceCheck]) -> None:
        stored = {source.key for fact in self.facts.by_slug.values() for source in fact.sources()}
        self.checks |= {key: check for key, check in checks.items() if key in stored}

    async def troubled(self, *, limit: int) -> list[Source]:
        found = [one for _, one in sorted(self._all().items()) if one.check and one.check.state in _TROUBLED]
        return found[:limit]

    def _used(self) -> list[Fact]:
        return [fact for fact in self.facts.by_slug.values() if not fact.retired]

    def _all(self) -> dict[str, Source]:
        found = {source.key: source for fact in self._used() for source in fact.sources()}
        return {key: replace(source, check=self.checks.get(key, source.check)) for key, source in found.items()}
