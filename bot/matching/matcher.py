"""The pipeline in one piece: read, retrieve, measure, calibrate, judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from bot.domain.fact import Fact
from bot.domain.match import Evidence, Gate, Match, MatchResult, Relation
from bot.domain.post import Post
from bot.matching.calibration import Calibration
from bot.matching.encoder import Encoder
from bot.matching.features import Scored
from bot.matching.gates import calibration_gate, judge
from bot.matching.index import FactIndex
from bot.matching.language import ENGLISH, foreign
from bot.matching.links import canonical_url
from bot.matching.models import CALIBRATION
from bot.matching.normalise import normalise
from bot.matching.retrieve import Retriever
from bot.matching.spans import ASSERTED, Reading, SpanKind, read
from bot.matching.words import words

MAX_MATCHES = 5
_LINK_CONFIDENCE = 0.99
"""A link to a known appearance of a claim is the claim itself; it is not a matter of likeness."""
_VERBATIM_CONFIDENCE = 0.97
"""So is a sentence that is a known wording word by word. The gates still look at what stands around it."""


class HybridMatcher:
    """Finds the facts that a post is about (see ``bot.domain.ports.Matcher``)."""

    def __init__(
        self,
        index: FactIndex,
        encoder: Encoder,
        calibration: Calibration,
        *,
        languages: AbstractSet[str] = ENGLISH,
    ) -> None:
        self._index = index
        self._retriever = Retriever(index, encoder)
        self._calibration = calibration
        self._calibrated = calibration_gate(fitted=calibration.fitted_for(encoder.name))
        self._languages = languages

    @property
    def default_threshold(self) -> float:
        """Return the shipped threshold, 0..1."""
        return self._calibration.threshold

    def match(self, post: Post) -> MatchResult:
        """Return up to five matches, best first: linked pages, then the most confident."""
        reading = read(post)
        linked = self._linked(reading)
        own_text = reading.text(*ASSERTED)
        urls = frozenset(filter(None, map(canonical_url, reading.urls)))
        found = [self._match(one, post, own_text, urls) for one in self._retriever.scored(reading)]
        found.sort(key=lambda match: match.confidence, reverse=True)
        slugs = {match.slug for match in linked}
        matches = (*linked, *(match for match in found if match.slug not in slugs))[:MAX_MATCHES]
        return MatchResult(matches, "" if matches else "nothing in the store comes near", self._calibration.version)

    def search(self, query: str, *, limit: int) -> list[str]:
        """Return the slugs of the facts that the words are closest to, best first."""
        return [slug for slug, _ in self._index.lexical.search(words(normalise(query)).content, limit=limit)]

    def _match(self, scored: Scored, post: Post, own_text: str, urls: frozenset[str]) -> Match:
        fact = scored.indexed.fact
        strange = foreign(own_text, said=post.lang, fact=fact.language, covered=self._languages)
        cites = not urls.isdisjoint(scored.indexed.source_urls)
        judged = judge(scored, own_text=own_text, foreign_language=strange, cites_source=cites)
        shared = scored.window.words.content & scored.indexed.wordings[scored.wording].content
        pairs = zip(scored.window.words.raw, scored.window.words.stems, strict=True)
        matched = tuple(dict.fromkeys(raw for raw, stem in pairs if stem in shared))
        phrasing = fact.wordings()[scored.wording]
        confidence = self._calibration.probability(scored.features)
        if scored.verbatim:
            confidence = max(confidence, _VERBATIM_CONFIDENCE)
        evidence = Evidence(phrasing, matched, scored.features, (*judged.gates, self._calibrated))
        return Match(fact.slug, fact.version, judged.relation, confidence, evidence)

    def _linked(self, reading: Reading) -> list[Match]:
        """Return a match for each fact of which a linked page is a known appearance."""
        slugs = [self._index.appearances.get(canonical_url(url) or "") for url in reading.urls]
        alone = not reading.text(SpanKind.OWN, SpanKind.SPOILER, SpanKind.QUOTE).strip()
        gate = Gate("comment", 1, alone, "the link stands alone" if alone else "the post comments on the link")
        return [
            Match(
                slug,
                self._index.facts[slug].fact.version,
                Relation.REPEATS,
                _LINK_CONFIDENCE,
                Evidence("a link to where the claim was published", (), {}, (gate,)),
            )
            for slug in dict.fromkeys(slug for slug in slugs if slug)
        ]


def build_matcher(
    facts: Sequence[Fact],
    vectors: Mapping[str, bytes],
    encoder: Encoder,
    *,
    calibration: Path = CALIBRATION,
    languages: AbstractSet[str] = ENGLISH,
) -> HybridMatcher:
    """Build the matcher over facts whose vectors are all at hand (see ``vectors.missing``)."""
    return HybridMatcher(FactIndex(facts, vectors), encoder, Calibration.load(calibration), languages=languages)
