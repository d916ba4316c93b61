"""Fakes of what imports ask of the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.errors import StoreError
from bot.domain.fact import Fact, Source, SourceCheck, SourceState
from bot.domain.pack import Subscription

if TYPE_CHECKING:
    from tests.fake_repositories import FakeFacts


@dataclass
class FakeImports:
    """``facts`` is set by the transaction that both belong to."""

    facts: FakeFacts = field(init=False, repr=False, compare=False)
    keys: dict[str, tuple[int, str]] = field(default_factory=dict)
    held: dict[tuple[int | None, str], Subscription] = field(default_factory=dict)

    async def reviewed(self, guild_id: int | None, identities: Sequence[str]) -> dict[str, str]:
        return {
            review.identity: fact.slug
            for fact in reversed(self._of(guild_id))
            for review in fact.reviews
            if review.identity in identities
        }

    async def claimed(self, guild_id: int | None, keys: Sequence[str]) -> dict[str, str]:
        usable = sorted((one for one in self._of(guild_id) if one.reviews or not one.retired), key=lambda one: one.slug)
        found = {self._key(fact): fact.slug for fact in reversed(usable)}
        return {key: slug for key, slug in found.items() if key in keys and key is not None}

    async def taken(self, slugs: Sequence[str]) -> set[str]:
        return set(slugs) & self.facts.by_slug.keys()

    async def load(self, slugs: Sequence[str]) -> list[Fact]:
        return [self.facts.by_slug[slug] for slug in slugs if slug in self.facts.by_slug]

    async def acts(self, slugs: Sequence[str]) -> dict[str, set[str]]:
        kept = {slug: self.facts.versions[slug] for slug in slugs if slug in self.facts.versions}
        return {slug: {version.act for version in versions.values()} for slug, versions in kept.items()}

    async def add(self, new: Iterable[tuple[Fact, str]]) -> None:
        stored = self.facts.by_slug.values()
        sources = {source.key: source for fact in stored for source in fact.sources()}
        for fact, key in new:
            if fact.slug in self.facts.by_slug:
                raise StoreError("A fact that was to be imported has a slug that is taken.")
            await self.facts.add(with_free_keys(fact, sources))
            self.keys[fact.slug] = (fact.version, key)

    async def unkeyed(self, *, limit: int) -> list[tuple[str, str]]:
        return [(fact.slug, fact.claim) for fact in self.facts.by_slug.values() if self._key(fact) is None][:limit]

    async def put_keys(self, keys: Mapping[str, str]) -> None:
        stored = self.facts.by_slug
        self.keys |= {slug: (stored[slug].version, key) for slug, key in keys.items() if slug in stored}

    async def export(self, guild_id: int | None, *, after: str, limit: int) -> list[Fact]:
        found = sorted((fact for fact in self._of(guild_id) if not fact.retired), key=lambda fact: fact.slug)
        return [fact for fact in found if fact.slug > after][:limit]

    async def subscriptions(self, guild_id: int | None) -> list[Subscription]:
        mine = [replace(one, base={}, slugs={}) for (server, _), one in self.held.items() if server == guild_id]
        return sorted(mine, key=lambda one: one.pack.name)

    async def subscription(self, guild_id: int | None, name: str) -> Subscription | None:
        return self.held.get((guild_id, name))

    async def put_subscription(self, subscription: Subscription) -> None:
        # A version keeps all of a fact but which of its tests failed: that belongs to the store of the day.
        base = {key: replace(fact, failed_tests=()) for key, fact in subscription.base.items()}
        self.held[subscription.guild_id, subscription.pack.name] = replace(subscription, base=base)

    async def unsubscribe(self, guild_id: int | None, name: str) -> bool:
        return self.held.pop((guild_id, name), None) is not None

    def _of(self, guild_id: int | None) -> list[Fact]:
        return [fact for fact in self.facts.by_slug.values() if fact.guild_id == guild_id]

    def _key(self, fact: Fact) -> str | None:
        version, key = self.keys.get(fact.slug, (0, None))
        return key if version == fact.version else None


@dataclass
class FakeSources:
    """``facts`` is set by the transaction that both belong to."""

    facts: FakeFacts = field(init=False, repr=False, compare=False)
    checks: dict[str, SourceCheck] = field(default_factory=dict)

    async def due(self, *, before: datetime, limit: int) -> list[Source]:
        used = [fact for fact in self.facts.by_slug.values() if not fact.retired]
        finished = [source for fact in used if not fact.draft for source in fact.sources()]
        others = [source for fact in used if fact.draft for source in fact.sources()]
        found = {source.key: replace(source, check=self.checks.get(source.key)) for source in [*finished, *others]}
        first = {source.key for source in finished}
        wanted = [source for source in found.values() if source.check is None or source.check.at < before]
        rank = {source.key: place for place, source in enumerate(wanted)}
        wanted.sort(key=lambda it: (it.key not in first, it.check is not None, it.check and it.check.at, rank[it.key]))
        return wanted[:limit]

    async def record(self, checks: Mapping[str, SourceCheck]) -> None:
        known = {source.key for fact in self.facts.by_slug.values() for source in fact.sources()}
        self.checks |= {key: check for key, check in checks.items() if key in known}
        for slug, fact in self.facts.by_slug.items():
            self.facts.by_slug[slug] = self.checked(fact)

    async def troubled(self, *, limit: int) -> list[Source]:
        used = [fact for fact in self.facts.by_slug.values() if not fact.retired]
        found = {source.key: source for fact in used for source in fact.sources()}
        bad = {SourceState.MOVED, SourceState.GONE}
        return [source for _, source in sorted(found.items()) if source.check and source.check.state in bad][:limit]

    def checked(self, fact: Fact) -> Fact:
        """Return a fact with what came of looking at its sources."""
        return with_sources(fact, lambda source: replace(source, check=self.checks.get(source.key)))


def with_free_keys(fact: Fact, taken: dict[str, Source]) -> Fact:
    """Return a fact with other keys for those of its sources whose keys stand for other documents."""

    def placed(source: Source) -> Source:
        tried, number = source, 1
        while taken.setdefault(tried.key, tried) != tried:
            number += 1
            tried = replace(source, key=f"{source.key}-{number}")
        return tried

    return with_sources(fact, placed)


def with_sources(fact: Fact, changed: Callable[[Source], Source]) -> Fact:
    """Return a fact with each of its sources changed."""
    return replace(
        fact,
        citations=tuple(replace(one, source=changed(one.source)) for one in fact.citations),
        reviews=tuple(replace(one, source=changed(one.source)) for one in fact.reviews),
    )
