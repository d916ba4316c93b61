"""Lexical retrieval over all wordings of all facts, by Tantivy (BM25), in a folder or in memory.

The index holds its own state (which store it follows, and how far), so that one commit moves both or neither.
"""

from __future__ import annotations

import logging
import math
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import tantivy

from bot.domain.fact import Fact
from bot.matching.documents import documents, schema, state_document

log = logging.getLogger(__name__)

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
_HEAP = 50_000_000


class IndexUnwritable(Exception):
    """The index can't be changed: another process is changing it, the disk is full, or it is damaged."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A fact by that wording of it which a text comes nearest to, with the content stems of the wording."""

    slug: str
    stems: frozenset[str]
    bm25: float


class LexicalIndex:
    """Finds the facts whose wordings share words with a text."""

    def __init__(self, folder: Path | None = None) -> None:
        """Open the index in a folder, or make one there; without a folder, make one in memory.

        Raises:
            ValueError: What the folder holds is damaged, or no such index.
            OSError: It can't be read.
        """
        self.folder = folder
        self._schema = schema()
        self._index = tantivy.Index(self._schema, path=str(folder) if folder else None)
        self._index.config_reader(reload_policy="manual")
        self.reload()

    def reload(self) -> None:
        """See what was last committed, by this process or another."""
        self._index.reload()
        self._searcher = self._index.searcher()
        self._told = lru_cache(maxsize=50_000)(self._count)
        self.state = next((document["state"][0] for document in self._of("kind", "state", limit=1)), "")
        self.wordings = max(self._searcher.num_docs - 1, 0)

    def idf(self, stem: str) -> float:
        """Return how much a stem tells, in nats: BM25's inverse document frequency over the wordings."""
        return self._told(stem)[1]

    def known(self, stem: str) -> bool:
        """Tell whether any fact uses a stem, in its wordings or its true statement."""
        return self._told(stem)[0] > 0 or self._searcher.doc_freq("truth", stem) > 0

    def appearance(self, url: str) -> str | None:
        """Return the fact of which a canonical address is an appearance."""
        return next((document["slug"][0] for document in self._of("url", url, limit=1)), None)

    def versions(self) -> dict[str, int]:
        """Return the version of every indexed fact by slug."""
        found = self._of("kind", "fact", limit=max(self._searcher.num_docs, 1))
        return {document["slug"][0]: document["version"][0] for document in found}

    def search(self, stems: frozenset[str], *, limit: int, worth: Callable[[Hit], bool] = lambda _: True) -> list[Hit]:
        """Return the facts nearest to some stems, best first, each by its best wording.

        Args:
            stems: Of a text.
            limit: How many facts at most.
            worth: Whether a wording counts at all.
        """
        terms = self._terms(stems)
        if not terms:
            return []
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "stems", stem, "freq")) for stem in terms]
        )
        best: dict[str, Hit] = {}
        for size in (_GLANCE, max(_WORDINGS, _WORDINGS_A_FACT * limit)):
            # Tantivy would count every match otherwise, instead of skipping what can't be among the best.
            found = self._searcher.search(query, size, count=False).hits
            for _, address in found:
                hit = self._hit(stems, self._searcher.doc(address))
                if worth(hit) and (hit.slug not in best or hit.bm25 > best[hit.slug].bm25):
                    best[hit.slug] = hit
            if len(found) < size or not best:
                break
        return sorted(best.values(), key=lambda hit: hit.bm25, reverse=True)[:limit]

    def update(self, *, drop: Iterable[str] | None, add: Iterable[Fact], state: str) -> None:
        """Change facts and state in one commit: drop the named facts (None: all), then add others.

        Raises:
            IndexUnwritable: Nothing was changed.
        """
        try:
            writer = self._index.writer(heap_size=_HEAP, num_threads=1)
            if drop is None:
                writer.delete_all_documents()
            for slug in drop or ():
                writer.delete_documents_by_term("slug", slug)
            writer.delete_documents_by_term("kind", "state")
            for fact in add:
                for document in documents(fact):
                    writer.add_document(document)
            writer.add_document(state_document(state))
            writer.commit()
            writer.wait_merging_threads()
        except (ValueError, OSError) as error:
            raise IndexUnwritable(str(error)) from error
        self.reload()

    def _count(self, stem: str) -> tuple[int, float]:
        """Return how many wordings hold a stem, and what it tells."""
        seen = self._searcher.doc_freq("stems", stem)
        return seen, math.log(1 + max(self.wordings - seen + 0.5, 0) / (seen + 0.5))

    def _terms(self, stems: frozenset[str]) -> list[str]:
        """Return the rarest stems that can be searched for at bounded cost."""
        counted = sorted((seen, stem) for stem in stems if (seen := self._told(stem)[0]))
        terms: list[str] = []
        left = _POSTINGS_PER_STEM * len(stems)
        for seen, stem in counted[:_MAX_TERMS]:
            left -= seen
            if left < 0 and len(terms) >= _MIN_TERMS:
                break
            terms.append(stem)
        return terms

    def _hit(self, stems: frozenset[str], document: tantivy.Document) -> Hit:
        held = frozenset(document["stems"][0].split())
        idf = sum(self._told(stem)[1] for stem in stems & held)
        return Hit(document["slug"][0], held, idf * (1 + _K1) / (1 + _K1 * (1 - _B + _B * len(held) / _LENGTH)))

    def _of(self, field: str, value: str, *, limit: int) -> Iterator[tantivy.Document]:
        query = tantivy.Query.term_query(self._schema, field, value, "basic")
        return (self._searcher.doc(address) for _, address in self._searcher.search(query, limit, count=False).hits)


def open_lexical(folder: Path | None, *, writable: bool) -> LexicalIndex:
    """Open the index in a folder as it was left; a new one where that is damaged, in memory where it may not be there.

    Args:
        folder: Where it lies, or is to lie; None for memory.
        writable: Whether the folder may be made and changed.
    """
    if folder is None or not (writable or (folder / "meta.json").is_file()):
        return LexicalIndex()
    try:
        if writable:
            folder.mkdir(exist_ok=True)
        return LexicalIndex(folder)
    except (ValueError, OSError) as error:
        log.warning("index.unreadable", extra={"error": type(error).__name__})
    try:
        if writable:
            shutil.rmtree(folder)
            folder.mkdir()
            return LexicalIndex(folder)
    except (ValueError, OSError) as error:
        log.warning("index.unwritable", extra={"error": type(error).__name__})
    return LexicalIndex()
