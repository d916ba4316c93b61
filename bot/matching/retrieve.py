"""Which facts a post might be about, and the windows of it that are worth comparing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.matching.background import information
from bot.matching.encoder import Encoder
from bot.matching.features import Scored, Tone, Window, score
from bot.matching.index import FactIndex
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

MANY_WORDINGS = 3000
MIN_SURPRISE = 1.2
"""In a store of more wordings, the least BM25 score of a candidate as a multiple of the logarithm of their number.

The best score that chance reaches grows so. Among 600,000 wordings 75% of ordinary chat passes the information floor
and 39% this one, among 40,000 58% and 22%; of the labelled repeats that are found without it, 3% and 1% are lost.
"""


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
        lexical = self._index.lexical
        if len(stems) < MIN_CONTENT_STEMS or not _informs(frozenset(filter(lexical.known, stems))):
            return []
        many = lexical.wordings > MANY_WORDINGS
        least = MIN_SURPRISE * math.log(lexical.wordings) if many else 0.0
        hits = lexical.search(
            stems, limit=MAX_CANDIDATES, worth=lambda hit: hit.bm25 >= least and _informs(stems & hit.stems)
        )
        return [(hit.slug, hit.bm25) for hit in hits]

    def scored(self, reading: Reading) -> list[Scored]:
        """Return every candidate with its features; the closest by meaning comes first."""
        found = self.candidates(reading)
        windows = self._windows(reading) if found else []
        if not windows:
            return []
        facts = self._index.get_many(slug for slug, _ in found)
        found = [(slug, bm25) for slug, bm25 in found if slug in facts]  # one may have been retired just now
        tone = Tone.of(reading.text(*ASSERTED), reading.text(*CARRIED))
        cosines = {slug: [facts[slug].wording_vectors @ window.vector for window in windows] for slug, _ in found}
        reach = {slug: max(float(each.max()) for each in rows) for slug, rows in cosines.items()}
        scored = [
            score(
                facts[slug],
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


def _informs(shared: frozenset[str]) -> bool:
    """Tell whether a post and a wording share enough for a comparison to mean anything."""
    return len(shared) >= MIN_SHARED_STEMS and sum(map(information, shared)) >= MIN_SHARED_INFORMATION
