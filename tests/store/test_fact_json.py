from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.fact import Citation, Fact, SourceCheck, SourceState
from bot.store.fact_json import fact_from_json, fact_to_json
from tests.builders import A_SOURCE, NOW, a_fact, a_review
from tests.store.test_facts import FULL

CHECK = SourceCheck(SourceState.MOVED, NOW, NOW, moved_to="https://new.example")


def _through(fact: Fact) -> Fact:
    stored: dict[str, Any] = json.loads(json.dumps(fact_to_json(fact), allow_nan=False))
    return fact_from_json(stored)


@settings(max_examples=50, deadline=None)
@given(st.from_type(Fact))
def test_any_fact_survives(fact: Fact) -> None:
    """With every field of every review and citation; all but which of its tests failed."""
    assert _through(fact) == replace(fact, failed_tests=())


def test_reviews_keep_their_order_and_their_verdicts() -> None:
    """Those that say nothing against the claim, too."""
    assert _through(FULL).reviews == FULL.reviews


@pytest.mark.parametrize("cited", [True, False])
def test_what_came_of_looking_at_a_source_is_not_kept(*, cited: bool) -> None:
    """It is the source's, not the fact's: an old version shows the newest."""
    looked_at = replace(A_SOURCE, check=CHECK)
    fact = (
        a_fact(citations=(Citation(looked_at, "Q."),))
        if cited
        else a_fact(citations=(), reviews=(a_review(source=looked_at),))
    )
    assert [source.check for source in _through(fact).sources()] == [None]
    assert "moved_to" not in json.dumps(fact_to_json(fact))


def test_a_fact_that_was_kept_before_there_were_reviews_has_none() -> None:
    """Versions and drafts of an older Footnote can be read."""
    stored = fact_to_json(a_fact())
    del stored["reviews"]
    assert fact_from_json(stored) == a_fact()
