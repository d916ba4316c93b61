"""What one server sees of the lexical index: the global facts, less those that its own override, and its own.

The terms of a server's facts bear its id (see ``documents.scoped``). So nobody else's search meets them: not even to
pass them over, which would cost others their place among the best.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import tantivy

from bot.matching.documents import OVERRIDE, OWN, scoped, unscoped

_GLANCE = 8
"""How many wordings are looked at first. Where none of them is worth more, hardly any further down is: among 600,000
wordings that costs one in 200 of the right candidates, and saves a quarter of the time."""
_WORDINGS = 80
_WORDINGS_A_FACT = 4
"""How many are looked at in all, so that facts with many wordings leave room for others."""
_POSTINGS_PER_STEM = 1000
"""How many entries of the index a search may go through for each stem of the text, rarest stems first.

At 300,000 facts a common word stands in 50,000 wordings. Such words rank what rarer ones have found, and find nothing
themselves. Among 600,000 wordings that costs 1% of the right candidates and saves a third of the time; in a store of
a few hundred facts nothing is left out.
"""
_MIN_TERMS = 3
_MAX_TERMS = 40
_K1, _B, _LENGTH = 1.2, 0.75, 8.0
"""BM25's usual constants; and the content stems of a usual wording, so that scores are alike from store to store."""
_REMEMBERED = 50_000
_REMEMBERED_OF_A_SERVER = 2_000
"""Stems whose counts are remembered: of the global facts, and of each server that has facts of its own."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A fact by that wording of it which a text comes nearest to, with the content stems of the wording."""

    slug: str
    stems: frozenset[str]
    bm25: float


