from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.decision import Action, Decision
from bot.domain.fact import Citation, Fact, Review, Source, SourceCheck, SourceState, Verdict
from bot.domain.match import Evidence, Gate, Match, MatchResult, Relation
from bot.domain.policy import Mode, Policy
from bot.matching.decide import QUEUE_FLOOR, decide
from tests.builders import A_SOURCE, a_fact, a_review

FACT = a_fact()
TODAY = date(2026, 3, 1)
PASSED = (Gate("first", 1, passed=True, detail="fine"), Gate("second", 1, passed=True, detail="fine"))
HELD = Gate("numbers", 1, passed=False, detail="gives another number than the claim")
RANK = {Action.IGNORE: 0, Action.QUEUE: 1, Action.REPLY: 2}


def _match(**over: Any) -> Match:
    gates = over.pop("gates", PASSED)
    match = Match(FACT.slug, FACT.version, Relation.REPEATS, 0.95, Evidence("the moon", (), {}, gates))
    return replace(match, **over)


def _decide(
    *matches: Match, fact: Fact | None = FACT, mode: Mode = Mode.AUTO, threshold: float | None = None
) -> Decision:
    return decide(
        MatchResult(matches, "" if matches else "nothing came near", "rules/7"),
        {} if fact is None else {fact.slug: fact},
        policy=Policy(1, mode=mode, threshold=threshold, approvals_needed=0),
        today=TODAY,
        default_threshold=0.9,
    )


def test_a_certain_repeat_of_a_fit_fact_gets_a_reply() -> None:
    """With the threshold, the rules and a reason to show."""
    decision = _decide(_match(), _match(slug="other"))
    assert decision.action is Action.REPLY
    assert decision.reasons == ("repeats the claim; confidence 0.95 reaches 0.90",)
    assert (decision.threshold, decision.rule_version, len(decision.candidates)) == (0.9, "rules/7", 2)


@pytest.mark.parametrize(
    ("match", "fact", "mode", "action", "reason"),
    [
        (
            {"relation": Relation.DENIES},
            FACT,
            Mode.AUTO,
            Action.IGNORE,
            "the post denies the claim; it doesn't repeat it",
        ),
        (
            {"relation": Relation.ASKS},
            FACT,
            Mode.AUTO,
            Action.IGNORE,
            "the post asks about the claim; it doesn't repeat it",
        ),
        (
            {"relation": Relation.TRUTH},
            FACT,
            Mode.AUTO,
            Action.IGNORE,
            "the post states the truth about the claim; it doesn't repeat it",
        ),
        (
            {"relation": Relation.MENTIONS},
            FACT,
            Mode.AUTO,
            Action.IGNORE,
            "the post only mentions the claim; it doesn't repeat it",
        ),
        ({}, None, Mode.AUTO, Action.IGNORE, "the fact moon-cheese was retired"),
        ({}, replace(FACT, retired=True), Mode.AUTO, Action.IGNORE, "the fact moon-cheese was retired"),
        ({"confidence": 0.29}, FACT, Mode.AUTO, Action.IGNORE, "confidence 0.29 is under 0.30"),
        ({}, FACT, Mode.OFF, Action.IGNORE, "the server's mode is off"),
        ({"confidence": 0.30}, FACT, Mode.AUTO, Action.QUEUE, "confidence 0.30 is under the threshold 0.90"),
        ({"confidence": 0.8999}, FACT, Mode.AUTO, Action.QUEUE, "confidence 0.90 is under the threshold 0.90"),
        ({"gates": (*PASSED, HELD)}, FACT, Mode.AUTO, Action.QUEUE, "numbers: gives another number than the claim"),
        ({}, replace(FACT, version=2), Mode.AUTO, Action.QUEUE, "the fact changed since it was indexed"),
        ({}, replace(FACT, failed_tests=("a", "b")), Mode.AUTO, Action.QUEUE, "the fact fails 2 of its own tests"),
        (
            {},
            replace(FACT, review_by=TODAY - timedelta(days=1)),
            Mode.AUTO,
            Action.QUEUE,
            "the fact was to be reviewed by 2026-02-28",
        ),
        ({}, replace(FACT, citations=()), Mode.AUTO, Action.QUEUE, "the fact cites no source"),
        ({}, FACT, Mode.QUEUE, Action.QUEUE, "the server's mode is queue"),
        ({"confidence": 0.9}, FACT, Mode.AUTO, Action.REPLY, "repeats the claim; confidence 0.90 reaches 0.90"),
        (
            {},
            replace(FACT, review_by=TODAY),
            Mode.AUTO,
            Action.REPLY,
            "repeats the claim; confidence 0.95 reaches 0.90",
        ),
        ({}, FACT, Mode.SHADOW, Action.REPLY, "repeats the claim; confidence 0.95 reaches 0.90"),
    ],
)
def test_every_reason(match: dict[str, Any], fact: Fact | None, mode: Mode, action: Action, reason: str) -> None:
    """Each doubt by itself, with the sentence that a moderator reads."""
    decision = _decide(_match(**match), fact=fact, mode=mode)
    assert (decision.action, decision.reasons) == (action, (reason,))


