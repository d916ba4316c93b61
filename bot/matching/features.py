"""What is measured of a stretch of a post against a fact. Every feature is a plain number with a name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from bot.matching import cues
from bot.matching.background import information
from bot.matching.encoder import Vectors
from bot.matching.index import FactIndex, IndexedFact
from bot.matching.spans import ASSERTED, SpanKind, sentences
from bot.matching.words import Words, amounts, years


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a post that is compared as a whole, with its unit vector, shape (dimensions,)."""

    text: str
    kind: SpanKind
    words: Words
    vector: Vectors


@dataclass(frozen=True, slots=True)
class Tone:
    """What a post as a whole says by its cues; the same for every fact.

    ``own`` and ``carried`` say of the author's words and of the quoted and shared ones: debunk, open with denial.
    """

    asks_share: float
    own: tuple[bool, bool]
    carried: tuple[bool, bool]

    @classmethod
    def of(cls, own_text: str, carried_text: str) -> Self:
        """Read the tone of the author's own words and of the words that the post carries along."""
        asking = [cues.asks(sentence) for sentence in sentences(own_text)]
        own, carried = ((cues.debunks(text), cues.opens_with_denial(text)) for text in (own_text, carried_text))
        return cls(sum(asking) / (len(asking) or 1), own, carried)


@dataclass(frozen=True, slots=True)
class Scored:
    """A fact against the window of the post that is closest to it."""

    indexed: IndexedFact
    window: Window
    wording: int
    features: dict[str, float]

    @property
    def verbatim(self) -> bool:
        """Tell whether the window is a known wording word by word."""
        return self.window.words.stems == self.indexed.wordings[self.wording].stems


def score(
    indexed: IndexedFact,
    windows: Sequence[Window],
    *,
    index: FactIndex,
    cosines: Sequence[Vectors],
    lexical: float,
    tone: Tone,
    rival: float,
) -> Scored:
    """Measure a post against one fact.

    Args:
        indexed: The fact.
        windows: The post's windows; at least one.
        index: All facts, for word weights and names.
        cosines: Of each window to each of the fact's wordings, shape (wordings,) a window.
        lexical: The fact's BM25 score for the post.
        tone: The post's own.
        rival: The best cosine that any other fact's wordings reach, -1 to 1.

    Returns:
        The fact with its closest window and wording, and the features by name.
    """
    best = max(range(len(windows)), key=lambda i: float(cosines[i].max()))
    window, wording = windows[best], int(cosines[best].argmax())
    cosine = float(cosines[best][wording])
    truth = float(indexed.truth_vector @ window.vector)
    truth_anywhere = max(float(indexed.truth_vector @ other.vector) for other in windows)
    near = float((indexed.near_miss_vectors @ window.vector).max()) if len(indexed.near_miss_vectors) else 0.0
    features = {
        "cosine": cosine,
        "cosine_mean": float(cosines[best].mean()),
        "truth_margin": cosine - truth,
        "truth_margin_post": cosine - truth_anywhere,
        "near_margin": cosine - near,
        "rival_margin": cosine - rival,
        "bm25": math.log1p(lexical),
        **_overlap(indexed, window, wording, index),
        **_numbers(indexed, window),
        **_cues(indexed, window, wording, tone),
    }
    return Scored(indexed, window, wording, features)


def _overlap(indexed: IndexedFact, window: Window, wording: int, index: FactIndex) -> dict[str, float]:
    idf = index.lexical.idf
    stems = window.words.content
    target = indexed.wordings[wording].content
    total = sum(map(idf, stems)) or 1.0
    claim_only, truth_only = indexed.claim_stems - indexed.truth_stems, indexed.truth_stems - indexed.claim_stems
    names, claim_names = index.names_in(stems), index.names_in(indexed.claim_stems)
    wording_names = index.names_in(target)
    return {
        "covered": sum(map(idf, target & stems)) / (sum(map(idf, target)) or 1.0),
        "shared": sum(map(information, target & stems)),
        "informed": sum(map(information, target & stems)) / (sum(map(information, stems)) or 1.0),
        "explained": sum(map(idf, stems & indexed.claim_stems)) / total,
        "claim_only": sum(map(idf, stems & claim_only)) / total,
        "truth_only": sum(map(idf, stems & truth_only)) / total,
        "names_missing": len(wording_names - stems) / (len(wording_names) or 1),
        "names_extra": float(len(names - claim_names)),
        "order_swapped": float(_swapped(window.words, indexed.wordings[wording], names & wording_names)),
    }


def _swapped(post: Words, wording: Words, shared: frozenset[str]) -> bool:
    """Tell whether two names that both texts hold come in another order."""
    here = sorted(shared, key=post.stems.index)
    return len(here) > 1 and here != sorted(shared, key=wording.stems.index)


def _numbers(indexed: IndexedFact, window: Window) -> dict[str, float]:
    numbers = window.words.numbers
    return {
        "number_of_truth": float(bool(numbers & (indexed.truth_numbers - indexed.claim_numbers))),
        "number_replaced": float(
            any(_replaced(kind(numbers), kind(indexed.claim_numbers)) for kind in (years, amounts))
        ),
    }


def _replaced(here: frozenset[str], claimed: frozenset[str]) -> bool:
    """Tell whether a post gives numbers where the claim does, and none of the claim's."""
    return bool(here) and bool(claimed) and not here & claimed


def _cues(indexed: IndexedFact, window: Window, wording: int, tone: Tone) -> dict[str, float]:
    phrasing = indexed.fact.wordings()[wording]
    # What a post carries along may do the debunking itself.
    around = (tone.own,) if window.kind in ASSERTED else (tone.own, tone.carried)
    debunked, denied = map(any, zip(*around, strict=True))
    negated = cues.negations(window.text) > 0
    contradicts = cues.negations(phrasing) == 0 and _negates(window.words, indexed)
    return {
        "negation_added": float(negated) * (1 - indexed.negated_share),
        "negation_scoped": float(contradicts) * (1 - indexed.negated_share),
        "negation_lost": float(not negated) * indexed.negated_share,
        "asks": float(cues.asks(window.text)),
        "asks_share": tone.asks_share,
        "debunks": float(debunked and not cues.debunks(phrasing)),
        "opens_with_denial": float(denied and not cues.opens_with_denial(phrasing)),
        "quoted": float(window.kind is SpanKind.QUOTE),
        "length": math.log1p(len(window.words.raw)),
    }


def _negates(post: Words, indexed: IndexedFact) -> bool:
    """Tell whether a word of the claim stands under a negation."""
    return any(
        post.stems[i] in indexed.claim_stems for i in cues.negated_words(post.raw) if post.stems[i] in post.content
    )
