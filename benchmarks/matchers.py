"""The shipped matcher over listed facts, for whatever measures it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.domain.fact import Fact
from bot.matching.matcher import HybridMatcher, build_matcher
from bot.matching.model_set import load_models
from bot.matching.vectors import missing
from bot.store.pack import read_pack

PACK = Path(__file__).resolve().parents[1] / "bot" / "packs" / "core.json"


def core_facts() -> list[Fact]:
    """Return the facts that ship."""
    return read_pack(PACK)


def matcher_over(facts: Sequence[Fact]) -> HybridMatcher:
    """Return the shipped matcher over some facts."""
    models = load_models()
    return build_matcher(facts, missing(facts, {}, models.encoder), models)
