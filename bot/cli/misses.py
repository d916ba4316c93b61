"""The worst errors on a labelled set: what was answered wrongly, and what was not answered. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.cli.metrics import Evaluation, Outcome, Overlaps, is_right
from bot.domain.decision import Action
from bot.domain.match import Match


@dataclass(frozen=True, slots=True)
class Missed:
    """A repeat that was ignored, and the candidate that speaks for it: the right fact's, or else the best."""

    outcome: Outcome
    candidate: Match | None

    def to_json(self) -> dict[str, Any]:
        """Return the miss as scripts see it."""
        post, match = self.outcome.post, self.candidate
        return {
            "line": post.line,
            "text": post.text,
            "style": post.style,
            "fact": post.fact,
            "candidate": match.slug if match else None,
            "relation": match.relation if match else None,
            "confidence": round(match.confidence, 4) if match else 0.0,
            "reason": self.outcome.reason,
        }


@dataclass(frozen=True, slots=True)
class Misses:
    """The errors, each list worst first.

    ``wrong`` are wrong replies, the most confident first. ``untrusted`` are ignored repeats whose fact was among the
    candidates, the most confident, which came nearest to an answer, first; ``unfound`` those whose fact was not.
    """

    wrong: tuple[Outcome, ...]
    untrusted: tuple[Missed, ...]
    unfound: tuple[Missed, ...]


def misses(evaluation: Evaluation, outcomes: Iterable[Outcome], overlaps: Overlaps) -> Misses:
    """Sort out the errors."""
    untrusted, unfound = [], []
    for outcome in outcomes:
        if outcome.post.label != "repeat" or outcome.action is not Action.IGNORE:
            continue
        own = next((match for match in outcome.candidates if is_right(outcome.post, match.slug, overlaps)), None)
        if own is not None:
            untrusted.append(Missed(outcome, own))
        else:
            unfound.append(Missed(outcome, outcome.candidates[0] if outcome.candidates else None))
    return Misses(
        wrong=tuple(sorted(evaluation.wrong, key=lambda outcome: outcome.confidence, reverse=True)),
        untrusted=tuple(sorted(untrusted, key=_confidence, reverse=True)),
        unfound=tuple(sorted(unfound, key=_confidence, reverse=True)),
    )


def _confidence(missed: Missed) -> float:
    return missed.candidate.confidence if missed.candidate else 0.0
