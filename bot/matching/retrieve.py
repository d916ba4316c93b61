"""Which facts a post might be about: by words first, then by meaning."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, pstdev

from bot.matching.encoder import Encoder
from bot.matching.features import Scored, Tone, score
from bot.matching.index import FactIndex
from bot.matching.magnet import MIN_WORDS, informs
from bot.matching.normalise import normalise
from bot.matching.spans import ASSERTED, CARRIED, Reading, SpanKind
from bot.matching.windows import windows_of
from bot.matching.words import words

MAX_CANDIDATES = 12
MANY_WORDINGS = 3000
MIN_SURPRISE = 1.2
"""In a store of more wordings, the least BM25 score of a candidate as a multiple of the logarithm of their number.

The best score that chance reaches grows so. Among 600,000 wordings 75% of ordinary chat passes the information floor
and 39% this one, among 40,000 58% and 22%; of the labelled repeats that are found without it, 3% and 1% are lost.
"""
SEARCH_DEPTH = 100
SEARCH_NEAREST = 50
"""Facts that words and meaning find for a search, before both together order them."""
MEANING = 4.0
"""Weight of the cosine beside BM25 where both order facts, each in standard deviations."""


def together(bm25: Sequence[float], cosines: Sequence[float]) -> list[float]:
    """Return one rank score a fact, of its BM25 score and its cosine, each standardised over the facts."""
    return [a + MEANING * b for a, b in zip(_standardised(bm25), _standardised(cosines), strict=True)]


def _standardised(values: Sequence[float]) -> list[float]:
    mean, spread = fmean(values), pstdev(values)
    return [(value - mean) / (spread or 1.0) for value in values]


class Retriever:
    """Lexical search first; only what passes the information floor is embedded and compared by meaning.

    ``guild_id`` names the server that asks (see ``bot.domain.ports.Matcher``).
    """

    def __init__(self, index: FactIndex, encoder: Encoder) -> None:
        self._index = index
        self._encoder = encoder

    def candidates(self, reading: Reading, *, guild_id: int | None = None) -> list[str]:
        """Return slugs, the nearest by words first; none where the post holds too little to go by."""
        found = words(reading.text(*SpanKind))
        stems, view = found.content, self._index.lexical.view(guild_id)
        if len(found.raw) < MIN_WORDS or not informs(frozenset(filter(view.known, stems))):
            return []
        many = view.wordings > MANY_WORDINGS
        least = MIN_SURPRISE * math.log(view.wordings) if many else 0.0
        hits = view.search(
            stems, limit=MAX_CANDIDATES, worth=lambda hit: hit.bm25 >= least and informs(stems & hit.stems)
        )
        return [hit.slug for hit in hits]

    def search(self, text: str, *, limit: int, guild_id: int | None = None) -> list[str]:
        """Return the slugs of the facts nearest to a text, best first: by words, then by words and meaning together."""
        text, view = normalise(text), self._index.lexical.view(guild_id)
        hits = view.search(words(text).content, limit=max(limit, SEARCH_DEPTH))
        if not hits:
            return []
        vector = self._encoder.encode([text])[0]
        bm25 = {hit.slug: hit.bm25 for hit in hits}
        facts = self._index.shown((*bm25, *self._index.nearest(vector, view, limit=SEARCH_NEAREST)), view)
        if not facts:
            return []
        slugs = list(facts)
        closest = [float((facts[slug].wording_vectors @ vector).max()) for slug in slugs]
        ranks = together([bm25.get(slug, hits[-1].bm25) for slug in slugs], closest)
        return [slugs[i] for i in sorted(range(len(slugs)), key=lambda i: -ranks[i])[:limit]]

    def scored(self, reading: Reading, *, guild_id: int | None = None) -> list[Scored]:
        """Return every candidate with its features; the closest by meaning comes first."""
        view = self._index.lexical.view(guild_id)
        found = self.candidates(reading, guild_id=guild_id)
        windows = windows_of(reading, view, self._encoder) if found else []
        if not windows:
            return []
        facts = self._index.shown(found, view)  # one may have been retired just now
        tone = Tone.of(reading.text(*ASSERTED), reading.text(*CARRIED))
        cosines = {slug: [facts[slug].wording_vectors @ window.vector for window in windows] for slug in facts}
        reach = {slug: max(float(each.max()) for each in rows) for slug, rows in cosines.items()}
        scored = [
            score(
                facts[slug],
                windows,
                cosines=cosines[slug],
                idf=view.idf,
                tone=tone,
                rival=max((cosine for other, cosine in reach.items() if other != slug), default=0.0),
            )
            for slug in facts
        ]
        return sorted(scored, key=lambda one: one.features["cosine"], reverse=True)