class View:
    """Finds the facts whose wordings share words with a text. It shows what was committed when it was made."""

    def __init__(self, searcher: tantivy.Searcher, schema: tantivy.Schema, guild_id: int | None = None) -> None:
        """Look at an index.

        Args:
            searcher: Of the index.
            schema: Its fields.
            guild_id: The server, where it has facts of its own.
        """
        self._searcher = searcher
        self._schema = schema
        self.wordings = self._wordings(guild_id)
        self._scopes = (None,) if guild_id is None else (guild_id, None)
        self._overridden = frozenset() if guild_id is None else self._overrides(guild_id)
        remembered = _REMEMBERED if guild_id is None else _REMEMBERED_OF_A_SERVER
        self._told = lru_cache(remembered)(partial(_told, searcher, self._scopes, self.wordings))

    def idf(self, stem: str) -> float:
        """Return how much a stem tells, in nats: BM25's inverse document frequency over the wordings."""
        return self._told(stem)[1]

    def known(self, stem: str) -> bool:
        """Tell whether any fact uses a stem, in its wordings or its true statement."""
        return any(self._told(stem)[0]) or any(self._searcher.doc_freq("truth", scoped(stem, s)) for s in self._scopes)

    def shows(self, slug: str, guild_id: int | None) -> bool:
        """Tell whether a fact of a server (None: of all) is seen."""
        return guild_id in self._scopes and slug not in self._overridden

    def appearance(self, url: str) -> str | None:
        """Return the fact of which a canonical address is an appearance; the server's own first."""
        found = (
            document["slug"][0]
            for scope in self._scopes
            for document in self._of("url", scoped(url, scope), limit=1 + len(self._overridden))
        )
        return next((slug for slug in found if slug not in self._overridden), None)

    def search(self, stems: frozenset[str], *, limit: int, worth: Callable[[Hit], bool] = lambda _: True) -> list[Hit]:
        """Return the facts nearest to some stems, best first, each by its best wording.

        Args:
            stems: Of a text.
            limit: How many facts at most.
            worth: Whether a wording counts at all.
        """
        found = [hit for place in range(len(self._scopes)) for hit in self._found(stems, place, limit, worth)]
        return sorted(found, key=lambda hit: hit.bm25, reverse=True)[:limit]

    def _found(self, stems: frozenset[str], place: int, limit: int, worth: Callable[[Hit], bool]) -> Iterable[Hit]:
        """Return what is found in one of the scopes, each fact by its best wording."""
        terms = self._terms(stems, place)
        if not terms:
            return ()
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "stems", term, "freq")) for term in terms]
        )
        best: dict[str, Hit] = {}
        for size in (_GLANCE, max(_WORDINGS, _WORDINGS_A_FACT * limit)):
            found = self._best(query, size)
            for document in found:
                hit = self._hit(stems, place, document)
                if worth(hit) and (hit.slug not in best or hit.bm25 > best[hit.slug].bm25):
                    best[hit.slug] = hit
            if len(found) < size or not best:
                break
        return best.values()

    def _best(self, query: tantivy.Query, size: int) -> list[tantivy.Document]:
        """Return the best so many wordings, without those of overridden facts: others move up into their places."""
        spare = 0
        while True:
            # Tantivy would count every match otherwise, instead of skipping what can't be among the best.
            hits = self._searcher.search(query, size + spare, count=False).hits
            found = [self._searcher.doc(address) for _, address in hits]
            if not self._overridden:
                return found
            left = [document for document in found if document["slug"][0] not in self._overridden]
            if len(left) >= size or len(found) < size + spare:
                return left[:size]
            spare = size + spare - len(left)

    def _terms(self, stems: frozenset[str], place: int) -> list[str]:
        """Return the rarest stems that can be searched for at bounded cost, as the terms of a scope."""
        counted = sorted((seen, stem) for stem in stems if (seen := self._told(stem)[0][place]))
        terms: list[str] = []
        left = _POSTINGS_PER_STEM * len(stems)
        for seen, stem in counted[:_MAX_TERMS]:
            left -= seen
            if left < 0 and len(terms) >= _MIN_TERMS:
                break
            terms.append(scoped(stem, self._scopes[place]))
        return terms

    def _hit(self, stems: frozenset[str], place: int, document: tantivy.Document) -> Hit:
        held = frozenset(unscoped(document["stems"][0].split(), self._scopes[place]))
        idf = sum(self._told(stem)[1] for stem in stems & held)
        return Hit(document["slug"][0], held, idf * (1 + _K1) / (1 + _K1 * (1 - _B + _B * len(held) / _LENGTH)))

    def _wordings(self, guild_id: int | None) -> int:
        """Count the different wordings, so that the facts of other servers don't change what a word tells."""
        shared = max(self._searcher.num_docs - 1, 0) - self._number(OWN)
        return shared if guild_id is None else shared + self._number(scoped(OWN, guild_id))

    def _number(self, kind: str) -> int:
        """Count documents of a kind; a term's frequency would still hold those that were deleted lately."""
        query = tantivy.Query.term_query(self._schema, "kind", kind, "basic")
        return self._searcher.search(query, 1, count=True).count or 0  # type: ignore[attr-defined]  # the stub lacks it

    def _overrides(self, guild_id: int) -> frozenset[str]:
        term = scoped(OVERRIDE, guild_id)
        found = self._of("kind", term, limit=max(self._searcher.doc_freq("kind", term), 1))
        return frozenset(document["overrides"][0] for document in found)

    def _of(self, field: str, term: str, *, limit: int) -> Iterator[tantivy.Document]:
        return with_term(self._searcher, self._schema, field, term, limit=limit)


def with_term(
    searcher: tantivy.Searcher, schema: tantivy.Schema, field: str, term: str, *, limit: int
) -> Iterator[tantivy.Document]:
    """Return the documents that hold a term in a field."""
    query = tantivy.Query.term_query(schema, field, term, "basic")
    return (searcher.doc(address) for _, address in searcher.search(query, limit, count=False).hits)


def _told(
    searcher: tantivy.Searcher, scopes: Sequence[int | None], wordings: int, stem: str
) -> tuple[tuple[int, ...], float]:
    """Return how many wordings of each scope hold a stem, and what it tells."""
    counts = tuple(searcher.doc_freq("stems", scoped(stem, scope)) for scope in scopes)
    seen = sum(counts)
    return counts, math.log(1 + max(wordings - seen + 0.5, 0) / (seen + 0.5))
