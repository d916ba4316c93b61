"""The pipeline in one piece: read, retrieve, measure, calibrate, judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot.domain.fact import Fact
from bot.domain.match import Evidence, Gate, Match, MatchResult, Relation
from bot.domain.ports import FactReader
from bot.domain.post import Post
from bot.matching.features import Scored
from bot.matching.gates import calibration_gate, judge, rival_gate
from bot.matching.index import FactIndex
from bot.matching.language import foreign
from bot.matching.links import canonical_url
from bot.matching.listed import index_of
from bot.matching.model_set import ModelSet
from bot.matching.relate import relate
from bot.matching.retrieve import Retriever
from bot.matching.spans import ASSERTED, Reading, SpanKind, read
from bot.matching.vectors import missing

MAX_MATCHES = 5
_LINK_CONFIDENCE = 0.99
"""A link to a known appearance of a claim is the claim itself; it is not a matter of likeness."""
_VERBATIM_CONFIDENCE = 0.97
"""So is a sentence that is a known wording word by word. The gates still look at what stands around it."""


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around the words that match: the author's own words, what tells the language, the links."""

    own_text: str
    spoken: str
    lang: str | None
    urls: frozenset[str]

    @classmethod
    def of(cls, post: Post, reading: Reading) -> Self:
        own_text = reading.text(*ASSERTED)
        spoken = own_text if own_text.strip() else reading.text(*SpanKind)
        return cls(own_text, spoken, post.lang, frozenset(filter(None, map(canonical_url, reading.urls))))


class HybridMatcher:
    """Finds the facts that a post is about (see ``bot.domain.ports.Matcher``)."""

    def __init__(self, index: FactIndex, models: ModelSet) -> None:
        self._index = index
        self._models = models
        self._retriever = Retriever(index, models.encoder)
        self._calibrated = calibration_gate(fitted=models.calibrated())

    @property
    def encoder_name(self) -> str:
        """Return the name that vectors are stored under."""
        return self._models.encoder.name

    @property
    def wordings(self) -> int:
        """Return how many different wordings of facts are in the index, of all servers."""
        return self._index.lexical.wordings

    @property
    def default_threshold(self) -> float:
        """Return the shipped threshold, 0..1."""
        return self._models.calibration.threshold

    def match(self, post: Post, *, guild_id: int | None = None) -> MatchResult:
        """Return up to five matches, best first: linked pages, then the most confident."""
        reading = read(post)
        linked = self._linked(reading, guild_id)
        scored = self.scored(reading, guild_id=guild_id)
        found = self._judged(scored, _Around.of(post, reading)) if scored else []
        slugs = {match.slug for match in linked}
        matches = (*linked, *(match for match in found if match.slug not in slugs))[:MAX_MATCHES]
        reason = "" if matches else "nothing in the store comes near"
        return MatchResult(matches, reason, self._models.calibration.version)

    def scored(self, reading: Reading, *, guild_id: int | None = None) -> list[Scored]:
        """Return the best candidates of a post with all their features; the closest by meaning comes first."""
        return relate(self._retriever.scored(reading, guild_id=guild_id), reading, self._models.relation)

    def search(self, query: str, *, limit: int, guild_id: int | None = None) -> list[str]:
        """Return the slugs of the facts that the words are closest to, best first."""
        return self._retriever.search(query, limit=limit, guild_id=guild_id)

    def sync(self) -> list[str]:
        """Take up what changed in the store, and return the slugs of the facts that were added, edited or retired."""
        return self._index.sync()

    def behind(self) -> bool:
        """Tell whether the last ``sync`` couldn't take up everything."""
        return self._index.behind

    def trial(self, facts: Sequence[Fact]) -> HybridMatcher:
        """Return a matcher over these facts alone, in memory; vectors that the store lacks are computed now."""
        return build_matcher(facts, self._index.vectors(facts), self._models)

    def missing_vectors(self, slugs: Sequence[str]) -> dict[str, bytes]:
        """Return the vectors that the store lacks of some facts, computed now, by key."""
        return self._index.missing(slugs)

    def _judged(self, scored: Sequence[Scored], around: _Around) -> list[Match]:
        confidences = {one.indexed.fact.slug: self._confidence(one) for one in scored}
        found = [self._match(one, around, confidences) for one in scored]
        return sorted(found, key=lambda match: match.confidence, reverse=True)

    def _confidence(self, scored: Scored) -> float:
        confidence = self._models.calibration.probability(scored.features)
        return max(confidence, _VERBATIM_CONFIDENCE) if scored.verbatim else confidence

    def _match(self, scored: Scored, around: _Around, confidences: Mapping[str, float]) -> Match:
        fact = scored.indexed.fact
        # A known wording word by word is in the fact's language, whatever the names in it look like.
        spoken = fact.claim if scored.verbatim else around.spoken
        strange = foreign(spoken, said=around.lang, fact=fact.language, covered=self._models.languages)
        cites = not around.urls.isdisjoint(scored.indexed.source_urls)
        judged = judge(scored, own_text=around.own_text, foreign_language=strange, cites_source=cites)
        shared = scored.window.words.content & scored.indexed.wordings[scored.wording].content
        pairs = zip(scored.window.words.raw, scored.window.words.stems, strict=True)
        matched = tuple(dict.fromkeys(raw for raw, stem in pairs if stem in shared))
        phrasing = fact.wordings()[scored.wording]
        confidence = confidences[fact.slug]
        other = {slug: value for slug, value in confidences.items() if slug not in (fact.slug, *fact.overlaps)}
        # What is said word by word is not in doubt because something else resembles it.
        rival = rival_gate(confidence, () if scored.verbatim else other.values())
        evidence = Evidence(phrasing, matched, scored.features, (*judged.gates, rival, self._calibrated))
        return Match(fact.slug, fact.version, judged.relation, confidence, evidence)

    def _linked(self, reading: Reading, guild_id: int | None) -> list[Match]:
        """Return a match for each fact of which a linked page is a known appearance."""
        view = self._index.lexical.view(guild_id)
        slugs = [view.appearance(url) for url in filter(None, map(canonical_url, reading.urls))]
        alone = not reading.text(SpanKind.OWN, SpanKind.SPOILER, SpanKind.QUOTE).strip()
        gate = Gate("comment", 1, alone, "the link stands alone" if alone else "the post comments on the link")
        return [
            Match(
                slug,
                indexed.fact.version,
                Relation.REPEATS,
                _LINK_CONFIDENCE,
                Evidence("a link to where the claim was published", (), {}, (gate,)),
            )
            for slug, indexed in self._index.shown(filter(None, slugs), view).items()
        ]


def matcher_over(facts: Sequence[Fact], models: ModelSet) -> HybridMatcher:
    """Build the matcher over listed facts, with all their vectors computed now."""
    return build_matcher(facts, missing(facts, {}, models.encoder), models)


def build_matcher(facts: Sequence[Fact], vectors: Mapping[str, bytes], models: ModelSet) -> HybridMatcher:
    """Build the matcher over listed facts; vectors that aren't at hand are computed when they are needed."""
    return HybridMatcher(index_of(facts, vectors, models.encoder), models)


def open_matcher(reader: FactReader, models: ModelSet, *, folder: Path | None, writable: bool) -> HybridMatcher:
    """Open the matcher over a store (see ``FactIndex``). It is as it was left until ``sync``."""
    return HybridMatcher(FactIndex(reader, models.encoder, folder=folder, writable=writable), models)
