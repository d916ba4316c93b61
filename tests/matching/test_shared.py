"""Other people's words that a post carries along: links unfolded, forwards, sources."""

from __future__ import annotations

import pytest

from bot.domain.decision import Action
from bot.domain.match import Relation
from tests.matching.conftest import NATO, Bench

CLAIM = "NATO only existed to counter the Warsaw Pact and should have disbanded when the Pact did."
SOURCE = "https://www.newsweek.com/nato-ally-leader-confronts-elon-musk-claim-about-alliance-1875362"


def test_a_claim_that_is_passed_on_without_a_word_is_answered(bench: Bench) -> None:
    """Forwarding a claim spreads it."""
    assert bench.reply("", CLAIM) == NATO


@pytest.mark.parametrize(
    "headline",
    [
        f"Fact check: {CLAIM}",
        f"No, {CLAIM}",
        f"{CLAIM} That's a myth.",
    ],
)
def test_a_headline_that_debunks_is_left_alone(bench: Bench, headline: str) -> None:
    """What is passed on may do the debunking itself."""
    decision = bench.decide("", headline)
    assert decision.action is Action.IGNORE
    assert decision.match is not None
    assert decision.match.relation is Relation.DENIES


@pytest.mark.parametrize("link", [SOURCE, SOURCE.replace("www.", "m.") + "?utm_source=chat#top", f"<{SOURCE}>"])
def test_a_post_that_links_to_the_facts_own_source_is_left_alone(bench: Bench, link: str) -> None:
    """Who cites the fact-check needs none, however the link was shared."""
    decision = bench.decide(f"{CLAIM} {link}")
    assert decision.action is Action.IGNORE
    assert decision.match is not None
    assert [gate.name for gate in decision.match.failed_gates()] == ["source"]


def test_another_link_changes_nothing(bench: Bench) -> None:
    """Only the fact's own sources count."""
    assert bench.reply(f"{CLAIM} https://news.example/nato") == NATO
