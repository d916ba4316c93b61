"""What matching finds: candidates, the relation of the post to the claim, and the evidence for both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MODEL_CONFIDENCE = "model confidence"
"""The score under which evidence keeps the model's own confidence, where a server's rulings shifted it."""


class Relation(StrEnum):
    """How a post stands to a claim."""

    REPEATS = "repeats"
    DENIES = "denies"
    ASKS = "asks"
    TRUTH = "states the truth"
    MENTIONS = "mentions"


@dataclass(frozen=True, slots=True)
class Gate:
    """One check on the way to a reply, by name and version, with what it saw.

    A gate can only demote: where ``passed`` is false, nothing is posted automatically.
    """

    name: str
    version: int
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a span matched a fact: shown by "why this?" and stored with the decision.

    ``matched_words`` are the words of the post that the phrasing has too; ``scores`` the raw features by name.
    """

    phrasing: str
    matched_words: tuple[str, ...]
    scores: dict[str, float]
    gates: tuple[Gate, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A post and a fact, with relation, confidence (calibrated probability, 0..1) and evidence."""

    slug: str
    fact_version: int
    relation: Relation
    confidence: float
    evidence: Evidence

    def failed_gates(self) -> tuple[Gate, ...]:
        """Return the gates that demote this match."""
        return tuple(gate for gate in self.evidence.gates if not gate.passed)


@dataclass(frozen=True, slots=True)
class MatchResult:
    """All that matching has to say about one post: up to five matches, best first, and why there are none."""

    matches: tuple[Match, ...]
    reason: str
    rule_version: str
