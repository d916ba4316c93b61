"""Lexical retrieval over all wordings of all facts, by Tantivy (BM25), in memory."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import tantivy

from bot.domain.fact import Fact
from bot.matching.normalise import normalise
from bot.matching.words import words

_QUERY_STEMS = 40
_WORDINGS = 80


class LexicalIndex:
    """Finds the facts whose wordings share words with a text."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("fact", stored=True)
        builder.add_text_field("stems", tokenizer_name="whitespace", index_option="freq")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        self._slugs = [fact.slug for fact in facts]
        self._frequency: Counter[str] = Counter()
        self._documents = 0
        writer = self._index.writer(heap_size=15_000_000, num_threads=1)
        for number, fact in enumerate(facts):
            for wording in (*fact.wordings(), fact.true_statement):
                stems = words(normalise(wording)).content
                self._frequency.update(stems)
                self._documents += 1
                writer.add_document(tantivy.Document(fact=number, stems=" ".join(sorted(stems))))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def idf(self, stem: str) -> float:
        """Return how much a stem tells, in nats: BM25's inverse document frequency over the wordings."""
        seen = self._frequency[stem]
        return math.log(1 + (self._documents - seen + 0.5) / (seen + 0.5))

    def known(self, stem: str) -> bool:
        """Tell whether any fact uses a stem."""
        return stem in self._frequency

    def search(self, stems: Iterable[str], *, limit: int) -> list[tuple[str, float]]:
        """Return slugs with the BM25 score of their best wording, best first."""
        known = sorted((stem for stem in stems if self.known(stem)), key=self.idf, reverse=True)[:_QUERY_STEMS]
        if not known:
            return []
        terms = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "stems", stem)) for stem in known]
        hits = self._searcher.search(tantivy.Query.boolean_query(terms), _WORDINGS).hits
        best: dict[str, float] = {}
        for score, address in hits:
            slug = self._slugs[self._searcher.doc(address)["fact"][0]]
            best.setdefault(slug, float(score))
        return list(best.items())[:limit]
