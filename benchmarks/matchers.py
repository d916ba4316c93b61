"""What is measured, for whatever measures it: the shipped facts and models, and what a server in mode auto decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from bot.domain.decision import Decision
from bot.domain.fact import Fact
from bot.domain.policy import Mode, Policy
from bot.domain.ports import Matcher
from bot.domain.post import Post
from bot.exchange.pack import read_pack
from bot.matching import matcher
from bot.matching.decide import decide
from bot.matching.model_set import load_models

PACK = Path(__file__).resolve().parents[1] / "bot" / "packs" / "core.json"
TODAY = date(2026, 1, 1)


def core_facts() -> list[Fact]:
    """Return the facts that ship."""
    return read_pack(PACK)


def matcher_over(facts: Sequence[Fact]) -> matcher.HybridMatcher:
    """Return the shipped models over some facts."""
    return matcher.matcher_over(facts, load_models())


def verdicts(over: Matcher, facts: Sequence[Fact]) -> Callable[[str], Decision]:
    """Return what decides on a text as a server in mode auto does, at the matcher's own threshold."""
    known = {fact.slug: fact for fact in facts}

    def decision_on(text: str) -> Decision:
        return decide(
            over.match(Post(text)),
            known,
            policy=Policy(1, mode=Mode.AUTO, approvals_needed=0),
            today=TODAY,
            default_threshold=over.default_threshold,
        )

    return decision_on
