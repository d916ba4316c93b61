"""The facts of the core pack, each by its own tests, and what the matcher promises of any post."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.post import Post
from bot.matching.matcher import HybridMatcher
from bot.services.facts import run_tests
from tests.matching.conftest import APPEARANCE, HARMLESS, NATO, NEMESIS, PACK, Bench


@pytest.mark.parametrize("number", range(65))
def test_every_fact_passes_its_own_tests(bench: Bench, number: int) -> None:
    """Each wording gets its reply, and no near miss gets one."""
    report = run_tests(list(bench.facts.values())[number], bench.matcher)
    assert report.failures == ()
    assert report.phrasings > 1
    assert report.near_misses > 0


def test_there_are_no_more_facts_than_tested(bench: Bench) -> None:
    """The range above covers the pack."""
    assert len(bench.facts) == PACK.read_text(encoding="utf-8").count('"slug":') == 65


def test_a_fact_that_fails_its_tests_is_told(bench: Bench) -> None:
    """A wording that matches nothing and a near miss that is the claim are both reported."""
    fact = bench.facts[NATO]
    wrong = replace(fact, phrasings=(HARMLESS,), near_misses=(replace(fact.near_misses[0], text=NEMESIS),))
    failures = run_tests(wrong, bench.matcher).failures
    assert [failure.split(":")[0] for failure in failures] == [
        "gets no reply, but should",
        f"gets a reply, but must not ({fact.near_misses[0].kind})",
    ]


def test_a_match_says_why(bench: Bench) -> None:
    """With the wording, the words in common, every feature and every gate."""
    match = bench.decide(NEMESIS).match
    assert match is not None
    evidence = match.evidence
    assert evidence.phrasing in bench.facts[NATO].wordings()
    assert {"nemesis", "NATO", "Warsaw", "Pact", "dissolved"} <= set(evidence.matched_words)
    assert not {"why", "to", "and", "its"} & set(evidence.matched_words)
    assert len(evidence.scores) == 29
    assert all(gate.passed for gate in evidence.gates)


def test_matches_come_best_first(bench: Bench) -> None:
    """Five at most, each fact once."""
    matches = bench.matcher.match(Post(NEMESIS)).matches
    confidences = [match.confidence for match in matches]
    assert confidences == sorted(confidences, reverse=True)
    assert 0 < len({match.slug for match in matches}) == len(matches) <= 5


def test_search_finds_facts_by_their_words(bench: Bench) -> None:
    """Best first, as many as asked for; nothing for nothing."""
    assert NATO in bench.matcher.search("nemesis Warsaw Pact", limit=3)
    assert len(bench.matcher.search("NATO", limit=2)) == 2
    assert bench.matcher.search("qqqq", limit=5) == bench.matcher.search("", limit=5) == []


NASTY = st.sampled_from(
    [
        *(NEMESIS, APPEARANCE, "NATO", "Warsaw Pact", "no", "1949", "1,0.0", "不", "ש", "💯", "ﷺ"),
        *("?", "!", '"', "> ", "||", "`", "```", "*", "\n", "\x00", "\ud800", "\u202e", "\u200b"),
        *("https://[", "http://a.example?\udc00=1", "<@1>", "RT @x: ", "a" * 200, "(" * 50),
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(NASTY | st.text(max_size=30), max_size=12), st.lists(NASTY, max_size=2), st.sampled_from([None, "", "x"])
)
def test_matching_never_fails_and_never_wavers(
    core_matcher: HybridMatcher, parts: list[str], shared: list[str], lang: str | None
) -> None:
    """Any text is answered, and the same text in the same way."""
    post = Post(" ".join(parts), tuple(shared), lang)
    result = core_matcher.match(post)
    assert result == core_matcher.match(post)
    assert bool(result.matches) == (not result.reason)
    assert all(0 <= match.confidence <= 1 for match in result.matches)
