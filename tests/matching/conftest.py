"""The real encoder and the core pack, once a worker: together they take seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.domain.decision import Action, Decision
from bot.domain.fact import Fact
from bot.domain.policy import Mode, Policy
from bot.domain.ports import Matcher
from bot.domain.post import Post
from bot.exchange.pack import read_pack
from bot.matching.decide import decide
from bot.matching.encoder import Encoder
from bot.matching.matcher import HybridMatcher, build_matcher
from bot.matching.model_set import ModelSet, load_models
from bot.matching.vectors import missing
from bot.store import paths
from bot.store.database import open_database

TODAY = date(2026, 3, 1)
PACK = Path(__file__).resolve().parents[2] / "bot" / "packs" / "core.json"

NATO = "nato-reason-was-warsaw-pact"
APPEARANCE = "https://x.com/somebody/status/1234567890123"
"""Where, in these tests, the claim about NATO was published."""

NEMESIS = (
    "always wondered why NATO continued to exist even though its nemesis and reason to exist, "
    "The Warsaw Pact, had dissolved"
)
HARMLESS = "the canteen has lentil soup again and I am not complaining"


class Bench:
    """A matcher and its facts, in a server that answers by itself."""

    def __init__(self, matcher: Matcher, facts: list[Fact]) -> None:
        self.matcher = matcher
        self.facts = {fact.slug: fact for fact in facts}

    def decide(self, text: str, *shared: str, lang: str | None = None) -> Decision:
        """Return what such a server would do with a post."""
        return decide(
            self.matcher.match(Post(text, shared, lang)),
            self.facts,
            policy=Policy(1, mode=Mode.AUTO, approvals_needed=0),
            today=TODAY,
            default_threshold=self.matcher.default_threshold,
        )

    def reply(self, text: str, *shared: str, lang: str | None = None) -> str | None:
        """Return the fact of an automatic reply, or None."""
        decision = self.decide(text, *shared, lang=lang)
        return decision.match.slug if decision.action is Action.REPLY and decision.match else None


@pytest.fixture(scope="session")
def models() -> ModelSet:
    """The shipped models."""
    return load_models()


@pytest.fixture(scope="session")
def encoder(models: ModelSet) -> Encoder:
    """The shipped encoder."""
    return models.encoder


@pytest.fixture(scope="session")
def core() -> list[Fact]:
    """The facts of the core pack; that about NATO with a page where the claim was published."""
    return [replace(fact, appearances=(APPEARANCE,)) if fact.slug == NATO else fact for fact in read_pack(PACK)]


@pytest.fixture(scope="session")
def core_matcher(core: list[Fact], models: ModelSet) -> HybridMatcher:
    """The real matcher on them; vectors that the seed holds are not computed again."""
    known = asyncio.run(_shipped(models.encoder.name)) if paths.seed().is_file() else {}
    return build_matcher(core, {**known, **missing(core, known, models.encoder)}, models)


@pytest.fixture(scope="session")
def bench(core_matcher: HybridMatcher, core: list[Fact]) -> Bench:
    """The real matcher and its facts."""
    return Bench(core_matcher, core)


async def _shipped(model: str) -> Mapping[str, bytes]:
    async with await open_database(paths.seed(), readonly=True) as store, store.transaction() as tx:
        return await tx.facts.vectors(model)
