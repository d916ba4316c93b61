"""Which facts a post might be about, and the windows of it that are worth comparing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, pstdev

from bot.matching.background import information
from bot.matching.encoder import Encoder
from bot.matching.features import Scored, Tone, Window, score
from bot.matching.index import FactIndex
from bot.matching.normalise import normalise
from bot.matching.spans import ASSERTED, CARRIED, Reading, SpanKind, sentences
from bot.matching.words import Words, words

MAX_CANDIDATES = 12
MAX_WINDOWS = 6
MIN_CONTENT_STEMS = 3
MIN_SHARED_STEMS = 2
MIN_SHARED_INFORMATION = 13.0
"""Together the information floor, in nats (see ``background``): what one rare word or two common ones can't reach.

On the development posts it costs 1% of the repeats and spares 91% of ordinary chat the encoder.
"""


SEARCH_DEPTH = 100
"""Facts that words find for a search, before meaning orders them."""
MEANING = 1.0
"""Weight of the cosine beside BM25 where both order facts, each in standard deviations."""


def together(bm25: Sequence[float], cosines: Sequence[float]) -> list[float]:
    """Return one rank score a fact, of its BM25 score and its cosine, each standardised over the facts."""
    return [a + MEANING * b for a, b in zip(_standardised(bm25), _standardised(cosines), strict=True)]


def _standardised(values: Sequence[float]) -> list[float]:
    mean, spread = fmean(values), pstdev(values)
    return [(value - mean) / (spread or 1.0) for value in values]


@dataclass(frozen=True, slots=True)
class Draft:
    """A window before it is embedded."""

    text: str
    kind: SpanKind
    words: Words
    weight: float


class Retriever:
    """Lexical search first; only what passes the information floor is embedded and compared by meaning."""

    def __init__(self, index: FactIndex, encoder: Encoder) -> None:
        self._index = index
        self._encoder = encoder

    def candidates(self, reading: Reading) -> list[tuple[str, float]]:
        """Return slugs with their BM25 score, or none where the post holds too little to go by."""
        stems = words(reading.text(*SpanKind)).content
        if len(stems) < MIN_CONTENT_STEMS:
            return []
        hits = self._index.lexical.search(stems, limit=MAX_CANDIDATES)
        return [(slug, bm25) for slug, bm25 in hits if self._informs(stems, slug)]

    def _informs(self, stems: frozenset[str], slug: str) -> bool:
        """Tell whether a post shares enough with one wording of a fact for a comparison to mean anything."""
        shared = (stems & wording.content for wording in self._index.facts[slug].wordings)
        return any(
            len(common) >= MIN_SHARED_STEMS and sum(map(information, common)) >= MIN_SHARED_INFORMATION
            for common in shared
        )

    def search(self, text: str, *, limit: int) -> list[str]:
        """Return the slugs of the facts nearest to a text, best first: by words, then by words and meaning together."""
        text = normalise(text)
        hits = self._index.lexical.search(words(text).content, limit=max(limit, SEARCH_DEPTH))
        if not hits:
            return []
        vector = self._encoder.encode([text])[0]
        closest = [float((self._index.facts[slug].wording_vectors @ vector).max()) for slug, _ in hits]
        ranks = together([bm25 for _, bm25 in hits], closest)
        return [hits[i][0] for i in sorted(range(len(hits)), key=lambda i: -ranks[i])[:limit]]

    def scored(self, reading: Reading) -> list[Scored]:
        """Return every candidate with its features; the closest by meaning comes first."""
        found = self.candidates(reading)
        windows = self._windows(reading) if found else []
        if not windows:
            return []
        tone = Tone.of(reading.text(*ASSERTED), reading.text(*CARRIED))
        cosines = {
            slug: [self._index.facts[slug].wording_vectors @ window.vector for window in windows] for slug, _ in found
        }
        reach = {slug: max(float(each.max()) for each in rows) for slug, rows in cosines.items()}
        scored = [
            score(
                self._index.facts[slug],
                windows,
                cosines=cosines[slug],
                lexical=bm25,
                tone=tone,
                rival=max((cosine for other, cosine in reach.items() if other != slug), default=0.0),
            )
            for slug, bm25 in found
        ]
        return sorted(scored, key=lambda one: one.features["cosine"], reverse=True)

    def _windows(self, reading: Reading) -> list[Window]:
        drafts = self._drafts(reading, ASSERTED)
        drafts += self._drafts(reading, CARRIED)
        best = sorted(drafts, key=lambda draft: draft.weight, reverse=True)[:MAX_WINDOWS]
        if not best:
            return []
        vectors = self._encoder.encode([draft.text for draft in best])
        return [
            Window(draft.text, draft.kind, draft.words, vector) for draft, vector in zip(best, vectors, strict=True)
        ]

    def _drafts(self, reading: Reading, kinds: Sequence[SpanKind]) -> list[Draft]:
        """Return sentences, neighbouring pairs and whole spans, weighed by how much of them the store knows."""
        drafts = {}
        for span in reading.spans:
            if span.kind not in kinds:
                continue
            parts = sentences(span.text)
            pairs = [f"{first} {second}" for first, second in pairwise(parts)]
            for text in (*parts, *pairs, span.text):
                found = words(text)
                drafts[text] = Draft(text, span.kind, found, self._weight(found.content))
        return [draft for draft in drafts.values() if draft.weight > 0]

    def _weight(self, stems: frozenset[str]) -> float:
        lexical = self._index.lexical
        known = [stem for stem in stems if lexical.known(stem)]
        # The share keeps a long ramble from outweighing the one sentence that says it.
        return sum(map(information, known)) * (0.5 + 0.5 * len(known) / len(stems)) if known else 0.0
