from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.fact import Citation, SourceCheck, SourceState, Verdict
from tests.builders import A_SOURCE, NOW, a_fact, a_review

GONE = SourceCheck(SourceState.GONE, NOW, NOW, status=404)
COPY = "https://archive.example/moon"


@pytest.mark.parametrize("verdict", list(Verdict))
def test_there_is_something_to_reply_unless_a_claim_is_true_or_unrated(verdict: Verdict) -> None:
    """Every other verdict says that something is wrong with it."""
    assert verdict.contradicts is (verdict not in {Verdict.TRUE, Verdict.UNRATED})


@pytest.mark.parametrize(("correction", "draft"), [("", True), (" \n\t", True), ("Rock.", False)])
def test_a_fact_without_a_correction_is_a_draft(correction: str, *, draft: bool) -> None:
    """Blanks are no correction."""
    assert a_fact(correction=correction).draft is draft


def test_sources_come_once_in_order_of_citation_and_then_the_pages_of_reviews() -> None:
    """A page that is cited, too, stands among the cited ones."""
    second, page = replace(A_SOURCE, key="second"), a_review().source
    cited = tuple(Citation(source, "Q.") for source in (second, A_SOURCE, second))
    reviews = (a_review(), a_review(identity="2", source=A_SOURCE), a_review(identity="3"))
    assert a_fact(citations=cited, reviews=reviews).sources() == (second, A_SOURCE, page)
    assert a_fact(citations=(), reviews=reviews).sources() == (page, A_SOURCE)
    assert a_fact(citations=(), reviews=()).sources() == ()


def test_two_documents_of_one_key_are_two_sources() -> None:
    """Which of them keeps the key is for the store to say."""
    other = replace(A_SOURCE, title="Another")
    fact = a_fact(reviews=(a_review(source=other),))
    assert fact.sources() == (A_SOURCE, other)


def test_a_source_is_the_same_whenever_it_was_looked_at() -> None:
    """What came of it is no part of what it is."""
    looked_at = replace(A_SOURCE, check=GONE)
    assert looked_at == A_SOURCE
    assert {looked_at, A_SOURCE} == {A_SOURCE}
    assert a_fact(citations=(Citation(looked_at, "Q."),)) == a_fact(citations=(Citation(A_SOURCE, "Q."),))


@pytest.mark.parametrize(("own", "found", "copy"), [(None, None, None), (COPY, "other", COPY), (None, COPY, COPY)])
def test_the_copy_that_a_source_names_comes_before_the_one_that_was_found(
    own: str | None, found: str | None, copy: str | None
) -> None:
    """Without a check there is only its own."""
    source = replace(A_SOURCE, archive_url=own)
    assert replace(source, check=replace(GONE, archive_url=found)).copy_url == copy
    assert source.copy_url == own


@pytest.mark.parametrize("state", list(SourceState))
def test_a_source_is_dead_where_it_is_gone_and_nobody_has_a_copy(state: SourceState) -> None:
    """One that moved or wouldn't answer is not, nor is one that nobody looked at."""
    check = replace(GONE, state=state)
    assert replace(A_SOURCE, check=check).dead is (state is SourceState.GONE)
    assert not replace(A_SOURCE, check=check, archive_url=COPY).dead
    assert not replace(A_SOURCE, check=replace(check, archive_url=COPY)).dead
    assert not A_SOURCE.dead
