"""The contract of importing facts whose sources' keys are taken, on the real store and the fake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from bot.domain.fact import Citation, Fact, Source
from bot.domain.ports import Store
from tests.builders import A_SOURCE, a_fact, a_review

ANOTHER = replace(A_SOURCE, title="Another")
THIRD = replace(A_SOURCE, url="https://third.example")


def _citing(slug: str, *sources: Source) -> Fact:
    return a_fact(slug=slug, citations=tuple(Citation(source, "Q.") for source in sources))


async def _imported(store: Store, *runs: Iterable[Fact]) -> dict[str, tuple[Source, ...]]:
    """Import facts, a transaction a run, and return the sources that they are stored with, by slug."""
    for facts in runs:
        async with store.transaction() as tx:
            await tx.imports.add([(fact, "k") for fact in facts])
    async with store.reading() as tx:
        return {fact.slug: fact.sources() for fact in await tx.facts.all()}


def _as_given(source: Source) -> Source:
    return replace(source, key=A_SOURCE.key)


@pytest.mark.parametrize("at_once", [True, False])
async def test_another_document_gets_another_key(store: Store, *, at_once: bool) -> None:
    """The first keeps the key; all else of the others is as it was."""
    facts = [_citing("a", A_SOURCE), _citing("b", ANOTHER), _citing("c", THIRD)]
    found = await _imported(store, *([facts] if at_once else [[fact] for fact in facts]))
    assert found["a"] == (A_SOURCE,)
    assert [_as_given(source) for slug in "bc" for source in found[slug]] == [ANOTHER, THIRD]
    assert len({source.key for sources in found.values() for source in sources}) == 3


async def test_a_document_is_stored_once_under_its_other_key(store: Store) -> None:
    """However often it is imported, under whichever of its keys."""
    first = await _imported(store, [_citing("a", A_SOURCE)], [_citing("b", ANOTHER)])
    found = await _imported(store, [_citing("c", ANOTHER), _citing("d", *first["b"])], [_citing("e", ANOTHER)])
    assert {found[slug] for slug in "bcde"} == {first["b"]}
    assert found["a"] == (A_SOURCE,)


async def test_one_fact_may_hold_two_documents_of_one_key(store: Store) -> None:
    """In a citation and in a review; each stays with its own."""
    fact = a_fact(reviews=(a_review(source=ANOTHER), a_review(identity="2", source=A_SOURCE)))
    async with store.transaction() as tx:
        await tx.imports.add([(fact, "k")])
    async with store.reading() as tx:
        [found] = await tx.imports.load([fact.slug])
    assert [citation.source for citation in found.citations] == [A_SOURCE]
    assert [_as_given(review.source) for review in found.reviews] == [ANOTHER, A_SOURCE]
    assert found.reviews[0].source.key != found.reviews[1].source.key == A_SOURCE.key


async def test_a_fact_is_edited_with_its_renamed_source(store: Store) -> None:
    """What was loaded can be put back."""
    await _imported(store, [_citing("a", A_SOURCE)], [_citing("b", ANOTHER)])
    async with store.transaction() as tx:
        fact = await tx.facts.get("b")
        assert fact is not None
        edited = replace(fact, version=2, claim="Another claim.")
        assert await tx.facts.replace(edited, expected=1)
        assert await tx.facts.get("b") == edited
