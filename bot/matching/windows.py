"""The windows of a post that are worth comparing: its sentences, neighbouring pairs of them, and its spans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.matching.background import information
from bot.matching.encoder import Encoder
from bot.matching.features import Window
from bot.matching.spans import ASSERTED, CARRIED, Reading, SpanKind, sentences
from bot.matching.view import View
from bot.matching.words import Words, words

MAX_WINDOWS = 6


@dataclass(frozen=True, slots=True)
class Draft:
    """A window before it is embedded."""

    text: str
    kind: SpanKind
    words: Words
    weight: float


def windows_of(reading: Reading, view: View, encoder: Encoder) -> list[Window]:
    """Return the windows of a post that hold most of what the facts speak of, embedded; at most ``MAX_WINDOWS``."""
    drafts = [*_drafts(reading, ASSERTED, view), *_drafts(reading, CARRIED, view)]
    best = sorted(drafts, key=lambda draft: draft.weight, reverse=True)[:MAX_WINDOWS]
    if not best:
        return []
    vectors = encoder.encode([draft.text for draft in best])
    return [Window(draft.text, draft.kind, draft.words, vector) for draft, vector in zip(best, vectors, strict=True)]


def _drafts(reading: Reading, kinds: Sequence[SpanKind], view: View) -> list[Draft]:
    """Return the windows of some kinds of spans, weighed by how much of them the facts speak of."""
    drafts = {}
    for span in reading.spans:
        if span.kind not in kinds:
            continue
        parts = sentences(span.text)
        pairs = [f"{first} {second}" for first, second in pairwise(parts)]
        for text in (*parts, *pairs, span.text):
            found = words(text)
            drafts[text] = Draft(text, span.kind, found, _weight(found.content, view))
    return [draft for draft in drafts.values() if draft.weight > 0]


def _weight(stems: frozenset[str], view: View) -> float:
    known = [stem for stem in stems if view.known(stem)]
    # The share keeps a long ramble from outweighing the one sentence that says it.
    return sum(map(information, known)) * (0.5 + 0.5 * len(known) / len(stems)) if known else 0.0
