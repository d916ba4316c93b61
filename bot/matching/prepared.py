"""A fact as matching needs it: its vectors, vocabulary, numbers and names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.fact import Fact
from bot.matching.cues import negations
from bot.matching.encoder import Vectors
from bot.matching.links import canonical_url
from bot.matching.normalise import normalise
from bot.matching.vectors import stacked
from bot.matching.words import Words, words

_TRUTH_UNKNOWN = 0.71
"""Cosine of a claim and what is true instead, the median over the shipped facts: what is assumed of a draft, of which
nobody wrote down what is true."""
_NAME = re.compile(r"(?<![.!?:\"'\n] )(?<!^)\b[A-Z][\w'-]+")


@dataclass(frozen=True, slots=True)
class IndexedFact:
    """One fact, prepared.

    ``wording_vectors`` has shape (wordings, dimensions), ``near_miss_vectors`` (near misses, dimensions);
    ``claim_stems`` are the content stems of all wordings, ``truth_stems`` those of the true statement and correction.
    """

    fact: Fact
    wordings: tuple[Words, ...]
    wording_vectors: Vectors
    near_miss_vectors: Vectors
    truth_vector: Vectors
    claim_stems: frozenset[str]
    truth_stems: frozenset[str]
    claim_numbers: frozenset[str]
    truth_numbers: frozenset[str]
    negated_share: float
    """The share of the wordings that hold a negation, 0..1."""
    names: frozenset[str]
    """The stems that the fact's own prose writes with a capital and never without."""
    source_urls: frozenset[str]
    """The canonical addresses of what the fact cites."""


def prepare(fact: Fact, vectors: Mapping[str, bytes]) -> IndexedFact:
    """Prepare a fact, given the vectors of all its texts by key."""
    wordings = tuple(words(normalise(text)) for text in fact.wordings())
    truth = [words(normalise(text)) for text in (fact.true_statement, fact.correction)]
    wording_vectors = stacked(fact.wordings(), vectors)
    known = bool(fact.true_statement.strip())
    near_misses = [near_miss.text for near_miss in fact.near_misses]
    return IndexedFact(
        fact=fact,
        wordings=wordings,
        wording_vectors=wording_vectors,
        near_miss_vectors=stacked(near_misses, vectors) if near_misses else wording_vectors[:0],
        truth_vector=stacked([fact.true_statement], vectors)[0] if known else _TRUTH_UNKNOWN * wording_vectors[0],
        claim_stems=frozenset().union(*(each.content for each in wordings)),
        truth_stems=frozenset().union(*(each.content for each in truth)),
        claim_numbers=frozenset().union(*(each.numbers for each in wordings)),
        truth_numbers=frozenset().union(*(each.numbers for each in truth)),
        negated_share=sum(negations(text) > 0 for text in fact.wordings()) / len(wordings),
        names=_names(fact),
        source_urls=frozenset(filter(None, (canonical_url(source.url) for source in fact.sources()))),
    )


def _names(fact: Fact) -> frozenset[str]:
    prose = [normalise(text) for text in (fact.claim, fact.true_statement, fact.correction)]
    capital = {stem for text in prose for name in _NAME.findall(text) for stem in words(name).content}
    found = [words(text) for text in prose]
    small = {stem for text in found for stem, raw in zip(text.stems, text.raw, strict=True) if raw.islower()}
    return frozenset(capital - small)
