"""What matching knows of a fact that nobody wrote a correction for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.domain.fact import Fact
from bot.domain.match import Relation
from bot.domain.post import Post
from bot.matching.encoder import Encoder
from bot.matching.matcher import matcher_over
from bot.matching.model_set import ModelSet
from bot.matching.prepared import IndexedFact, prepare
from bot.matching.vectors import key, missing, texts_of
from tests.builders import a_fact, a_review

CLAIM = "Zeppelins crossed Patagonia every week until 1987."
DRAFT = a_fact(
    claim=CLAIM, correction="", true_statement=" ", citations=(), phrasings=(), near_misses=(), reviews=(a_review(),)
)


def _prepared(fact: Fact, encoder: Encoder) -> IndexedFact:
    return prepare(fact, missing([fact], {}, encoder))


def test_a_draft_s_blank_truth_is_no_text_to_compare_with() -> None:
    """No vector is computed of it; a finished fact's is."""
    assert texts_of(DRAFT) == (CLAIM,)
    assert a_fact().true_statement in texts_of(a_fact())


def test_a_draft_s_truth_is_assumed_at_the_usual_distance(encoder: Encoder) -> None:
    """As near to the claim as the truths of the shipped facts are, in the middle."""
    found = _prepared(DRAFT, encoder)
    assert float(found.truth_vector @ found.wording_vectors[0]) == pytest.approx(0.71, abs=0.01)
    assert (found.truth_stems, found.truth_numbers) == (frozenset(), frozenset())
    assert found.near_miss_vectors.shape == (0, found.wording_vectors.shape[1])


def test_a_written_truth_is_taken_as_it_is(encoder: Encoder) -> None:
    """Also where the correction is still to be written."""
    fact = replace(DRAFT, true_statement="No zeppelin ever crossed Patagonia.")
    found = _prepared(fact, encoder)
    [told] = [vector for name, vector in missing([fact], {}, encoder).items() if name == key(fact.true_statement)]
    assert np.array_equal(found.truth_vector, np.frombuffer(told, dtype=np.float16).astype(np.float32))


def test_a_review_s_page_is_a_source(encoder: Encoder) -> None:
    """A post that links to it knows what the publisher says."""
    assert "office.example/1" in _prepared(DRAFT, encoder).source_urls


def test_a_draft_is_matched_as_any_fact(models: ModelSet) -> None:
    """By its claim; a denial isn't taken for a repeat."""
    matcher = matcher_over([DRAFT], models)
    [match] = matcher.match(Post(CLAIM)).matches
    assert (match.slug, match.relation) == (DRAFT.slug, Relation.REPEATS)
    for text in ("It is false that zeppelins crossed Patagonia every week until 1987.", "Zeppelins are balloons."):
        found = matcher.match(Post(text)).matches
        assert not found or found[0].relation is not Relation.REPEATS or found[0].failed_gates()
