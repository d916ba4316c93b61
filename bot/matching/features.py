"""What is measured of a stretch of a post against a fact. Every feature is a plain number with a name."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from bot.matching import cues
from bot.matching.background import information
from bot.matching.encoder import Vectors
from bot.matching.prepared import IndexedFact
from bot.matching.spans import ASSERTED, SpanKind, sentences
from bot.matching.verbatim import verbatim
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
        """Tell whether the window is a known wording word by word: any, since a slip may bring another one closer."""
        return any(verbatim(self.window.words, wording) for wording in self.indexed.wordings)


def score(
    indexed: IndexedFact,
    windows: Sequence[Window],
    *,
    cosines: Sequence[Vectors],
    idf: Callable[[str], float],
    tone: Tone,
    rival: float,
) -> Scored:
    """Measure a post against one fact.

    Args:
        indexed: The fact.
        windows: The post's windows; at least one.
        cosines: Of each window to each of the fact's wordings, shape (wordings,) a window.
        idf: What a stem tells in this store, in nats: the names that all its facts share tell little.
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
        "truth_margin": cosine - truth,
        "truth_margin_post": cosine - truth_anywhere,
        "near_margin": cosine - near,
        "rival_margin": cosine - rival,
        **_overlap(indexed, window, wording),
        **_rarity(indexed, windows, wording, idf),
        **_numbers(indexed, window),
        **_cues(indexed, window, wording, tone),
    }
    return Scored(indexed, window, wording, features)


def _overlap(indexed: IndexedFact, window: Window, wording: int) -> dict[str, float]:
    stems = window.words.content
    target = indexed.wordings[wording].content
    total = _told(stems) or 1.0
    shared = _told(target & stems)
    claim_only, truth_only = indexed.claim_stems - indexed.truth_stems, indexed.truth_stems - indexed.claim_stems
    names = indexed.names & target
    return {
        "covered": shared / (_told(target) or 1.0),
        "shared": shared,
        "informed": shared / total,
        "claim_only": _told(stems & claim_only) / total,
        "truth_only": _told(stems & truth_only) / total,
        "names_extra": float(len(_capitals(window.words) - indexed.claim_stems - indexed.truth_stems)),
        "order_swapped": float(_swapped(window.words, indexed.wordings[wording], names & stems)),
    }


def _rarity(
    indexed: IndexedFact, windows: Sequence[Window], wording: int, idf: Callable[[str], float]
) -> dict[str, float]:
    """Measure the overlap by what tells facts of this store apart; as shares, which a store's size hardly moves."""
    post = frozenset[str]().union(*(window.words.content for window in windows))
    target = indexed.wordings[wording].content
    common = sum(map(idf, target & post))
    best = max(
        (sum(map(idf, each.content & post)) / (sum(map(idf, each.content)) or 1.0) for each in indexed.wordings),
        default=0.0,
    )
    return {
        "rare_explained": common / (sum(map(idf, post)) or 1.0),
        "rare_best": best,
    }


def _told(stems: frozenset[str]) -> float:
    return sum(map(information, stems))


def _capitals(post: Words) -> frozenset[str]:
    """Return the stems that a text writes with a capital within a sentence, unless it shouts."""
    if sum(raw.isupper() for raw in post.raw) > len(post.raw) / 2:
        return frozenset()
    pairs = zip(post.raw[1:], post.stems[1:], strict=True)
    return frozenset(stem for raw, stem in pairs if raw[0].isupper()) & post.content


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
        "length": math.log1p(len(window.words.raw)),
    }


def _negates(post: Words, indexed: IndexedFact) -> bool:
    """Tell whether a word of the claim stands under a negation."""
    return any(
        post.stems[i] in indexed.claim_stems for i in cues.negated_words(post.raw) if post.stems[i] in post.content
    )
