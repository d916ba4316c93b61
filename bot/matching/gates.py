"""The deterministic gates. Each can only hold a match back, and says what it saw.

A gate that changes the relation (a question, a denial, the truth, a mere mention) means that the post does not repeat
the claim. One that leaves the relation alone is a doubt: such a match goes to the queue at most.

A gate stays only where, on the development posts, the share of wrong replies among what it holds is well above the
share among all replies (``training/fit_calibration.py`` prints both). Tried and dropped by that rule: swapped order of
names, names that the claim lacks, reported speech, suppositions, and since the relation model sees them, too, another
polarity and another number; what of it a plain feature tells stays one. On principle and not by measure there are
``near miss``, ``truth``, ``source``, ``spoiler``, ``comment``, ``language``, ``magnet`` and ``calibration``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.match import Gate, Relation
from bot.matching.features import Scored
from bot.matching.magnet import MAX_ATTRACTION, attraction
from bot.matching.spans import SpanKind

MOSTLY_ASKING = 0.5
"""Share of the author's sentences that ask, from which the whole post asks."""
CLEARLY = -0.05
"""Margin of cosines from which something else is clearly closer than the claim; less is noise..."""
SAME = 0.95
"""... unless the post is that very text, but for a word: then any margin will do."""
SURE = math.log(0.8)
"""Log-probability from which the relation model's word that a post denies the claim is a doubt, whatever else it has in
common with the claim."""
RIVALRY = 0.7
"""Share of a match's confidence from which another fact, which it doesn't overlap, fits nearly as well."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The relation that the gates leave, and every gate with what it saw."""

    relation: Relation
    gates: tuple[Gate, ...]


def judge(scored: Scored, *, own_text: str, foreign_language: bool, cites_source: bool) -> Judged:
    """Run all gates over one candidate.

    Args:
        scored: The candidate.
        own_text: The author's own words in full.
        foreign_language: Whether the post is in another language than the fact.
        cites_source: Whether the post links to something that the fact itself cites.
    """
    features, window = scored.features, scored.window
    quoted = window.kind is SpanKind.QUOTE
    commented = bool(own_text.strip())
    asked = bool(features["asks"]) or features["asks_share"] >= MOSTLY_ASKING
    checks = (
        (Relation.ASKS, "question", asked, "the post asks"),
        (
            Relation.DENIES,
            "denial",
            bool(features["debunks"] or features["opens_with_denial"]),
            "the post calls it false",
        ),
        (Relation.TRUTH, "truth", _closer(features, "truth_margin"), "closer to the true statement than to the claim"),
        (Relation.MENTIONS, "quotation", quoted and commented, "the words are quoted and commented on"),
        (Relation.MENTIONS, "source", cites_source, "links to a source of the fact"),
        (None, "near miss", _closer(features, "near_margin"), "closer to a known near miss than to any wording"),
        (None, "relation", features["post_denies"] > SURE, "the relation model is sure that the post denies it"),
        (None, "magnet", _attracts(scored), "its wording is much like ordinary chat"),
        (None, "spoiler", window.kind is SpanKind.SPOILER, "stands behind a spoiler"),
        (None, "comment", window.kind is SpanKind.SHARED and commented, "the post comments on what it shares"),
        (None, "language", foreign_language, "is in a language that the models don't cover"),
    )
    relation = next((relation for relation, _, held, _ in checks if held and relation is not None), Relation.REPEATS)
    gates = tuple(
        Gate(name, 1, not held, detail if held else "nothing of the kind") for _, name, held, detail in checks
    )
    return Judged(relation, gates)


def _closer(features: Mapping[str, float], margin: str) -> bool:
    behind = features[margin]
    return behind < CLEARLY or (behind < 0 and features["cosine"] - behind > SAME)


def _attracts(scored: Scored) -> bool:
    return attraction(scored.indexed.wordings[scored.wording].content) > MAX_ATTRACTION


def rival_gate(confidence: float, rivals: Iterable[float]) -> Gate:
    """Return the gate that holds a match back where it isn't clear which fact the post is about.

    Args:
        confidence: The match's.
        rivals: The confidences of the post's matches with facts that this one doesn't overlap.
    """
    held = max(rivals, default=0.0) >= RIVALRY * confidence
    return Gate("rival", 2, not held, "another fact fits nearly as well" if held else "nothing of the kind")


def calibration_gate(*, fitted: bool) -> Gate:
    """Return the gate that keeps models from replying alone where no one measured what their scores are worth.

    Args:
        fitted: Whether the calibration was fitted with the models in use (``Calibration.fitted_for``).
    """
    detail = f"the confidence was {'' if fitted else 'not '}measured with these models"
    return Gate("calibration", 1, fitted, detail)
