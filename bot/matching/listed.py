"""Facts from a list, read as a store is read: for tests, benchmarks and the building of the seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.domain.fact import Fact, Fingerprint
from bot.matching.encoder import Encoder
from bot.matching.index import FactIndex


class ListedFacts:
    """Implements ``FactReader`` on facts and vectors at hand, for one model."""

    def __init__(self, facts: Iterable[Fact], vectors: Mapping[str, bytes]) -> None:
        self._rows = dict(enumerate(facts, start=1))
        self._by_slug = {fact.slug: fact for fact in self._rows.values()}
        self._vectors = vectors

    def fingerprint(self, *, until: int | None = None) -> Fingerprint:
        """Return what the unretired facts add up to."""
        rows = {row: fact for row, fact in self._unretired().items() if until is None or row <= until}
        return Fingerprint(
            count=len(rows),
            newest=max(rows, default=0),
            versions=sum(fact.version for fact in rows.values()),
            characters=sum(len(fact.claim) for fact in rows.values()),
        )

    def mark(self) -> tuple[int, int]:
        """Return the same numbers always: a list doesn't change."""
        return len(self._rows), 0

    def versions(self, *, after: int = 0) -> dict[str, int]:
        """Return the versions of the unretired facts that come after one, by slug."""
        return {fact.slug: fact.version for row, fact in self._unretired().items() if row > after}

    def facts(self, slugs: Sequence[str]) -> list[Fact]:
        """Return the named facts, retired ones too."""
        return [self._by_slug[slug] for slug in slugs if slug in self._by_slug]

    def vectors(self, model: str, keys: Sequence[str]) -> dict[str, bytes]:  # noqa: ARG002 - the port's
        """Return those of the vectors that are there."""
        return {key: self._vectors[key] for key in keys if key in self._vectors}

    def _unretired(self) -> dict[int, Fact]:
        return {row: fact for row, fact in self._rows.items() if not fact.retired}


def index_of(facts: Iterable[Fact], vectors: Mapping[str, bytes], encoder: Encoder) -> FactIndex:
    """Return an index in memory over listed facts."""
    index = FactIndex(ListedFacts(facts, vectors), encoder)
    index.sync()
    return index