def _seen(state: SourceState, copy: str | None = None, **over: Any) -> Source:
    """Return a source that was looked at."""
    at = datetime(2026, 2, 1, tzinfo=UTC)
    return replace(A_SOURCE, check=SourceCheck(state, at=at, since=at, archive_url=copy), **over)


@pytest.mark.parametrize(
    "source",
    [
        *(_seen(state) for state in SourceState if state is not SourceState.GONE),
        _seen(SourceState.GONE, copy="https://web.archive.org/web/2020/x"),
        _seen(SourceState.GONE, archive_url="https://web.archive.org/web/2020/x"),
    ],
)
def test_a_source_that_can_still_be_read_is_no_doubt(source: Source) -> None:
    """At its address, at another one, or in an archive."""
    fact = replace(FACT, citations=(Citation(source, "rock"),))
    assert _decide(_match(), fact=fact).action is Action.REPLY


def test_a_source_that_is_gone_is_a_doubt() -> None:
    """Each once, the publishers' reviews too: nobody could read after what the note says."""
    gone, other = _seen(SourceState.GONE), _seen(SourceState.GONE, key="other", publisher="The Sun")
    review = Review("id", other, "The moon is cheese", Verdict.FALSE)
    citations = (Citation(gone, "rock"), Citation(gone, "stone"), Citation(_seen(SourceState.FINE, key="fine"), "dust"))
    decision = _decide(_match(), fact=replace(FACT, citations=citations, reviews=(review,)))
    assert (decision.action, decision.reasons) == (
        Action.QUEUE,
        (
            "a source that it cites is gone, and no copy of it is known: The Lunar Society",
            "a source that it cites is gone, and no copy of it is known: The Sun",
        ),
    )


DRAFT = a_fact(correction="", true_statement="", citations=(), reviews=(a_review(),))
RATINGS = st.sampled_from([verdict for verdict in Verdict if verdict is not Verdict.TRUE])


@given(RATINGS, st.floats(0.3, 1), st.floats(0, 1), st.booleans())
def test_a_draft_never_replies_by_itself(verdict: Verdict, confidence: float, threshold: float, cites: bool) -> None:  # noqa: FBT001 - hypothesis gives it by place
    """However sure the match, and though it may quote something: nobody wrote what to reply."""
    fact = replace(DRAFT, verdict=verdict, citations=FACT.citations if cites else ())
    decision = _decide(_match(confidence=confidence), fact=fact, threshold=threshold)
    assert decision.action is Action.QUEUE
    assert "nobody wrote a correction for it yet: there is only what publishers say" in decision.reasons


@pytest.mark.parametrize("fact", [FACT, DRAFT])
def test_an_unrated_fact_never_replies_by_itself(fact: Fact) -> None:
    """A moderator reads the review."""
    decision = _decide(_match(confidence=1), fact=replace(fact, verdict=Verdict.UNRATED))
    assert decision.action is Action.QUEUE
    assert "its publisher's rating does not tell whether the claim is wrong" in decision.reasons


