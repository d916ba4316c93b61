"""The floor under automatic replies far from the shipped facts: a fixed part of the corpus's dev claims."""

from __future__ import annotations

import pytest

from benchmarks.claims import Outcome, decided, fact_of, load, measures, split_of
from bot.domain.decision import Action
from bot.matching.matcher import build_matcher
from bot.matching.model_set import load_models

MIN_PRECISION = 0.80
MIN_RECALL = 0.25
EVERY = 5


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    """Every fifth dev claim, in a store of all claims; vectors are computed where a post comes near."""
    claims = load()
    facts = [fact_of(claim) for claim in claims]
    chosen = [claim for claim in claims if split_of(claim["id"]) == "dev"][::EVERY]
    return list(decided(chosen, facts, build_matcher(facts, {}, load_models())))


def test_replies_on_other_fields_stay_above_the_floor(outcomes: list[Outcome]) -> None:
    """Precision first; recall low, but there."""
    table = measures(outcomes)
    wrong = [post["text"] for post, action, own in outcomes if action is Action.REPLY and not own]
    assert (table["precision of automatic replies"].value or 0) >= MIN_PRECISION, wrong
    assert (table["recall of automatic replies"].value or 0) >= MIN_RECALL


def test_measures_count_by_label_and_kind() -> None:
    """A reply is right only to a repeat, and only with its own claim."""
    outcomes: list[Outcome] = [
        ({"label": "repeat", "kind": "plain", "text": ""}, Action.REPLY, True),
        ({"label": "repeat", "kind": "plain", "text": ""}, Action.REPLY, False),
        ({"label": "repeat", "kind": "oblique", "text": ""}, Action.QUEUE, True),
        ({"label": "deny", "kind": "plain", "text": ""}, Action.REPLY, True),
        ({"label": "ask", "kind": "question", "text": ""}, Action.IGNORE, False),
    ]
    table = measures(outcomes)
    assert (table["precision of automatic replies"].hits, table["precision of automatic replies"].of) == (1, 3)
    assert (table["recall of automatic replies"].hits, table["recall of automatic replies"].of) == (1, 3)
    assert table["recall of replies and queue"].hits == 2
    assert table["right replies to repeat / plain"].hits == 1
    assert table["wrong replies to deny / plain"].hits == 1
    assert table["wrong replies to ask / question"].hits == 0