@pytest.mark.parametrize("fact", [FACT, DRAFT])
def test_a_true_claim_is_left_alone(fact: Fact) -> None:
    """There is nothing to reply."""
    decision = _decide(_match(confidence=1), fact=replace(fact, verdict=Verdict.TRUE))
    assert (decision.action, decision.reasons) == (
        Action.IGNORE,
        ("the fact moon-cheese says that the claim is true",),
    )


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict.contradicts])
def test_any_other_verdict_may_reply(verdict: Verdict) -> None:
    """Each says that something is wrong with the claim."""
    assert _decide(_match(), fact=replace(FACT, verdict=verdict)).action is Action.REPLY


def test_all_doubts_are_told() -> None:
    """A moderator sees every reason at once."""
    fact = replace(FACT, version=2, citations=(), failed_tests=("a",), review_by=date(2020, 1, 1))
    decision = _decide(_match(confidence=0.5, gates=(HELD,)), fact=fact, mode=Mode.QUEUE)
    assert decision.action is Action.QUEUE
    assert len(decision.reasons) == 7


def test_nothing_found_is_told_in_the_matchers_words() -> None:
    """There is no match to speak of."""
    decision = _decide()
    assert (decision.action, decision.match, decision.reasons) == (Action.IGNORE, None, ("nothing came near",))


@pytest.mark.parametrize(
    ("threshold", "confidence", "action"),
    [
        (0.99, 0.95, Action.QUEUE),
        (0.99, 0.99, Action.REPLY),
        (0.5, 0.6, Action.REPLY),
        (0.5, 0.4, Action.QUEUE),
        (0.2, 0.25, Action.REPLY),
        (0.2, 0.15, Action.IGNORE),
        (0.0, 0.0, Action.REPLY),
        (1.0, 0.999, Action.QUEUE),
    ],
)
def test_a_server_has_its_own_threshold(threshold: float, confidence: float, action: Action) -> None:
    """It stands in place of the shipped one, also below the floor of the queue."""
    decision = _decide(_match(confidence=confidence), threshold=threshold)
    assert (decision.action, decision.threshold) == (action, threshold)


def test_the_best_match_alone_decides() -> None:
    """A denial in front of a repeat of another fact is no reply to the latter."""
    decision = _decide(_match(relation=Relation.DENIES), _match(slug="other"))
    assert decision.action is Action.IGNORE


@given(
    gates=st.lists(st.booleans(), max_size=6),
    flip=st.integers(0, 5),
    relation=st.sampled_from(Relation),
    confidence=st.floats(0, 1),
    threshold=st.none() | st.floats(0, 1),
    mode=st.sampled_from(Mode),
    doubts=st.fixed_dictionaries(
        {}, optional={"retired": st.booleans(), "version": st.integers(1, 2), "failed_tests": st.just(("a",))}
    ),
)
def test_a_gate_can_only_demote(
    *,
    gates: list[bool],
    flip: int,
    relation: Relation,
    confidence: float,
    threshold: float | None,
    mode: Mode,
    doubts: dict[str, Any],
) -> None:
    """Whatever else holds, a gate that no longer passes never makes more of a post."""

    def action(passed: list[bool]) -> Action:
        made = tuple(Gate(f"gate {i}", 1, passed=one, detail="seen") for i, one in enumerate(passed))
        match = _match(gates=made, relation=relation, confidence=confidence)
        return _decide(match, fact=replace(FACT, **doubts), mode=mode, threshold=threshold).action

    held = [one and i != flip for i, one in enumerate(gates)]
    assert RANK[action(held)] <= RANK[action(gates)]
    if not all(held):
        assert action(held) is not Action.REPLY


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_more_confidence_never_makes_less_of_a_post(one: float, other: float, threshold: float) -> None:
    """The way from ignore to queue to reply is one way."""
    low, high = sorted((one, other))
    actions = [_decide(_match(confidence=confidence), threshold=threshold).action for confidence in (low, high)]
    assert RANK[actions[0]] <= RANK[actions[1]]


def test_the_floor_of_the_queue_lies_under_the_shipped_threshold() -> None:
    """Otherwise nothing doubtful would ever wait for a moderator."""
    assert 0 < QUEUE_FLOOR < 0.9
